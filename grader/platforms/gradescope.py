"""Gradescope: "Export submissions", with the people in submission_metadata.yml.

Rules: folders `submission_12345678`; the file has, for each, `:submitters:`, a list of people with
`:name:`, `:sid:` and `:email:`; a group has several, and each gets a mark. It is YAML written by
Ruby; the few lines that matter are read one by one, so that no YAML reader has to be trusted with
a file that holds students' own texts. Marks go back as ``results.json``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from grader.evidence import Submitter
from grader.platforms.values import Claim, Platform

METADATA_FILE = "submission_metadata.yml"

_ENTRY = re.compile(r"submission_(?P<id>\d+)")
_SUBMISSION = re.compile(r"(submission_\d+):\s*")
_SECTION = re.compile(r"  :(?P<key>\w+):\s*(?P<value>.*?)\s*")
_FIELD = re.compile(r"\s{2,6}(?P<dash>-\s+)?:(?P<key>name|sid|email):\s*(?P<value>.*?)\s*")
_ITEM = re.compile(r"\s{2,6}-(?:\s|$)")
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)")


def _marks(name: str) -> int:
    return len(name) if _ENTRY.fullmatch(name) else 0


def _read(names: Sequence[str], documents: Mapping[str, str]) -> dict[str, Claim]:
    people: dict[str, list[dict[str, str]]] = {}
    times: dict[str, str] = {}
    submission = section = ""
    dash = -1  # where the items of the list begin; what is deeper can be a text of several lines
    for line in documents.get(METADATA_FILE, "").splitlines():
        if match := _SUBMISSION.fullmatch(line):
            submission, section = match[1], ""
        elif match := _SECTION.fullmatch(line):
            section, dash = match["key"], -1
            if section == "created_at" and (said := _TIME.search(match["value"])):
                times[submission] = f"{said[1]}T{said[2]}"
        elif submission and section == "submitters":
            known = people.setdefault(submission, [])
            at = len(line) - len(line.lstrip(" "))
            item = _ITEM.match(line) is not None
            dash = at if item and dash < 0 else dash
            if (item and at == dash) or not known:
                known.append({})
            own = at == dash if item else dash < 0 or at == dash + 2
            if own and (match := _FIELD.fullmatch(line)):
                known[-1].setdefault(match["key"], _unquoted(match["value"]))
    claims = {}
    for name in names:
        if match := _ENTRY.fullmatch(name):
            told = [
                Submitter(
                    name=each.get("name", ""),
                    number=each.get("sid", ""),
                    key=each.get("sid") or each.get("email", ""),
                    email=each.get("email", ""),
                )
                for each in people.get(name, [])
                if any(each.values())
            ]
            claims[name] = Claim(
                submitters=tuple(told),
                owner=match["id"],
                upload=match["id"],
                time=times.get(name, ""),
            )
    return claims


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] == "'":
        return value[1:-1].replace("''", "'")
    if len(value) > 1 and value[0] == value[-1] == '"':
        try:
            return str(json.loads(value))
        except ValueError:
            return value[1:-1]
    return "" if value in ("~", "null") else value


GRADESCOPE = Platform(
    name="gradescope",
    title="Gradescope",
    marks=_marks,
    read=_read,
    documents=lambda name: name == METADATA_FILE,
    headings={
        "number": ("sid",),
        "name": ("name",),
        "first": ("first name",),
        "last": ("last name",),
        "email": ("email",),
    },
)
