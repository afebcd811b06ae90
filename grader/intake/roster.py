"""The roster: a course's list of students as offices, spreadsheets and platforms write it.

A CSV of any usual delimiter and encoding, or a workbook; the headings stand in one of the first
rows, in the words that `grader.platforms` knows. What a spreadsheet has damaged is refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from grader.evidence import Roster, Submitter
from grader.intake.tables import rows_of
from grader.platforms import FOLDERS, PLATFORMS, Platform
from grader.platforms.canvas import TEST_STUDENT
from grader.readers.notices import IntakeError, notice

HEADED = 12  # rows in which the headings are looked for
PARTS = ("number", "key", "login", "name", "first", "last", "email")

_SHORTENED = re.compile(r"[+-]?\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)  # as spreadsheets write it
_EXACT = 15  # digits that a spreadsheet keeps; it makes zeros of the others
_POINT_ZERO = re.compile(r"(\d+)\.0+")


def read_roster(path: Path) -> Roster:
    """The students of a roster. Raises IntakeError that says what was expected and found, where it
    cannot be read, has no such columns, or holds numbers that a spreadsheet has damaged.
    """
    best: list[list[str]] = []
    for rows in rows_of(path):
        for place, row in enumerate(rows[:HEADED]):
            if (columns := _columns(row)) is not None:
                platform, where = columns
                people = tuple(_people(rows[place + 1 :], platform, where))
                _look(path, people)
                return Roster(file=path.name, people=people, platform=platform.name)
        best = best or rows
        if max(map(len, rows), default=0) > max(map(len, best), default=0):
            best = rows
    widest = max(best[:HEADED], key=lambda row: sum(map(bool, row)), default=[])
    raise IntakeError(
        notice(
            "the roster {file} needs columns 'number' (学号) and 'name' (姓名); found: {found}",
            file=path.name,
            found=", ".join(filter(None, widest)) or "nothing",
        )
    )


def _columns(row: Sequence[str]) -> tuple[Platform, Mapping[str, int]] | None:
    """Which platform's headings the row has, and where; None where nobody could be told by it."""
    headings = [_heading(cell) for cell in row]
    found = []
    for platform in (*PLATFORMS, FOLDERS):
        where: dict[str, int] = {}
        for part in PARTS:
            for wanted in platform.headings.get(part, ()):
                if _heading(wanted) in headings:
                    where.setdefault(part, headings.index(_heading(wanted)))
        known = {"number", "key"} & where.keys() or ({"login"} & where.keys())
        called = "name" in where or {"first", "last"} <= where.keys() or "key" in where
        if known and called:
            found.append((platform, where))
    if not found:
        return None
    # The platform that understands most of the row; by hand where no platform's own words stand.
    platform, where = max(found, key=lambda each: (len(each[1]), each[0] is FOLDERS))
    by_hand = [where for platform, where in found if platform is FOLDERS]
    if "number" not in where and by_hand and "key" not in where:
        return FOLDERS, by_hand[0]
    return platform, where


def _heading(cell: str) -> str:
    """A heading as it is compared: without what stands in brackets, signs and blanks."""
    text = unicodedata.normalize("NFKC", cell).casefold()
    text = re.sub(r"[(\[【].*?[)\]】]", "", text)
    return "".join(character for character in text if character.isalnum())


def _people(
    rows: Iterable[Sequence[str]], platform: Platform, where: Mapping[str, int]
) -> Iterator[Submitter]:
    """One for each student; rows without a key are titles, points or signatures."""
    seen = set()
    for row in rows:
        cells = {part: row[at] if at < len(row) else "" for part, at in where.items()}
        number = _number(cells.get("number", ""))
        key = cells.get("key", "")
        key = key if platform.name != "moodle" else (re.findall(r"\d+", key) or [""])[-1]
        login = cells.get("login", "").lstrip("#")
        if "number" not in where and "key" not in where:
            number = login
        name = cells.get("name", "") or _joined(cells.get("first", ""), cells.get("last", ""))
        person = Submitter(
            name=name, number=number, key=key, login=login, email=cells.get("email", "")
        )
        if not (number or key) or name in TEST_STUDENT or person in seen:
            continue
        seen.add(person)
        yield person


def _number(cell: str) -> str:
    text = cell.lstrip("#")
    whole = _POINT_ZERO.fullmatch(text)
    return whole[1] if whole else text


def _joined(first: str, last: str) -> str:
    """A name from its two parts, in its language's order."""
    if re.search(r"[\u3400-\u9fff]", first + last):
        return last + first
    return f"{first} {last}".strip()


def _look(path: Path, people: Sequence[Submitter]) -> None:
    """Raises IntakeError for numbers that a spreadsheet has damaged, or that are not one's own."""
    if not people:
        raise IntakeError(
            notice("the roster {file} has headings and no students below them", file=path.name)
        )
    short = [person.number for person in people if _SHORTENED.fullmatch(person.number)]
    long = [person.number for person in people if len(person.number) > _EXACT]
    cut = [number for number in long if number.isdigit() and not number[_EXACT:].strip("0")]
    if short or (len(cut) > 1 and len(cut) == len(long)):
        found = (short or cut)[0]
        raise IntakeError(
            notice(
                "the numbers in {file} were damaged by a spreadsheet: it shows long numbers "
                "shortened and saves them so ({found}, {count} rows). Export the roster again and "
                "give that file as it is; to edit it, set the column to Text before the numbers "
                "come in, and save as .xlsx",
                file=path.name,
                found=found,
                count=len(short or cut),
            )
        )
    names: dict[str, set[str]] = {}
    for person in people:
        names.setdefault(person.number or f"\0{person.key}", set()).add(person.name)
    twice = [number for number, called in names.items() if len(called) > 1]
    if twice:
        raise IntakeError(
            notice(
                "the roster {file} has one number for several students: {who}. Correct it",
                file=path.name,
                who=f"{twice[0].lstrip(chr(0))} ({', '.join(sorted(names[twice[0]]))})",
            )
        )
