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

_ENTRY = re.compile(
    r"(?P<user>\d+)-\d+ - (?P<who>.+?) - "
    r"(?P<time>(?:\w+\.? \d{1,2}, \d{4}|\d{1,2} \w+\.?,? \d{4}|\d{4}[年-]\d{1,2}[月-]\d{1,2}日?)"
    r" \d{1,4}(?: ?[AP]M| ?[上下]午)?)(?: - (?P<file>.+))?"
)
_CLOCK = re.compile(r"(?P<date>.+) (?P<digits>\d{1,4}) ?(?P<half>[AP]M|[上下]午)?")
_DATES = ("%b %d, %Y", "%B %d, %Y", "%d %b, %Y", "%d %b %Y", "%d %B %Y", "%Y-%m-%d", "%Y年%m月%d日")


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
    match = _CLOCK.fullmatch(text)
    if match is None:
        return text
    digits = match["digits"].zfill(3)
    hour, minute = int(digits[:-2]), int(digits[-2:])
    if match["half"]:
        hour = hour % 12 + (12 if match["half"] in ("PM", "下午") else 0)
    for form in _DATES:
        try:
            day = datetime.strptime(match["date"].replace(".", ""), form)
            return day.replace(hour=hour, minute=minute).isoformat()
        except ValueError:
            continue
    return text


def _table(marks: Iterable[Mark], sheet: Sheet) -> Iterator[Row]:
    """Who has neither id cannot be matched and is left out, like who has no score."""
    item = f"{sheet.title} Points Grade"
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
