"""Canvas: "Download submissions", the gradebook's CSV.

Rules: a file of the download is `name[_LATE]_userid_fileid_filename`, a text or link
`name[_LATE]_userid_text.html`, anonymous `[LATE_]anon_code_fileid_filename` (Canvas,
lib/content_zipper.rb). In a name, digits never stand between underscores, so that the first such
pair is the platform's. The gradebook is matched by `ID`, which is the user id
(lib/gradebook_importer.rb).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from grader.evidence import Submitter
from grader.platforms.values import Claim, Mark, Platform, Row, Sheet

_NAMED = re.compile(
    r"(?P<who>[^\W_](?:\w|[-.'’])*?)(?P<late>_LATE)?_(?P<user>\d+)_"
    r"(?:(?P<id>\d+)_(?P<file>.+)|(?P<aside>text|link)(?:\.html?)?)"
)
_ANONYMOUS = re.compile(
    r"(?P<late>LATE_)?(?P<user>anon_[A-Za-z0-9]+)_(?:(?P<id>\d+)_(?P<file>.+)|(?P<aside>text|link)(?:\.html?)?)"
)
# Words for work that look like a name before two numbers: "model_10_224_best.ckpt".
_WORK = re.compile(
    r"(?:lab|hw|homework|assignment|exp|project|task|week|model|net|results?|epoch|step|batch|loss"
    r"|checkpoint|ckpt|weights?|train|test|val|img|image|fig|mobilenet(?:v2)?|lenet5?)[-_\d]*",
    re.IGNORECASE,
)
_ASSIGNMENT = re.compile(r"(?P<title>.+) \(\d+\)")  # a column of the gradebook
TEST_STUDENT = ("Student, Test", "Test Student")  # in every course, and nobody


def _matched(name: str) -> re.Match[str] | None:
    if match := _ANONYMOUS.fullmatch(name):
        return match
    match = _NAMED.fullmatch(name)
    return None if match is None or _WORK.fullmatch(match["who"]) else match


def _marks(name: str) -> int:
    match = _matched(name)
    return 0 if match is None else match.start("file") if match["file"] else match.end()


def _read(names: Sequence[str], documents: Mapping[str, str]) -> dict[str, Claim]:
    claims = {}
    for name in names:
        if (match := _matched(name)) is None:
            continue
        who = match.groupdict().get("who") or match["user"]
        claims[name] = Claim(
            submitters=(Submitter(name=who, key=match["user"]),),
            owner=match["user"],
            file=match["file"] or f"{match['aside']}.html",
            upload=match["id"] or "",
            late=bool(match["late"]),
            aside=not match["file"],
        )
    return claims


def _table(marks: Iterable[Mark], sheet: Sheet) -> Iterator[Row]:
    """Canvas takes a score of nothing for a change: who has none is left out. Points in the row of
    points change the assignment's: only a new assignment gets them.
    """
    known = sheet.column(_ASSIGNMENT)
    yield ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", known or sheet.title]
    yield ["    Points Possible", "", "", "", "", "" if known else sheet.possible]
    for mark in marks:
        if mark.score:
            who = mark.submitter
            key = who.key if who.key.isdigit() else ""  # an anonymous code is no id there
            yield [who.name or mark.id, key, who.number, who.login, "", mark.score]


CANVAS = Platform(
    name="canvas",
    title="Canvas",
    marks=_marks,
    read=_read,
    headings={
        "name": ("student",),
        "last": ("lastname",),
        "first": ("firstname",),
        "key": ("id",),
        "number": ("sis user id",),
        "login": ("sis login id",),
    },
    other_headings=(
        {  # the report of students
            "key": ("student id",),
            "number": ("student sis id",),
            "name": ("student name",),
        },
        {  # the table of groups
            "key": ("canvas user id",),
            "number": ("user id",),
            "login": ("login id",),
            "name": ("name",),
            "group": ("group name",),
        },
    ),
    table=_table,
)
