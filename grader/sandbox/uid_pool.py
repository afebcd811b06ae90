"""User ids for boxes that root starts: one for each live box, of no account, freed by any death."""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from pathlib import Path

from grader.sandbox.contract import SandboxUnavailableError

# systemd's table of ids leaves this range to nobody; it also exists inside ordinary containers.
USER_IDS = range(60_706, 61_184)


class LeasedUid:
    """An id that no other box on this machine has while this object is held."""

    def __init__(self, uid: int, lock: int) -> None:
        self.uid = uid
        self._lock = lock

    def release(self) -> None:
        """Give the id back."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def take() -> LeasedUid:
    """The first free id. Raises SandboxUnavailableError if all are taken."""
    folder = _folder()
    for uid in USER_IDS:
        lock = os.open(folder / str(uid), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return LeasedUid(uid, lock)
        os.close(lock)
    raise SandboxUnavailableError(
        f"all {len(USER_IDS)} user ids for boxes are in use", "run fewer examinations at once"
    )


def _folder() -> Path:
    """Where the locks lie: root's own, so that no user can take them or point them elsewhere."""
    for parent in (Path("/run"), Path(tempfile.gettempdir())):
        folder = parent / "grader-boxes"
        with contextlib.suppress(OSError):
            folder.mkdir(mode=0o700, exist_ok=True)
            owner = folder.lstat()
            if owner.st_uid == os.getuid() and not owner.st_mode & 0o077:
                return folder
    raise SandboxUnavailableError(
        "no folder for the locks of user ids",
        "make /run or the folder for temporary files writable",
    )
