"""Locks on an output folder: one grader, and one publication at a time.

The kernel holds them (flock), so that they end with the process, however it ends: there is no
stale lock. The file says who holds it, for people; it is never removed, and its words decide
nothing.
"""

from __future__ import annotations

import fcntl
import getpass
import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from pathlib import Path

from grader.language import Sentence

GRADING, PUBLISHING = ".grading.lock", ".publishing.lock"


class HeldError(Exception):
    """Somebody else works on the folder: says who."""

    def __init__(self, holder: Sentence) -> None:
        super().__init__(str(holder))
        self.holder = holder


@contextmanager
def grading_lock(out: Path, doing: str) -> Iterator[None]:
    """Hold the folder for grading. Raises HeldError at once where another process does."""
    with _opened(out / GRADING) as lock:
        if not _taken(lock):
            raise HeldError(_holder(out / GRADING))
        _say_who(lock, doing)
        yield


@contextmanager
def in_turn(out: Path, doing: str, waiting: Callable[[Sentence], None]) -> Iterator[None]:
    """Hold the folder for publishing, after those who hold it now; `waiting` is told who does."""
    with _opened(out / PUBLISHING) as lock:
        if not _taken(lock):
            waiting(_holder(out / PUBLISHING))
            fcntl.flock(lock, fcntl.LOCK_EX)
        _say_who(lock, doing)
        yield


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        yield lock
    finally:
        os.close(lock)


def _taken(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _say_who(lock: int, doing: str) -> None:
    since = datetime.now(timezone.utc).isoformat(timespec="seconds")
    who = {"user": user(), "host": socket.gethostname(), "pid": os.getpid()}
    text = json.dumps({**who, "since": since, "doing": doing})
    os.ftruncate(lock, 0)
    os.pwrite(lock, text.encode(), 0)


def _holder(path: Path) -> Sentence:
    """Who holds the lock, as far as the file tells."""
    facts = dict.fromkeys(("user", "host", "pid", "since", "doing"), "?")
    with suppress(OSError, ValueError, AttributeError):
        facts |= {name: str(fact) for name, fact in json.loads(path.read_text("utf-8")).items()}
    return Sentence("`grade {doing}` of {user} on {host}, process {pid}, since {since}", facts)


def user() -> str:
    """Who runs this process; a number where the system has no name for it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
