"""Tables that people made: the rows of a CSV or workbook, whatever wrote it.

Bytes become text by their mark, as UTF-8 or UTF-16, or as what charset-normalizer finds them to
be; the delimiter is what csv.Sniffer finds, or another that is usual.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grader.readers.notices import IntakeError, notice

MAX_TABLE_BYTES = 32 * 1024 * 1024  # bytes of a table
SPREADSHEET_DIGITS = 15  # digits that a spreadsheet keeps; it makes zeros of the others
SNIFFED = 64 * 1024  # characters
DELIMITERS = ",;\t|，；"
_BLANKS = (re.compile(r"[ \u3000]{2,}"), re.compile(r"[ \u3000]+"))
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_QUOTES = (('"', '"'), ("'", "'"), ("“", "”"), ("‘", "’"))
_WORKBOOK = b"PK\x03\x04"
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
_PAGE = (b"<html", b"<!doc", b"<tabl")  # as offices' programs save it under ".xls"
_WORDS = (
    "学号",
    "姓名",
    "學號",
    "名单",
    "班级",
    "学生",
    "氏名",
    "学籍番号",
    "학번",
    "이름",
    "성명",
)
_WORDS_OF = {  # in headings, each with letters that another encoding would make others of
    "cp1251": ("фамилия", "номер", "имя", "фио", "студент", "прізвище", "група"),
    "cp1252": ("étudiant", "prénom", "matrícula", "número", "numéro", "förnamn"),
    "cp1250": ("imię", "jméno", "příjmení", "číslo"),
    "cp1254": ("öğrenci", "adı", "soyadı"),
}
_CHINESE = ("gb18030", "big5")
_ASIAN = (*_CHINESE, "shift_jis", "cp949")


def rows_of(path: Path) -> Iterator[list[list[str]]]:
    """The rows of the table at `path`, by each reading that is possible, the likeliest first; cells
    without blanks and quotes around them. Raises IntakeError where it cannot be read.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_TABLE_BYTES + 1)
    except OSError as error:
        raise IntakeError(notice("the roster cannot be read: {error}", error=error)) from None
    if len(data) > MAX_TABLE_BYTES:
        raise IntakeError(notice("the roster {file} is larger than any roster", file=path.name))
    if data.startswith(_WORKBOOK):
        yield from _sheets(path)
        return
    if data.startswith(_OLD_WORKBOOK) or data.lstrip()[:5].lower() in _PAGE:
        raise IntakeError(
            notice(
                "the roster {file} is no CSV but a workbook of an old kind or a page; open it and "
                "save it as .xlsx",
                file=path.name,
            )
        )
    text = _text(data)
    for delimiter in _delimiters(text):
        try:
            rows = _split(text, delimiter)
        except csv.Error:  # a cell beyond all measure, a sign that no text has
            continue
        yield [[plain(cell) for cell in row] for row in rows if any(map(str.strip, row))]
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for blanks in _BLANKS:  # columns as a terminal or a chat shows them, if all rows have as many
        rows = [[plain(cell) for cell in blanks.split(line)] for line in lines]
        if len({len(row) for row in rows}) == 1 and len(rows[0]) > 1:
            yield rows


def _split(text: str, delimiter: str) -> list[list[str]]:
    """The rows of a text. A quote that is never closed must not swallow the rows below it."""
    for strict in (True, False):
        lines = io.StringIO(text, newline="")
        try:
            rows = list(
                csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=strict)
            )
        except csv.Error:
            if strict:
                continue
            raise
        if strict or not any("\n" in cell or "\r" in cell for row in rows for cell in row):
            return rows
    lines = io.StringIO(text, newline="")
    return list(csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE))


def plain(cell: object) -> str:
    """A cell as people read it: no blanks, marks, quotes or signs that guard it from formulas."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = "".join(c for c in str(cell) if unicodedata.category(c) not in ("Cf", "Cc"))
    text = text.strip()
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1]
    return _unquoted(text.strip("\u3000 "))


def _unquoted(text: str) -> str:
    """A text without the quotes around it and the single ones that guard it: those that belong to
    a part of it, as of Bob "Bobby", are its own.
    """
    for opening, closing in _QUOTES:
        before, after = text[:1] == opening, text[1:][-1:] == closing
        if before and after:
            return _unquoted(text[1:-1].strip("\u3000 "))
        paired = (
            text.count(opening) % 2 == 0
            if opening == closing
            else text.count(opening) == text.count(closing)
        )
        if (before or after) and not paired:
            return _unquoted((text[1:] if before else text[:-1]).strip("\u3000 "))
    return text


def _shown(cell: Any) -> str:
    """A workbook's cell as it is shown: zeros that only its format has; shortened where it is a
    number of more digits than a spreadsheet keeps, of which the last are lost.
    """
    value = cell.value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return plain(value)
    if abs(value) >= 10**SPREADSHEET_DIGITS:
        return f"{value:.5E}"
    zeros = str(cell.number_format)
    return plain(value).zfill(len(zeros)) if set(zeros) == {"0"} else plain(value)


def _text(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    if data[:400].count(0) > len(data[:400]) / 4:  # UTF-16 without its mark
        little = data[1:400:2].count(0) >= data[0:400:2].count(0)
        return data.decode("utf-16-le" if little else "utf-16-be", "replace")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode(_encoding(data), "replace")


def _encoding(data: bytes) -> str:
    """The encoding of text that is neither UTF-8 nor UTF-16: that of China where it can be, by the
    known words or by what charset-normalizer finds, since two bytes of it are letters elsewhere.
    """
    possible = [name for name in _CHINESE if _decodes(data, name)]
    for name in (name for name in _ASIAN if _decodes(data, name)):
        if any(word in data.decode(name) for word in _WORDS):
            return name
    for name, words in _WORDS_OF.items():
        if _decodes(data, name) and any(word in data.decode(name).casefold() for word in words):
            return name
    if "gb18030" in possible and _common(data.decode("gb18030")):
        return "gb18030"
    try:
        from charset_normalizer import from_bytes
    except ImportError:  # the extra `staff` has it
        return possible[0] if possible else "cp1252"
    found = from_bytes(data, cp_isolation=[*possible, "cp1252", "cp1250"]).best()
    return found.encoding if found else (possible[0] if possible else "cp1252")


def _common(text: str) -> bool:
    """Whether most of what is not ASCII is the common Chinese of GB 2312, its first level: letters
    of other languages that are read as Chinese are rare characters.
    """
    others = [character.encode("gb18030") for character in text if not character.isascii()]
    common = [two for two in others if len(two) == 2 and 0xB0 <= two[0] <= 0xD7 and two[1] > 0xA0]
    return 2 * len(common) > len(others)


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _delimiters(text: str) -> list[str]:
    """The delimiters to try: what the sniffer finds, then by how often each stands there."""
    usual = sorted(DELIMITERS, key=lambda sign: -text[:SNIFFED].count(sign))
    try:
        found = csv.Sniffer().sniff(text[:SNIFFED], DELIMITERS).delimiter
    except csv.Error:
        return usual
    return list(dict.fromkeys([found, *usual]))


def _sheets(path: Path) -> Iterator[list[list[str]]]:
    """The sheets of a workbook. Not read-only: some programs write a wrong size, which that
    believes.
    """
    try:
        from openpyxl import load_workbook  # type: ignore[import-untyped, unused-ignore]
    except ImportError:
        raise IntakeError(
            notice(
                "{file} is a workbook, and openpyxl is missing. Install it: "
                "pip install 'lab-grader[staff]', or save the roster as CSV",
                file=path.name,
            )
        ) from None
    try:
        with path.open("rb") as file:  # by its content: the name may end in anything
            book = load_workbook(file, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, TypeError) as error:
        raise IntakeError(notice("the roster cannot be read: {error}", error=error)) from None
    for sheet in book.worksheets:
        rows = [[_shown(cell) for cell in row] for row in sheet.iter_rows()]
        yield [row for row in rows if any(row)]
