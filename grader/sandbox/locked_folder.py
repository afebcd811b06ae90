"""Folders that a live process holds, told apart from those that a killed one has left behind.

The holder keeps its folder locked. The kernel drops the lock with the holder, whatever ended it, so
that the next grader can take away what the last one could not.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Container, Iterator
from pathlib import Path


class LockedFolder:
    """A new folder, this user's alone, locked until it is released."""

    def __init__(self, parent: Path, prefix: str) -> None:
        """Raises OSError where it cannot be made."""
        while True:
            self.folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
            with contextlib.suppress(FileNotFoundError):
                self._lock = _open(self.folder)
                fcntl.flock(self._lock, fcntl.LOCK_EX)
                if self.folder.exists():  # nobody swept it before it was locked
                    return
                os.close(self._lock)

    def release(self) -> None:
        """Let go of it, removed or not; called once."""
        os.close(self._lock)


def abandoned(parent: Path, prefix: str, owners: Container[int]) -> Iterator[Path]:
    """Folders in `parent` that nobody holds any more, of these users; locked while looked at."""
    for folder in parent.glob(f"{prefix}*"):
        with contextlib.suppress(OSError):  # held, no folder, another's, or gone meanwhile
            lock = _open(folder)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.fstat(lock).st_uid in owners:
                    yield folder
            finally:
                os.close(lock)


def _open(folder: Path) -> int:
    return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
