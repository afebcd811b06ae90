"""Moodle's assignment: "Download all submissions", the offline grading worksheet.

Rules: `Full name_participant_assignsubmission_file[_]`, a folder or, without folders, the start of
a file's name; `…_onlinetext` is a text of the same participant; under blind marking the name is
"Participant" in the site's language; "_" in a full name becomes a blank. The worksheet is matched
by `Identifier`, the word and the participant's id (Moodle, mod/assign: downloader.php,
feedback/offline/importgradeslib.php).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from grader.evidence import Submitter
from grader.platforms.values import Claim, Mark, Platform, Row, Sheet

_ENTRY = re.compile(
    r"(?P<who>.+?)(?:_(?P<id>\d+))?_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?"
)
BLIND_WORDS = ("participant", "参与人", "参与者", "teilnehmer", "teilnehmerin", "participante")
IDENTIFIER = "Participant {key}"


def _marks(name: str) -> int:
    match = _ENTRY.fullmatch(name)
    return match.end("kind") if match else 0


def _read(names: Sequence[str], documents: Mapping[str, str]) -> dict[str, Claim]:
    found = {name: match for name in names if (match := _ENTRY.fullmatch(name))}
    people = {match["id"]: _name(match) for match in found.values() if match["id"]}
    # Where all are called the same, that is the site's word for a participant.
    words = {
        *BLIND_WORDS,
        *(people.values() if len(people) > len(set(people.values())) == 1 else ()),
    }
    claims = {}
    for name, match in found.items():
        who = _name(match)
        who = "" if who.casefold() in words or who in words else who
        claims[name] = Claim(
            submitters=(Submitter(name=who, key=match["id"] or ""),),
            owner=match["id"] or who,
            file=match["file"] or "",
            aside=match["kind"] != "file",
        )
    return claims


def _name(match: re.Match[str]) -> str:
    """The full name, without the participant's id that some sites repeat in it. "Default group",
    of whom is in none, has no id.
    """
    return match["who"].replace("_", " ").removesuffix(match["id"] or "\0").strip()


def _table(marks: Iterable[Mark], sheet: Sheet) -> Iterator[Row]:
    """Where the participants' ids are known, the worksheet; else a table for "Import grades", in
    which a person pairs the columns: "ID number" with the user's.

    A cell must not begin with a sign that a formula begins with, nor end in a backslash.
    """
    known = list(marks)
    if known and all(mark.submitter.key for mark in known):
        yield [
            *("Identifier", "Full name", "Grade", "Maximum grade"),
            *("Last modified (grade)", "Feedback comments"),
        ]
        for mark in known:
            key = IDENTIFIER.format(key=mark.submitter.key)
            row = [key, mark.submitter.name, mark.score, sheet.possible, sheet.written]
            yield [*row, mark.feedback.rstrip("\\")]
        return
    yield ["ID number", "Full name", sheet.title, "Maximum grade", "Feedback"]
    for mark in known:
        who = mark.submitter
        row = [who.number, who.name or mark.id, mark.score, sheet.possible]
        yield [*row, mark.feedback.rstrip("\\")]


MOODLE = Platform(
    name="moodle",
    title="Moodle",
    marks=_marks,
    read=_read,
    headings={
        "key": ("identifier", "标识符"),
        "number": ("id number", "id号", "编号"),
        "name": ("full name", "全名"),
        "first": ("first name", "名"),
        "last": ("last name", "surname", "姓"),
        "email": ("email address", "电子邮件地址", "电子邮箱", "邮箱"),
        "login": ("username",),
    },
    table=_table,
)
