"""Members of archives, one after another, without trusting what an archive says of itself."""

from __future__ import annotations

import io
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import IO
from zlib import crc32

from grader.readers import libarchive_formats, slow_zip
from grader.readers.file_kinds import FileKind, kind_of
from grader.readers.limits import KIB, MIB, IntakeLimits
from grader.readers.notices import refuse
from grader.readers.parsing import ArchiveMember, Entry, MemberType, parsing
from grader.readers.paths import decoded

CHUNK_BYTES = 64 * 1024  # bytes at a time
TABLE = KIB  # bytes for each allowed file that a parser may ask for at once (table of contents)


def entries(archive: Path, limits: IntakeLimits) -> Iterator[Entry]:
    """The members of an archive in a safe order of reading.

    Raises ArchiveRefusedError for whatever cannot be read, FormatUnknownError for a format that
    needs a package which is not here, OSError for faults of the machine.
    """
    kind = kind_of(archive)
    if kind is FileKind.ZIP:
        return _zip(archive, limits)
    if kind is FileKind.TAR:
        return _tar(archive, limits)
    if kind in (FileKind.RAR, FileKind.OTHER, FileKind.SEVEN):
        return libarchive_formats.entries(archive, kind.value)
    if archive.stat().st_size == 0:
        raise refuse("the file is empty (0 bytes); upload it again")
    raise refuse("it is no zip, tar or 7z archive, whatever its name says; make a new zip")


class _Guarded(io.RawIOBase):
    """A file whose single reads are bounded.

    Parsers read tables and long names in one call of the size that the archive declares; this is
    the one place where a declared size could ask for any amount of memory.
    """

    def __init__(self, file: IO[bytes], at_once: int, limit: int | None = None) -> None:
        self._file = file
        self._at_once = at_once
        self._left = limit  # bytes that may be read in all, None for any
        self.last = b""  # what the last read gave

    def read(self, count: int = -1) -> bytes:
        if count is None or count < 0:
            count = self._at_once + 1
        if count <= self._at_once + 1:
            self.last = self._file.read(count)
        if count > self._at_once + 1 or len(self.last) > self._at_once:
            raise refuse("its table of contents is too large; make a new zip with fewer files")
        if self._left is not None:
            self._left -= len(self.last)
            if self._left < 0:
                raise refuse("it unpacks to far more than is allowed; leave data sets out")
        return self.last

    def seek(self, offset: int, whence: int = 0) -> int:
        if self._left is not None and whence == 0:  # forward in a packed stream is reading, too
            self._left -= max(0, offset - self._file.tell())
            if self._left < 0:
                raise refuse("it unpacks to far more than is allowed; leave data sets out")
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True


def _table(limits: IntakeLimits) -> int:
    return max(MIB, TABLE * limits.files)


def _chunks(open_stream: Callable[[], IO[bytes] | None], at_once: int) -> Iterator[bytes]:
    """The bytes of one member, in small pieces."""
    with parsing():
        stream = open_stream()
    if stream is None:
        return
    with stream:
        while True:
            with parsing():
                chunk = stream.read(at_once)
            if not chunk:
                return
            yield chunk


# --- zip --------------------------------------------------------------------------------

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
_ENCRYPTED = 0x1 | 0x40 | 0x2000  # flag bits: password, strong encryption, masked directory


def _zip(archive: Path, limits: IntakeLimits) -> Iterator[Entry]:
    with archive.open("rb") as raw:
        with parsing():
            opened = zipfile.ZipFile(_Guarded(raw, _table(limits)))
        with opened:
            infos: list[zipfile.ZipInfo] = opened.infolist()
            if any(info.flag_bits & _ENCRYPTED for info in infos):
                raise refuse("it is protected by a password; make a zip without one")
            if odd := next((i for i in infos if i.compress_type not in _METHODS), None):
                yield from libarchive_formats.entries(archive, f"zip (method {odd.compress_type})")
                return
            names = _zip_names(infos)
            with parsing():
                begins = _begins(raw, infos, opened.start_dir)
            for info, name, begin in zip(infos, names, begins, strict=True):
                member = ArchiveMember(name, _zip_type(info, name), info.file_size)
                yield member, partial(_zip_chunks, opened, raw, info, begin)


def _zip_chunks(
    opened: zipfile.ZipFile, raw: IO[bytes], info: zipfile.ZipInfo, begin: int
) -> Iterator[bytes]:
    if info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return _chunks(lambda: opened.open(info), CHUNK_BYTES)
    return slow_zip.chunks(raw, info, begin)


def _zip_type(info: zipfile.ZipInfo, name: str) -> MemberType:
    mode = info.external_attr >> 16
    if name.endswith(("/", "\\")) or stat.S_ISDIR(mode):
        return MemberType.FOLDER
    if stat.S_ISLNK(mode):
        return MemberType.LINK
    return MemberType.FILE if stat.S_IFMT(mode) in (0, stat.S_IFREG) else MemberType.SPECIAL


_LOCAL = 30  # bytes of a local header before its name


def _begins(raw: IO[bytes], infos: Sequence[zipfile.ZipInfo], table: int) -> list[int]:
    """Where the bytes of each member begin.

    Refuses members that share bytes: how a small zip holds a large bomb (D. Fifield, 2019).
    """
    begins, end = {}, 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise refuse("two of its files share the same bytes; make a new zip")
        raw.seek(info.header_offset)
        header = raw.read(_LOCAL)
        if len(header) < _LOCAL:
            raise refuse("it is damaged or incomplete; make a new zip and upload it again")
        lengths = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:], "little")
        begins[info.header_offset] = info.header_offset + _LOCAL + lengths
        end = begins[info.header_offset] + info.compress_size
    if end > table:
        raise refuse("two of its files share the same bytes; make a new zip")
    return [begins[info.header_offset] for info in infos]


_UTF8 = 0x800  # flag bit: the name is UTF-8
_UNICODE_PATH = 0x7075  # extra field of Info-ZIP, 7-Zip, Bandizip


def _zip_names(infos: Sequence[zipfile.ZipInfo]) -> list[str]:
    """Names as they were meant; see `paths.decoded` for those without a declared encoding."""
    told = [_told(info) for info in infos]
    guessed = iter(
        decoded([_raw(info) for info, name in zip(infos, told, strict=True) if name is None])
    )
    return [next(guessed) if name is None else name for name in told]


def _raw(info: zipfile.ZipInfo) -> bytes:
    return info.orig_filename.encode("cp437", "replace")


def _told(info: zipfile.ZipInfo) -> str | None:
    """The name where the archive declares its encoding, by flag or by extra field."""
    if info.flag_bits & _UTF8:
        return info.orig_filename
    extra = info.extra
    while len(extra) >= 4:
        tag, length = int.from_bytes(extra[:2], "little"), int.from_bytes(extra[2:4], "little")
        field, extra = extra[4 : 4 + length], extra[4 + length :]
        if tag == _UNICODE_PATH and len(field) > 5 and field[0] == 1:
            if int.from_bytes(field[1:5], "little") != crc32(_raw(info)):
                continue  # made for another name
            try:
                return field[5:].decode()
            except UnicodeDecodeError:
                continue
    return None


# --- tar --------------------------------------------------------------------------------

TAR_SLACK = 4  # a tar stream may hold this many times the limit in what is then left out


def _tar(archive: Path, limits: IntakeLimits) -> Iterator[Entry]:
    with archive.open("rb") as raw, _unpacked(raw) as stream:
        guarded = _Guarded(stream, _table(limits), TAR_SLACK * limits.total)
        with parsing():
            opened = tarfile.open(  # noqa: SIM115
                fileobj=guarded,
                mode="r:",
                encoding="utf-8",
                errors="surrogateescape",
            )
        with opened:
            while True:
                with parsing():
                    info = opened.next()
                opened.members.clear()  # type: ignore[attr-defined]  # tarfile keeps them all; millions fit a small file
                if info is None:
                    break
                yield _tar_entry(opened, info)
            # tarfile takes a broken header after the first for the end; the end is zeros.
            if guarded.last.strip(b"\0"):
                raise refuse("it is damaged or incomplete; make a new zip and upload it again")


def _unpacked(raw: IO[bytes]) -> IO[bytes]:
    head = raw.read(6)
    raw.seek(0)
    if head.startswith(b"\x1f\x8b"):
        import gzip

        return gzip.GzipFile(fileobj=raw)  # type: ignore[return-value]
    if head.startswith(b"BZh"):
        import bz2

        return bz2.BZ2File(raw)
    if head.startswith(b"\xfd7zXZ"):
        import lzma

        return lzma.LZMAFile(raw)
    return raw


def _tar_entry(opened: tarfile.TarFile, info: tarfile.TarInfo) -> Entry:
    name = decoded([info.name.encode("utf-8", "surrogateescape")])[0]
    if info.isdir():
        kind = MemberType.FOLDER
    elif info.isfile():
        kind = MemberType.FILE
    else:
        kind = MemberType.LINK if info.issym() or info.islnk() else MemberType.SPECIAL
    return ArchiveMember(name, kind, info.size), lambda: _chunks(
        lambda: opened.extractfile(info), CHUNK_BYTES
    )
