"""Brightspace (D2L): "Download" of an assignment's folder, the grades' import.

Rules: one folder for each upload, `51234-7654321 - Jane Doe - Nov 20, 2026 926 PM`; the first
number goes with the person, the second is no student's; the time has no colon. The import is
matched by `OrgDefinedId` or `Username`, and each row ends with "#".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from grader.evidence import Submitter
from grader.platforms.values import Claim, Mark, Platform, Row, Sheet

# The time: the first part between dashes that has a year and two more numbers, in any language.
_PART = r"(?:(?! - ).)"
_ENTRY = re.compile(
    rf"(?P<user>\d+)-\d+ - (?P<who>.+?) - "
    rf"(?P<time>(?={_PART}*\b20\d\d(?!\d))(?={_PART}*?\d+{_PART}*?\D\d+{_PART}*?\D\d){_PART}+)"
    r"(?: - (?P<file>.+))?"
)
_ITEM = re.compile(r"(?P<title>.+?) Points Grade(?: <.*>)?")  # a column of the grades' export
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR_FIRST = re.compile(r"(20\d\d)[年/.-] ?(\d{1,2})[月/.-] ?(\d{1,2})")
_YEAR_LAST = re.compile(
    r"(?:(\d{1,2})\D{0,4} ([a-z]{3})|([a-z]{3})[a-z.]* (\d{1,2}))\D*(20\d\d)", re.IGNORECASE
)
_CLOCK = re.compile(r"(?P<hour>\d{1,2}?)[ :.]?(?P<minute>\d\d)(?:[ :.]\d\d)?(?!\d)")
_AFTER_NOON = re.compile(r"pm\b|p\.m\.|下午|晚上", re.IGNORECASE)
_BEFORE_NOON = re.compile(r"am\b|a\.m\.|上午|早上|凌晨", re.IGNORECASE)


def _marks(name: str) -> int:
    match = _ENTRY.fullmatch(name)
    return match.end("time") if match else 0


def _read(names: Sequence[str], documents: Mapping[str, str]) -> dict[str, Claim]:
    claims = {}
    for name in names:
        if (match := _ENTRY.fullmatch(name)) is None:
            continue
        claims[name] = Claim(
            submitters=(Submitter(name=match["who"], key=match["user"]),),
            owner=match["user"],
            file=match["file"] or "",
            time=moment(match["time"]),
        )
    return claims


def moment(text: str) -> str:
    """ "Nov 20, 2026 926 PM" as ISO 8601; the text as it is where it cannot be read."""
    if match := _YEAR_FIRST.search(text):
        year, month, day = map(int, match.groups())
    elif (match := _YEAR_LAST.search(text)) and (name := (match[2] or match[3]).lower()) in _MONTHS:
        year, month, day = int(match[5]), _MONTHS.index(name) + 1, int(match[1] or match[4])
    else:
        return text
    clock = _CLOCK.search(text, match.end())
    hour, minute = (int(clock["hour"]), int(clock["minute"])) if clock else (0, 0)
    if _AFTER_NOON.search(text):
        hour = hour % 12 + 12
    elif _BEFORE_NOON.search(text):
        hour %= 12
    try:
        return datetime(year, month, day, hour, minute).isoformat()
    except ValueError:
        return text


def _table(marks: Iterable[Mark], sheet: Sheet) -> Iterator[Row]:
    """Who has neither id cannot be matched and is left out, like who has no score."""
    item = sheet.column(_ITEM).partition(" <")[0] or f"{sheet.title} Points Grade"
    yield ["OrgDefinedId", "Username", item, "End-of-Line Indicator"]
    for mark in marks:
        who = mark.submitter
        if mark.score and (who.number or who.login):
            yield [who.number, who.login, mark.score, "#"]


BRIGHTSPACE = Platform(
    name="brightspace",
    title="Brightspace (D2L)",
    marks=_marks,
    read=_read,
    headings={
        "number": ("orgdefinedid",),
        "login": ("username",),
        "last": ("last name",),
        "first": ("first name",),
        "email": ("email",),
    },
    table=_table,
)
