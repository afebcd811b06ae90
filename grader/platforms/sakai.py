"""Sakai: "Download all" of an assignment, its grades.csv.

Rules: one folder each, `Doe, Jane(jdoe)`, of a group's members joined by "; "; the last brackets
hold the user name (Sakai, AssignmentServiceImpl.java); of a group its name and id. Before the last
brackets a name can be what one student is called ("Vee, Ann(ann); Mal"): whom another entry names
as well did not hand in this one. The upload
is the same zip with a grades.csv: from its fourth row on, matched by the second column, the mark in
the fifth.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from grader.evidence import Submitter
from grader.platforms.values import Claim, Mark, Platform, Row, Sheet

_PERSON = r"[^();]*,[^();]*\([^()\s]+\)"
_ENTRY = re.compile(rf"{_PERSON}(?:; ?{_PERSON})*")
_GROUP = re.compile(r"(?P<name>[^();]+)\((?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\)")
_EACH = re.compile(r"(?P<last>[^();]*),(?P<first>[^();]*)\((?P<login>[^()\s]+)\)")


def _marks(name: str) -> int:
    return len(name) if _ENTRY.fullmatch(name) or _GROUP.fullmatch(name) else 0


def _read(names: Sequence[str], documents: Mapping[str, str]) -> dict[str, Claim]:
    claims = {}
    joint = {
        name: [_person(match) for match in _EACH.finditer(name)]
        for name in names
        if _ENTRY.fullmatch(name) and not _GROUP.fullmatch(name)
    }
    named = Counter(key for people in joint.values() for key in {each.key for each in people})
    for name, people in joint.items():
        *perhaps, last = people
        others = tuple(each for each in perhaps if named[each.key] == 1 and each.key != last.key)
        claims[name] = Claim(
            submitters=(*others, last),
            owner=";".join(each.key for each in (*others, last)),
            perhaps=others,
            denied=tuple(each for each in perhaps if each not in others),
        )
    for name in names:
        if match := _GROUP.fullmatch(name):
            group = Submitter(name=match["name"].strip(), key=match["id"])
            claims[name] = Claim(submitters=(group,), owner=group.key)
    return claims


def _person(match: re.Match[str]) -> Submitter:
    last, first, login = (part.strip() for part in match.groups())
    chinese = re.search(r"[\u3400-\u9fff]", last + first)
    name = last + first if chinese else f"{first} {last}".strip()
    return Submitter(name=name, key=login, login=login)


def _table(marks: Iterable[Mark], sheet: Sheet) -> Iterator[Row]:
    """Who has no user name, or no score, is left out: the importer knows nobody else."""
    yield [sheet.title, "SCORE_GRADE_TYPE"]
    yield []
    yield ["Display ID", "ID", "Last Name", "First Name", "grade"]
    for mark in marks:
        who = mark.submitter
        login = who.login or who.key or who.number
        if login and mark.score:
            yield [who.number or login, login, who.name or mark.id, "", mark.score]


SAKAI = Platform(
    name="sakai",
    title="Sakai",
    marks=_marks,
    read=_read,
    headings={
        "number": ("display id",),
        "key": ("id",),
        "last": ("last name",),
        "first": ("first name",),
    },
    table=_table,
)
