"""Unpacked files on their way out of the sandbox: named, then sent piece by piece."""

from __future__ import annotations

from typing import BinaryIO

from grader.readers.notices import refuse
from grader.readers.paths import Parts
from grader.worker import protocol

FRAME_BYTES = 256 * 1024  # bytes of a frame


class Streamed:
    """Takes folders and files as `extraction.ExtractionTarget` says and sends them to the grader,
    which writes.
    """

    def __init__(self, replies: BinaryIO, number: int) -> None:
        """`number`: of the call that is being answered."""
        self._replies = replies
        self._number = number
        self._is_file: dict[Parts, bool] = {}

    def folder(self, parts: Parts) -> None:
        """See `extraction.ExtractionTarget`."""
        self._enter(parts, is_file=False)
        self._send(protocol.NAME, ("/".join(parts) + "/").encode())

    def file(self, parts: Parts) -> Streamed:
        """See `extraction.ExtractionTarget`."""
        self._enter(parts, is_file=True)
        self._send(protocol.NAME, "/".join(parts).encode())
        return self

    def write(self, data: bytes) -> int:
        """Send the next bytes of the file that was named last."""
        for at in range(0, len(data), FRAME_BYTES):
            self._send(protocol.DATA, data[at : at + FRAME_BYTES])
        return len(data)

    def close(self) -> None:
        """The next name ends a file."""

    def _enter(self, parts: Parts, *, is_file: bool) -> None:
        """Refuses a file where a folder is, or the other way."""
        for depth in range(1, len(parts)):
            if self._is_file.setdefault(parts[:depth], False):
                raise refuse("it holds {name} twice; make a new zip", name=parts[depth - 1])
        if self._is_file.setdefault(parts, is_file) is not is_file:
            raise refuse("it holds {name} twice; make a new zip", name=parts[-1])

    def _send(self, kind: int, payload: bytes) -> None:
        protocol.write_frame(self._replies, kind, self._number, payload)
