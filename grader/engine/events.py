"""Events: how far a running examination is, told by datagrams.

No lock is shared and nobody waits: an examiner that is killed in the middle of a word cannot hold
up another, as it could with a queue. What does not fit is lost, which a live view can bear.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from grader.evidence import Stage

LARGEST = 2048  # bytes of one datagram


class Event(NamedTuple):
    """A step of a running examination: stage, steps done and in all (0 of 0 where not counted)."""

    handin: str
    stage: Stage
    done: int
    total: int


class Events:
    """The grader's end: `address` is for examiners."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="grade-"))
        self.address = str(self._folder / "events")
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.address)
        self._socket.setblocking(False)

    def arrived(self) -> Iterator[Event]:
        """What has come since the last call."""
        with contextlib.suppress(BlockingIOError):
            while True:
                name, stage, done, total = json.loads(self._socket.recv(LARGEST))
                yield Event(name, Stage(stage), done, total)

    def close(self) -> None:
        """Let go of the socket and its folder."""
        self._socket.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def teller(address: str) -> Callable[[Event], None]:
    """A function that sends events to `address`, or loses them; it never waits and never raises."""
    sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sender.setblocking(False)

    def tell(event: Event) -> None:
        with contextlib.suppress(OSError):
            sender.sendto(json.dumps(event).encode(), address)

    return tell
