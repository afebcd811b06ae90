"""The roster: a course's list of students, which knows their names better than file names do."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from grader.intake.find import HandIn
from grader.intake.identify import Student
from grader.readers.notices import IntakeError, Notice, notice

NUMBERS = ("number", "student number", "student id", "id", "sis user id", "学号")
NAMES = ("name", "student", "full name", "姓名")

Roster = dict[str, str]  # number -> name, in the file's order


def read_roster(path: Path) -> Roster:
    """Numbers and names of a CSV file, UTF-8 or GBK, with a heading line; columns are told by
    their headings (NUMBERS, NAMES).

    Raises IntakeError where it cannot be read or has no such columns.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise IntakeError(notice("the roster cannot be read: {error}", error=error)) from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", "replace")
    rows = csv.DictReader(io.StringIO(text))
    headings = {(heading or "").strip().lower(): heading for heading in rows.fieldnames or ()}
    number = next((headings[known] for known in NUMBERS if known in headings), None)
    name = next((headings[known] for known in NAMES if known in headings), None)
    if number is None or name is None:
        found = ", ".join(map(str, rows.fieldnames or ())) or "nothing"
        raise IntakeError(
            notice(
                "the roster {file} needs columns 'number' (学号) and 'name' (姓名); found: {found}",
                file=path.name,
                found=found,
            )
        )
    return {
        (row[number] or "").strip(): (row[name] or "").strip() for row in rows if row.get(number)
    }


def call_by_roster(handins: Sequence[HandIn], roster: Roster) -> tuple[list[HandIn], list[Notice]]:
    """The hand-ins with the roster's names, by number or else by a name that only one student
    has; and what is worth telling: hand-ins of nobody on it, students who handed in nothing.
    """
    numbers = {name: number for number, name in roster.items()}
    unique = {name for name in numbers if list(roster.values()).count(name) == 1}
    named, strangers, seen = [], [], set()
    for handin in handins:
        student = handin.student
        number = student.number if student.number in roster else ""
        if not number and student.name in unique:
            number = numbers[student.name]
        if not number:
            strangers.append(handin.id)
            named.append(handin)
            continue
        seen.add(number)
        named.append(replace(handin, student=Student(number=number, name=roster[number])))
    told = []
    if strangers:
        told.append(notice("not on the roster: {ids}", ids=", ".join(strangers)))
    if absent := [f"{number} {name}" for number, name in roster.items() if number not in seen]:
        told.append(
            notice("{count} handed in nothing: {who}", count=len(absent), who=", ".join(absent))
        )
    return named, told
