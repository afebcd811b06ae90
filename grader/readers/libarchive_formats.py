"""Archives in formats that Python does not know: RAR, Zstandard, CAB, rare methods of zip.

By libarchive, where the machine has it; confined like every other parser.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from grader.readers.notices import FormatUnknownError, refuse
from grader.readers.parsing import ArchiveMember, Entry, MemberType, parsing

CHUNK_BYTES = 256 * 1024  # bytes at a time
_RARS = {b"Rar!\x1a\x07\x01\x00": "rar5", b"Rar!\x1a\x07\x00": "rar"}
T = TypeVar("T")


def entries(archive: Path, format_: str) -> Iterator[Entry]:
    """The members of `archive`. Raises FormatUnknownError with `format_` where it cannot be opened
    on this machine, ArchiveRefusedError where it is damaged or closed.
    """
    try:
        import libarchive
    except (ImportError, OSError, AttributeError, TypeError):  # the package without its library
        raise FormatUnknownError(format_) from None
    return _parsed(_members(libarchive, archive, format_), format_)


def _members(libarchive: Any, archive: Path, format_: str) -> Iterator[Entry]:
    with libarchive.file_reader(str(archive), _format(archive)) as opened:
        for entry in opened:
            yield _member(entry), partial(_parsed, entry.get_blocks(CHUNK_BYTES), format_)


def _format(archive: Path) -> str:
    """The format that libarchive is to read: by itself it takes a RAR for the zip that is stored
    last in it (a model, a report), since a zip is known by its end.
    """
    with archive.open("rb") as file:
        head = file.read(max(map(len, _RARS)))
    return next((name for magic, name in _RARS.items() if head.startswith(magic)), "all")


def _parsed(found: Iterable[T], format_: str) -> Iterator[T]:
    """What libarchive finds, its errors told as of any parser."""
    each = iter(found)
    while True:
        try:
            with parsing():
                one = next(each, None)
        except Exception as error:
            raise _explained(error.__cause__, format_) or error from None
        if one is None:
            return
        yield one


def _member(entry: Any) -> ArchiveMember:
    if entry.isdir:
        kind = MemberType.FOLDER
    elif entry.issym or entry.islnk:
        kind = MemberType.LINK
    else:
        kind = MemberType.FILE if entry.isfile else MemberType.SPECIAL
    return ArchiveMember(str(entry.pathname), kind, int(entry.size or 0))


def _explained(error: BaseException | None, format_: str) -> Exception | None:
    """What libarchive's own words say of the reason."""
    said = str(getattr(error, "msg", "")).lower()
    if "passphrase" in said or "encrypt" in said:
        return refuse("it is protected by a password; make a zip without one")
    return FormatUnknownError(format_) if "nsupported" in said or "unknown" in said else None
