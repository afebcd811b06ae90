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
from grader.intake.tables import SPREADSHEET_DIGITS, rows_of
from grader.platforms import FOLDERS, PLATFORMS, Platform
from grader.platforms.canvas import TEST_STUDENT
from grader.platforms.folders import NUMBER
from grader.readers.notices import IntakeError, notice

HEADLESS_ROWS = 2  # without headings, from which on it is sure what the columns are
HEADED = 12  # rows in which the headings are looked for
ROSTER_FIELDS = ("number", "key", "login", "name", "first", "last", "email", "group")

# As spreadsheets write long numbers; "1E10" may be somebody's number.
_SHORTENED = re.compile(r"[+-]?\d(?:[.,]\d+E\+?|E\+)\d+|#{3,}", re.IGNORECASE)
_POINT_ZERO = re.compile(r"(\d+)\.0+")
_THOUSANDS = re.compile(r"\d{1,3}(?:[,\u00a0\u202f ]\d{3})+")
# What heads such a column in whatever other words: looked for where no heading is known.
_WITHIN = {
    "number": re.compile(
        r"学号|學號|学籍|學籍|工号|考生号|学籍番号|学生番号|학번|matri[ck]|^matr(?:ikel)?n[ro]|identifiant$"
        r"|(?:student|registration|reg|roll|university|college|campus|banner|candidate|enrol\w*)"
        r"(?:s|ion|ment)?(?:id|no|nr|num|number|code|#)$"
    ),
    "name": re.compile(
        r"姓名|氏名|이름|성명|^(?:student|full|complete|display|legal|preferred|candidate)s?name"
    ),
}


def read_roster(path: Path) -> Roster:
    """The students of a roster. Raises IntakeError that says what was expected and found, where it
    cannot be read, has no such columns, or holds numbers that a spreadsheet has damaged.
    """
    best: list[list[str]] = []
    readings = list(rows_of(path))
    for rows, columns_of in ((rows, way) for way in (_columns, _sole_column) for rows in readings):
        for place, row in enumerate(rows[:HEADED]):
            below = rows[place + 1 :]
            if (columns := _worksheet(row, below) or columns_of(row)) is not None:
                return _roster(path, row, below, *columns)
        best = best or rows
        if max(map(len, rows), default=0) > max(map(len, best), default=0):
            best = rows
    for rows in readings:
        for below in (rows, rows[1:]):  # headings in words that are not known say nothing
            if (where := _headless(below)) is not None:
                return _roster(path, (), below, FOLDERS, where)
    widest = max(best[:HEADED], key=lambda row: sum(map(bool, row)), default=[])
    raise IntakeError(
        notice(
            "the roster {file} needs columns 'number' (学号) and 'name' (姓名); found: {found}",
            file=path.name,
            found=", ".join(filter(None, widest)) or "nothing",
        )
    )


def _roster(
    path: Path,
    row: Sequence[str],
    below: Sequence[Sequence[str]],
    platform: Platform,
    where: Mapping[str, int],
) -> Roster:
    """The roster whose headings are `row`."""
    listed: dict[Submitter, dict[str, str]] = {}
    for person, cells in _people(below, platform, where):
        first = listed.setdefault(person, cells)
        if first is not cells and cells.get("group"):  # in a group of each set
            first["group"] = f"{first['group']}, {cells['group']}"
    _look(path, list(listed))
    changed = tuple(cells.get("changed", "") for cells in listed.values())
    return Roster(
        file=path.name,
        people=tuple(listed),
        platform=platform.name,
        groups=_groups([cells.get("group", "") for cells in listed.values()]),
        columns=tuple(row),
        words=_words(row, below, platform, where),
        changed=changed if "changed" in where else (),
    )


def _headless(rows: Sequence[Sequence[str]]) -> dict[str, int] | None:
    """Where numbers and names stand in a table without headings: one column has a number of its own
    in each row, and another words alone. None where that is not sure.
    """
    if len(rows) < HEADLESS_ROWS or len({len(row) for row in rows}) > 1:
        return None
    columns = [[row[at] for row in rows] for at in range(len(rows[0]))]
    numbers = [
        at
        for at, cells in enumerate(columns)
        if all(map(NUMBER.fullmatch, cells)) and len(set(cells)) == len(cells)
    ]
    names = [
        at
        for at, cells in enumerate(columns)
        if all(re.fullmatch(r"[^\W\d_][^\d]*", cell) for cell in cells) and len(set(cells)) > 1
    ]
    if len(numbers) != 1 or (not names and len(columns) > 1):
        return None
    return {"number": numbers[0], **({"name": names[0]} if names else {})}


def _worksheet(
    row: Sequence[str], below: Sequence[Sequence[str]]
) -> tuple[Platform, Mapping[str, int]] | None:
    """Whether the row heads a platform's own grade file, whatever its language; and where its
    parts are, with those that words tell.
    """
    for platform in PLATFORMS:
        if (found := platform.worksheet(row, below)) is not None:
            more = {
                part: at
                for part, at in _places(row, platform, platform.headings).items()
                if at not in found.values()
            }
            return platform, {**more, **found}
    return None


def _words(
    row: Sequence[str],
    below: Sequence[Sequence[str]],
    platform: Platform,
    where: Mapping[str, int],
) -> dict[str, str]:
    """What the platform wants back as it stands, where it is a grade file of such a kind."""
    if "changed" not in where:
        return {}
    first = below[0]
    before = re.sub(r"\d+$", "", first[where["key"]])
    told = {part: row[at] for part, at in where.items() if part not in ("group", "email")}
    return {**told, "before": before, "most": first[where["possible"]]}


def _groups(names: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """The members of each group, as places in the roster; a cell may name several."""
    groups: dict[str, list[int]] = {}
    for at, cell in enumerate(names):
        for name in filter(None, map(str.strip, re.split(r"[,;，；]", cell))):
            groups.setdefault(name, []).append(at)
    return {name: tuple(members) for name, members in groups.items()}


def _columns(row: Sequence[str]) -> tuple[Platform, Mapping[str, int]] | None:
    """Which platform's headings the row has, and where; None where nobody could be told by it."""
    found = []
    tables = [
        (p, words) for p in (*PLATFORMS, FOLDERS) for words in (p.headings, *p.other_headings)
    ]
    for platform, headings in tables:
        where = _places(row, platform, headings)
        known = {"number", "key", "login", "email"} & where.keys()
        if known and {"name", "last", "key", "group"} & where.keys():
            found.append((platform, where))
    if not found:
        return None
    # The platform that understands most of the row; by hand where none of its own words stand.
    platform, where = max(found, key=lambda each: _understood(*each))
    by_hand = [where for platform, where in found if platform is FOLDERS]
    if "number" not in where and by_hand and "number" in by_hand[0] and "key" not in where:
        return FOLDERS, by_hand[0]
    groups = _places(row, FOLDERS, {"group": FOLDERS.headings["group"]})
    return platform, {**{part: at for part, at in groups.items() if part == "group"}, **where}


def _understood(platform: Platform, where: Mapping[str, int]) -> tuple[int, bool, bool]:
    parts = where.keys() - {"group"}
    return len(parts), platform.headings.keys() <= parts, platform is FOLDERS


def _places(
    row: Sequence[str], platform: Platform, words: Mapping[str, Sequence[str]]
) -> dict[str, int]:
    """In which column each part of a person stands: by the table's words for the whole heading,
    then by those for a part of it, last by what usually is within such a heading.
    """
    where: dict[str, int] = {}
    for form in (_whole, _spellings):
        headings = [form(cell) for cell in row]
        for part in ROSTER_FIELDS:
            for wanted in words.get(part, ()):
                for at, each in enumerate(headings):
                    if _heading(wanted) in each and at not in where.values():
                        where.setdefault(part, at)
    for part, pattern in _WITHIN.items() if platform is FOLDERS else ():
        for at, each in enumerate(map(_spellings, row)):
            if at not in where.values() and any(map(pattern.search, each)):
                where.setdefault(part, at)
    return where


def _sole_column(row: Sequence[str]) -> tuple[Platform, Mapping[str, int]] | None:
    """A heading of numbers alone, without a name: enough to say who submitted nothing."""
    cells = [(at, cell) for at, cell in enumerate(row) if cell]
    numbers = {_heading(wanted) for wanted in FOLDERS.headings["number"]}
    if len(cells) == 1 and _heading(cells[0][1]) in numbers:
        return FOLDERS, {"number": cells[0][0]}
    return None


def _whole(cell: str) -> set[str]:
    return {_heading(cell)}


def _spellings(cell: str) -> set[str]:
    """What stands in a heading's brackets, and each language of one in two."""
    within = re.findall(r"[(\[【](.*?)[)\]】]", unicodedata.normalize("NFKC", cell))
    latin = re.sub(r"[^\x00-\x7f]+", " ", cell)
    chinese = re.sub(r"[\x00-\x7f]+", " ", cell)
    forms = {_heading(form) for form in (cell, *within, latin, chinese)}
    return forms - {""}


def _heading(cell: str) -> str:
    """A heading without what stands in brackets, signs and blanks."""
    text = unicodedata.normalize("NFKC", cell).casefold()
    text = re.sub(r"[(\[【].*?[)\]】]", "", text)
    return "".join(character for character in text if character.isalnum() or character == "#")


def _people(
    rows: Iterable[Sequence[str]], platform: Platform, where: Mapping[str, int]
) -> Iterator[tuple[Submitter, dict[str, str]]]:
    """One for each student, and what else stands in the row; rows without a key are
    titles, points or signatures.
    """
    for row in rows:
        cells = {part: row[at] if at < len(row) else "" for part, at in where.items()}
        number = _number(cells.get("number", ""))
        key = cells.get("key", "")
        key = key if platform.name != "moodle" else (re.findall(r"\d+", key) or [""])[-1]
        login = cells.get("login", "").lstrip("#")
        if "number" not in where and "key" not in where:
            number = login
        key = key or ("" if number else cells.get("email", ""))
        name, last = cells.get("name", ""), cells.get("last", "")
        if not name or (last and "first" not in where):  # "名字" may head a name or its first part
            name = _joined(name or cells.get("first", ""), last)
        elif (first := cells.get("first", "")) and not last and first not in name:
            name = _joined(first, name)  # "Name" or "Nom" beside a first name is the family's
        person = Submitter(
            name=name, number=number, key=key, login=login, email=cells.get("email", "")
        )
        nobody = not re.search(r"[0-9A-Za-z#]", number + key)  # a sum, a signature
        if not nobody and name not in TEST_STUDENT:
            yield person, cells


def _number(cell: str) -> str:
    text = unicodedata.normalize("NFKC", cell).lstrip("#")
    if not text:  # "####": a column that was too narrow to be saved
        return cell
    if whole := _POINT_ZERO.fullmatch(text):
        return whole[1]
    return re.sub(r"\D", "", text) if _THOUSANDS.fullmatch(text) else text


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
    long = [person.number for person in people if len(person.number) > SPREADSHEET_DIGITS]
    cut = [
        number for number in long if number.isdigit() and not number[SPREADSHEET_DIGITS:].strip("0")
    ]
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
