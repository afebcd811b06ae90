"""Blackboard Learn: "Assignment file download", the grade centre's file.

Rules: `assignment_username_attempt_2026-11-20-23-59-59_filename`, and a receipt with the same
beginning and ".txt" for each attempt. Both assignment and user name may hold "_": the receipt's
first line, "Name: Jane Doe (jdoe)", says the user name, else what follows the beginning that all
entries share. Rows of the grade file are matched by `Username`.

A receipt holds what its student typed, between lines of the platform's. It speaks of files of its
own attempt alone, and of these in its last section, which is the platform's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence

from grader.evidence import Submitter
from grader.platforms.values import Claim, Mark, Platform, Row, Sheet

_ENTRY = re.compile(
    r"(?P<head>.+?)_attempt_(?P<day>\d{4}-\d\d-\d\d)-(?P<h>\d\d)-(?P<m>\d\d)-(?P<s>\d\d)"
    r"(?:_(?P<file>.+)|(?P<receipt>\.txt))?"
)
_COLUMN = re.compile(r"(?P<title>.+?)(?: \[[^\]]*\])? ?\|\d+")  # of the grade centre
_WHO = re.compile(r"\s*(?:Name|姓名|名称)\s*[:：]\s*(?P<name>.*?)\s*\((?P<login>[^()\s]+)\)\s*")
_FILES = re.compile(r"\s*(?:Files|文件)\s*[:：]\s*")
_ORIGINAL = re.compile(r"\s*(?:Original filename|原始文件名)\s*[:：]\s*(?P<name>.+?)\s*")
_STORED = re.compile(r"\s*(?:Filename|文件名)\s*[:：]\s*(?P<name>.+?)\s*")


def _marks(name: str) -> int:
    match = _ENTRY.fullmatch(name)
    return match.end("s") if match else 0


def _receipt(name: str) -> bool:
    match = _ENTRY.fullmatch(name)
    return match is not None and match["receipt"] is not None


def _read(names: Sequence[str], documents: Mapping[str, str]) -> dict[str, Claim]:
    found = {name: match for name in names if (match := _ENTRY.fullmatch(name))}
    heads = {match["head"] for match in found.values()}
    told = {
        found[name]["head"]: who
        for name, text in documents.items()
        if name in found and (who := _WHO.fullmatch(text.lstrip("\ufeff").split("\n", 1)[0]))
    }
    originals = {
        stored: original
        for name, text in documents.items()
        if name in found
        for stored, original in _renamed(text)
        if stored in found and _attempt(found[stored]) == _attempt(found[name])
    }
    shared = _shared(heads)
    claims = {}
    for name, match in found.items():
        head = match["head"]
        who = told.get(head)
        if who is not None and head.endswith(f"_{who['login']}"):
            submitter = Submitter(name=who["name"], key=who["login"], login=who["login"])
        else:
            login = head[len(shared) :] if shared else head.rpartition("_")[2]
            submitter = Submitter(name=login, key=login, login=login)
        claims[name] = Claim(
            submitters=(submitter,),
            owner=submitter.key,
            file=originals.get(name, match["file"] or ("receipt.txt" if match["receipt"] else "")),
            time=f"{match['day']}T{match['h']}:{match['m']}:{match['s']}",
            aside=match["receipt"] is not None,
        )
    return claims


def _shared(heads: Iterable[str]) -> str:
    """The assignment's name with its "_", where several students' entries show it."""
    heads = list(heads)
    if len(heads) < 2:
        return ""
    least, most = min(heads), max(heads)
    same = next((at for at, (a, b) in enumerate(zip(least, most, strict=False)) if a != b), 0)
    return least[: least.rfind("_", 0, same) + 1]


def _attempt(match: re.Match[str]) -> str:
    """What all names of one attempt begin with."""
    return match.string[: match.end("s")]


def _renamed(receipt: str) -> Iterator[tuple[str, str]]:
    """Names in the download and those that the student gave, as a receipt's last section lists
    them; but for names that are no file's in a folder.
    """
    original = ""
    lines = receipt.splitlines()
    last = max((at for at, line in enumerate(lines) if _FILES.fullmatch(line)), default=len(lines))
    for line in lines[last:]:
        if match := _ORIGINAL.fullmatch(line):
            original = match["name"]
        elif original and (match := _STORED.fullmatch(line)):
            if _of_a_file(original):
                yield match["name"], original
            original = ""


def _of_a_file(name: str) -> bool:
    """Whether it is a plain name: no path, nothing that makes it read otherwise."""
    signs = {unicodedata.category(character) for character in name}
    plain = not signs & {"Cc", "Cf", "Cs", "Zl", "Zp"} and not set(name) & set("/\\")
    return plain and name not in (".", "..") and len(name.encode()) < 256


def _table(marks: Iterable[Mark], sheet: Sheet) -> Iterator[Row]:
    """A title without "|number" makes a new column, so that the one of Blackboard's own file is
    taken where one was given. Names change nothing there; who has no user name would have the whole
    file refused, so that the student number, which often is the user name, stands in.
    """
    title = sheet.column(_COLUMN) or sheet.title
    yield ["Last Name", "Username", "Student ID", title]
    for mark in marks:
        who = mark.submitter
        yield [who.name or mark.id, who.login or who.number, who.number, mark.score]


BLACKBOARD = Platform(
    name="blackboard",
    title="Blackboard",
    marks=_marks,
    read=_read,
    documents=_receipt,
    headings={
        "last": ("last name", "姓氏"),
        "first": ("first name", "名字"),
        "login": ("username", "用户名"),
        "number": ("student id", "学生id"),
    },
    other_headings=(
        {  # the table of groups' members
            "group": ("group code", "组代码"),
            "login": ("user name",),
            "number": ("student id",),
            "last": ("last name",),
            "first": ("first name",),
        },
    ),
    table=_table,
    encoding="utf-16",
    delimiter="\t",
)
