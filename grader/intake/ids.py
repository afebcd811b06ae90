"""Ids: names of submissions that are unique in a class and safe as names of files everywhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

from grader.platforms.folders import INVISIBLE, MAX_NAME_CHARS, Student, recognised

ID_BYTES = 100  # of UTF-8: leaves room for suffixes such as ".json.part" in 255

_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)


def safe_id(text: str) -> str:
    """`text` as an id: a file name on Linux and Windows, NFC, never empty, Chinese kept.

    At most ID_BYTES bytes of UTF-8; what is neither letter, mark, digit nor one of "-.()" becomes
    "_". `safe_id(safe_id(x)) == safe_id(x)`.
    """
    text = unicodedata.normalize("NFC", text[:MAX_NAME_CHARS])
    kept = "".join(_kept(character) for character in text)
    kept = unicodedata.normalize("NFC", kept)  # leaving characters out can bring others together
    kept = re.sub(r"_{2,}", "_", kept)
    while len(kept.encode()) >= ID_BYTES:
        kept = kept[:-1]
    kept = _trimmed(kept)
    if not kept:
        return "submission"
    return f"{kept}_" if _RESERVED.fullmatch(kept) else kept


def _kept(character: str) -> str:
    if character in INVISIBLE:
        return ""
    if character in "-.()" or unicodedata.category(character)[0] in "LNM":
        return character
    return "_"


def _trimmed(text: str) -> str:
    """`text` without what must not stand at its ends: dots hide or vanish, a dash is an option."""
    text = text.rstrip("._-").lstrip("._-")
    while text and unicodedata.category(text[0])[0] == "M":
        text = text[1:].lstrip("._-")
    return text


def unique(wanted: str, taken: Container[str]) -> str:
    """`wanted`, or with "-2", "-3", … the first of which no other spelling is in `taken`.

    `taken` holds ids in `str.casefold`: file systems of Windows and macOS know no capitals.
    """
    candidate, number = wanted, 1
    while candidate.casefold() in taken:
        number += 1
        candidate = f"{wanted}-{number}"
    return candidate


def id_for(student: Student, name: str) -> str:
    """The id of a submission: number and name where its name surely tells them, else the name of
    its folder as it is, since "student1" and "student2" differ in what no rule takes for a name.
    """
    told = "_".join(part for part in (student.number, student.name) if part)
    return safe_id(told if told and (student.number or recognised(name)) else name)
