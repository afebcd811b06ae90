"""7z archives, by py7zr: the same rules for names and bytes as for other archives.

Its decoders are native code of others (LZMA2, PPMd, BCJ, …) and the format's own header may be
packed: the limits of the process are what bounds them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from grader.readers.archive_members import TAR_SLACK
from grader.readers.extraction import ExtractedFile, Extraction, ExtractionTarget
from grader.readers.limits import IntakeLimits
from grader.readers.notices import FormatUnknownError, Notice, refuse
from grader.readers.parsing import ArchiveMember, MemberType, parsing

FORMAT = "7z"


def unpack(archive: Path, target: ExtractionTarget, limits: IntakeLimits) -> tuple[Notice, ...]:
    """As `archive.unpack`, for 7z."""
    with _opened(archive) as opened:
        with parsing():
            members = [_member(file) for file in opened.files]
        return _write(opened, members, archive.stat().st_size, target, limits)


def takes_names(archive: Path) -> bool:
    """Whether the library unpacks files of such names: it calls an archive damaged for one that
    begins with a slash or has a colon, where another may read it.
    """
    with _opened(archive) as opened, parsing():
        members = [_member(file) for file in opened.files]
    return all(map(_taken, (member.name for member in members)))


def _taken(name: str) -> bool:
    from py7zr.exceptions import Bad7zFile

    try:
        _asked(name)
    except Bad7zFile:
        return False
    return True


def _asked(name: str) -> str:
    """By what name the library asks where to write the file called `name`."""
    from py7zr.helpers import get_sanitized_output_path

    return Path(get_sanitized_output_path(name, None)).as_posix()


def names(archive: Path, limits: IntakeLimits) -> list[str]:
    """As `archive.names`, for 7z."""
    with _opened(archive) as opened, parsing():
        members = [_member(file) for file in opened.files]
    return [member.name for member in members if member.type is MemberType.FILE][: limits.files + 1]


@contextmanager
def _opened(archive: Path) -> Iterator[Any]:
    try:
        import py7zr
    except ImportError:
        raise FormatUnknownError(FORMAT) from None
    try:
        with archive.open("rb") as raw:
            with parsing():
                opened = py7zr.SevenZipFile(raw, "r")
                if opened.needs_password():
                    raise refuse("it is protected by a password; make a zip without one")
            yield opened
    except Exception as error:
        if isinstance(error.__cause__, py7zr.exceptions.UnsupportedCompressionMethodError):
            raise FormatUnknownError(FORMAT) from None
        raise


def _member(file: Any) -> ArchiveMember:
    if file.is_directory:
        kind = MemberType.FOLDER
    elif file.is_symlink or file.is_junction:
        kind = MemberType.LINK
    else:
        kind = MemberType.SPECIAL if file.is_socket else MemberType.FILE
    return ArchiveMember(str(file.filename), kind, int(file.uncompressed or 0))


def _write(
    opened: Any,
    members: Sequence[ArchiveMember],
    packed: int,
    target: ExtractionTarget,
    limits: IntakeLimits,
) -> tuple[Notice, ...]:
    """Hands every member to a sink, in the order in which the library unpacks them."""
    from py7zr.io import Py7zIO, WriterFactory

    sink = Extraction(target, limits, packed)
    files = _by_output(members)
    if sum(member.size for member in files.values()) > TAR_SLACK * limits.total:
        raise refuse("it unpacks to far more than is allowed; leave data sets out")
    for member in members:
        if member.type is not MemberType.FILE:
            sink.take(member)

    class Writer(Py7zIO):
        def __init__(self, output: ExtractedFile | None) -> None:
            self._output = output
            self._size = 0

        def write(self, s: bytes | bytearray) -> int:
            self._size += len(s)
            return self._output.write(bytes(s)) if self._output else len(s)

        def read(self, size: int | None = None) -> bytes:
            return b""

        def seek(self, offset: int, whence: int = 0) -> int:
            return 0

        def flush(self) -> None:
            return

        def size(self) -> int:
            return self._size

        def close(self) -> None:
            if self._output:
                self._output.close()

    class Factory(WriterFactory):
        def create(self, filename: str) -> Writer:
            if (member := files.get(filename)) is None:
                raise refuse("the name {name} leads out of the folder", name=filename)
            return Writer(sink.take(member))

    with parsing():
        opened.extract(targets=[member.name for member in files.values()], factory=Factory())
    return sink.notices()


def _by_output(members: Sequence[ArchiveMember]) -> dict[str, ArchiveMember]:
    """The files by the names that the library asks for: of one that is there again, "_0", "_1", …
    is put behind its name. Which is which must be sure.
    """
    found: dict[str, ArchiveMember] = {}
    again: Counter[str] = Counter()
    for member in members:
        twin = again[member.name]
        again[member.name] += 1
        if member.type is not MemberType.FILE:
            continue
        asked = _asked(f"{member.name}_{twin - 1}" if twin else member.name)
        if found.setdefault(asked, member) is not member:
            raise refuse("it holds a file twice; make a new zip")
    return found
