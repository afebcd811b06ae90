"""Messages between the grader and one examiner, over a pair of sockets of their own.

No lock is shared and the grader never waits for the rest of a message: an examiner that is killed
or stopped in the middle of a word cannot hold up anybody.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from enum import IntEnum

from grader.engine.contract import LARGEST_DOCUMENT

AT_ONCE = 1 << 20  # bytes


class MessageKind(IntEnum):
    """What a message is."""

    TASK = 1
    READY = 2
    EVENT = 3
    DOCUMENT = 4


_HEADER = struct.Struct(">BI")


class WireError(Exception):
    """What came is no message."""


def send(wire: socket.socket, kind: MessageKind, body: bytes = b"") -> None:
    """Send one message. Raises OSError where nobody is there to read it."""
    wire.sendall(_HEADER.pack(kind, len(body)) + body)


def receive(wire: socket.socket) -> tuple[MessageKind, bytes]:
    """Wait for one message. Raises EOFError where none will come."""
    kind, size = _HEADER.unpack(_exactly(wire, _HEADER.size))
    return MessageKind(kind), _exactly(wire, size)


def _exactly(wire: socket.socket, size: int) -> bytes:
    found = bytearray()
    while len(found) < size:
        part = wire.recv(min(size - len(found), AT_ONCE))
        if not part:
            raise EOFError
        found += part
    return bytes(found)


class MessageReader:
    """The grader's side: takes what is there and gives whole messages."""

    def __init__(self, wire: socket.socket) -> None:
        self._wire = wire
        self._buffer = bytearray()

    def take(self) -> Iterator[tuple[MessageKind, bytes]]:
        """One reading of a wire that has something to read, as the messages that it completes.

        Raises EOFError at the end and WireError for what is no message.
        """
        try:
            part = self._wire.recv(AT_ONCE)
        except ConnectionError:
            raise EOFError from None
        if not part:
            raise EOFError
        self._buffer += part
        while len(self._buffer) >= _HEADER.size:
            kind, size = _HEADER.unpack_from(self._buffer)
            if kind not in MessageKind._value2member_map_ or size > LARGEST_DOCUMENT:
                raise WireError(f"it sent a message of kind {kind} with {size} bytes")
            end = _HEADER.size + size
            if len(self._buffer) < end:
                return
            body = bytes(self._buffer[_HEADER.size : end])
            del self._buffer[:end]
            yield MessageKind(kind), body
