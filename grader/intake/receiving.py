"""Files as they come out of a reader: checked again, since whoever sends them may mean harm."""

from __future__ import annotations

from typing import BinaryIO

from grader.intake.folder import OutputFolder
from grader.readers.extraction import OpenFile
from grader.readers.limits import IntakeLimits
from grader.readers.paths import BadNameError, Parts, new_folders, parts_of
from grader.worker import protocol


def receive(
    stream: BinaryIO,
    number: int,
    limit: int,
    target: OutputFolder | None,
    limits: IntakeLimits | None,
) -> protocol.Meta | None:
    """The report of call `number` from `stream`, of at most `limit` bytes; None where the stream
    ends before it.

    The files that come first are written to `target`, within `limits`; without it there are none.
    Raises FrameError for anything else, ArchiveRefusedError for names that cannot be written here,
    OSError for faults of this machine.
    """
    files = _Files(target, limits) if target is not None and limits is not None else None
    try:
        while True:
            frame = protocol.read_frame(stream, limit)
            if frame is None:
                return None
            if frame.number != number:
                raise protocol.FrameError(f"expected reply {number}, found {frame.number}")
            if frame.kind == protocol.REPORT:
                return protocol.unpack_message(frame.payload, limit)[0]
            if files is None:
                raise protocol.FrameError(f"expected a report, found kind {frame.kind}")
            if frame.kind == protocol.NAME:
                files.name(frame.payload)
            elif frame.kind == protocol.DATA:
                files.data(frame.payload)
            else:
                raise protocol.FrameError(f"expected a file or a report, found kind {frame.kind}")
    finally:
        if files is not None:
            files.close()


class _Files:
    """Writes regular files and folders, by the rules that the reader should have kept."""

    def __init__(self, target: OutputFolder, limits: IntakeLimits) -> None:
        self._target = target
        self._limits = limits
        self._file: OpenFile | None = None
        self._entries = self._size = self._total = 0
        self._folders: set[Parts] = set()

    def name(self, raw: bytes) -> None:
        """Begin the next file, or make a folder."""
        self.close()
        parts = self._parts(raw)
        self._entries += 1 + new_folders(parts, self._folders)
        if self._entries > self._limits.files:
            raise protocol.FrameError("more files than are allowed")
        if raw.endswith(b"/"):
            self._target.folder(parts)
        else:
            self._file, self._size = self._target.file(parts), 0

    def data(self, piece: bytes) -> None:
        """The next bytes of the file that was named last."""
        self._size += len(piece)
        self._total += len(piece)
        if self._file is None:
            raise protocol.FrameError("bytes of no file")
        if self._size > self._limits.file or self._total > self._limits.total:
            raise protocol.FrameError("more bytes than are allowed")
        self._file.write(piece)

    def close(self) -> None:
        """The file that was named last is complete."""
        if self._file is not None:
            self._file.close()
        self._file = None

    def _parts(self, raw: bytes) -> Parts:
        try:
            name = raw.decode().removesuffix("/")
            parts = parts_of(name, self._limits)
        except (UnicodeDecodeError, BadNameError) as error:
            raise protocol.FrameError(f"no name of a file: {error}") from None
        if not parts or "/".join(parts) != name:
            raise protocol.FrameError("no name of a file as it is to be written")
        return parts
