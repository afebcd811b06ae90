"""Gradescope's export: who is behind "submission_12345678", from submission_metadata.yml.

The file is YAML written by Ruby; the few lines that matter are read one by one, so that no YAML
reader has to be trusted with a file that holds students' own texts.
"""

from __future__ import annotations

import re
from pathlib import Path

from grader.intake.identify import NAME_LENGTH, Student, clean

FILE = "submission_metadata.yml"
READ = 32 * 1024 * 1024  # bytes

_SUBMISSION = re.compile(r"^(submission_\d+):\s*$")
_FIELD = re.compile(r"^(?P<indent>\s{2,6})(?P<dash>-\s+)?:(?P<key>name|sid):\s*(?P<value>.*?)\s*$")
_SECTION = re.compile(r"^\s{2}:(?P<key>\w+):")


def students_of(folder: Path) -> dict[str, Student]:
    """The (first) student of each submission folder; empty where there is no such file."""
    path = folder / FILE
    if path.is_symlink() or not path.is_file():
        return {}
    with path.open("rb") as file:
        text = file.read(READ).decode("utf-8", "replace")
    students: dict[str, Student] = {}
    submission = section = ""
    for line in text.splitlines():
        if match := _SUBMISSION.match(line):
            submission, section = match[1], ""
        elif match := _SECTION.match(line):
            section = match["key"]
        elif submission and section == "submitters" and (match := _FIELD.match(line)):
            value = clean(_unquoted(match["value"]), NAME_LENGTH)
            known = students.get(submission, Student())
            if match["key"] == "name" and not known.name:
                students[submission] = Student(known.number, value)
            elif match["key"] == "sid" and not known.number:
                students[submission] = Student(value, known.name)
    return students


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"" else value
