"""What lies in a file of a teacher's lab, by what its bytes are and not by its name.

Looked into are texts, archives (zip, tar) and compressed files (gzip, bzip2, xz), images with all
their frames, arrays of numbers as np.save writes them, and what of these lies among other bytes:
PNG and JPEG images, and base64. Everything else counts as not looked into.
"""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import re
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple, cast

from grader.examine.images import Pixels, decode
from grader.labs import inner_pictures
from grader.labs.number_arrays import arrays

MAX_DEPTH = 5  # archives within archives, and what lies in them
MAX_MEMBER_BYTES = 256 * 1024 * 1024  # bytes of a member that is looked at
MAX_BYTES = 2 * 1024 * 1024 * 1024  # bytes of all that lies in one file
# What torn, encrypted and unknown archives raise.
_TORN = (
    *(OSError, ValueError, EOFError, RuntimeError, LookupError, zipfile.BadZipFile),
    *(tarfile.TarError, zlib.error, lzma.LZMAError, struct.error),
)
_STREAMS = ((b"\x1f\x8b\x08", gzip.open), (b"BZh", bz2.open), (b"\xfd7zXZ\0", lzma.open))
_CONTROL = re.compile("[\0-\7\x0b\x0e-\x1a\x1c-\x1f]")  # that no text has
Members = Iterator[tuple[str, bytes | None]]


class Inner(NamedTuple):
    """One content: the names that lead to it, outermost first, its bytes, and the pixels where it
    is an image. data: None where it, or the rest of it, was not looked into.
    """

    names: tuple[str, ...]
    data: bytes | None = None
    pixels: Pixels | None = None


def contents(path: Path) -> Iterator[Inner]:
    """The file itself, and all that lies in it."""
    data = path.read_bytes()
    yield from _Look(MAX_BYTES + len(data)).within((path.name,), data, MAX_DEPTH)


def text_of(data: bytes) -> str:
    """The text that the bytes are, in UTF-8, in UTF-16 that says so, or in a Chinese encoding; ""
    where they are none.
    """
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if not marked and b"\0" in data:
        return ""
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        lines = encoding != "gb18030" or "\n" in text or len(text) < 200  # bright pixels have none
        return text if lines and not _CONTROL.search(text) else ""
    return ""


class _Look:
    """One file that is looked into. left: bytes that may still be looked at."""

    def __init__(self, left: int) -> None:
        self.left = left

    def within(self, names: tuple[str, ...], data: bytes, depth: int) -> Iterator[Inner]:
        """The content `data` and all that lies in it, down to `depth`."""
        self.left -= len(data)
        if self.left < 0 or depth < 0:
            yield Inner(names)
            return
        pixels = decode(data)
        yield Inner(names, data, pixels)
        members = _members(names[-1], data)
        if members is not None:
            yield from self._opened(names, members, depth)
            if not zipfile.is_zipfile(io.BytesIO(data)) or data.startswith(b"PK"):
                return
        spans, all_of_them = inner_pictures.embedded(data, 0 if pixels is None else 1)
        parts = [data[span.start : span.end] for span in spans]
        for number, part in enumerate((*parts, *inner_pictures.decoded(data)), 1):
            yield from self.within((*names, f"#{number}"), part, depth - 1)
        if pixels is not None:
            yield from self._frames(names, data)
            known = not inner_pictures.behind(data, spans) or members is not None
        else:
            known = members is not None or bool(text_of(data)) or arrays(data).whole
        if data.strip() and not (known and all_of_them):
            yield Inner(names)

    def _opened(self, names: tuple[str, ...], members: Members, depth: int) -> Iterator[Inner]:
        """What lies in an archive."""
        if depth == 0:
            yield Inner(names)
            return
        try:
            for name, data in members:
                if data is None:
                    yield Inner((*names, name))
                else:
                    yield from self.within((*names, name), data, depth - 1)
                if self.left < 0:
                    yield Inner(names)
                    return
        except _TORN:
            yield Inner(names)

    def _frames(self, names: tuple[str, ...], data: bytes) -> Iterator[Inner]:
        """Frames of an image behind the first one."""
        for number, pixels in enumerate(inner_pictures.frames(data), 2):
            self.left -= 0 if pixels is None else pixels.nbytes
            if pixels is None or self.left < 0:
                yield Inner(names)
                return
            yield Inner((*names, f"#{number}"), b"", pixels)


def _members(name: str, data: bytes) -> Members | None:
    """Name and bytes of each member of an archive, no bytes where it is too large; None where the
    bytes are no archive.
    """
    if zipfile.is_zipfile(io.BytesIO(data)):
        return _zipped(data)
    for start, opened in _STREAMS:
        if data.startswith(start):
            stream = cast("IO[bytes]", opened(io.BytesIO(data)))
            return _uncompressed(name.rpartition(".")[0] or "#1", stream)
    try:
        tarfile.TarInfo.frombuf(data[: tarfile.BLOCKSIZE], "utf-8", "surrogateescape")
    except tarfile.TarError:
        return None
    return _tarred(data)


def _uncompressed(name: str, stream: IO[bytes]) -> Members:
    with stream:
        data = stream.read(MAX_MEMBER_BYTES + 1)
    yield name, data if len(data) <= MAX_MEMBER_BYTES else None


def _zipped(data: bytes) -> Members:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.infolist():
            if not member.is_dir():
                small = member.file_size <= MAX_MEMBER_BYTES
                yield member.filename, archive.read(member) if small else None


def _tarred(data: bytes) -> Members:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as tar:
        for each in tar:
            opened = tar.extractfile(each) if each.isreg() else None
            if opened is not None:
                yield each.name, opened.read() if each.size <= MAX_MEMBER_BYTES else None
        if data[tar.offset :].strip(b"\0"):
            yield "…", None  # more behind its end
