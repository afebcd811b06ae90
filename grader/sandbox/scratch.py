"""A scratch folder on the disk: what it holds, watched from outside, and its removal.

Needed where the box has no file system of its own. Nothing in the folder is opened as a file, no
link is followed, and depth costs nothing, as its owner may have meant harm. The folder is held as
long as the box lives, so that one that a killed grader left can be swept.
"""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
import time
from pathlib import Path

from grader.sandbox import locked_folder, uid_pool
from grader.sandbox.contract import SandboxLimits
from grader.sandbox.sandboxed_process import MIB, ScratchUse

SCRATCH_PREFIX = "grade-scratch-"
MAX_DEPTH = 200  # folders within each other; more count as too many files
SHARE_OF_TIME = 10  # a look may cost a tenth of the time at most
LEAST_PAUSE = 0.1  # seconds between looks
UNLIMITED = 1 << 40


class Scratch:
    """A new folder, empty, of the user `owner` alone."""

    def __init__(self, owner: int | None, limits: SandboxLimits) -> None:
        self._place = locked_folder.LockedFolder(Path(tempfile.gettempdir()), SCRATCH_PREFIX)
        self.folder = self._place.folder
        if owner is not None:
            os.chown(self.folder, owner, owner)
        self._limits = limits
        self._use = ScratchUse(0, 0)
        self._next = 0.0

    def use(self, pid: int, *, now: bool = False) -> ScratchUse:
        """What it holds, files that process `pid` has removed but not let go of included.

        Looks seldom enough to cost little, or right `now`; stops counting above the limits.
        """
        started = time.monotonic()
        if now or started >= self._next:
            found = _held(self.folder, self._limits)
            hidden = _removed(pid, str(self.folder), self._limits.file_size * MIB)
            self._use = ScratchUse(found.size + hidden, found.files)
            took = time.monotonic() - started
            self._next = started + max(LEAST_PAUSE, SHARE_OF_TIME * took)
        return self._use

    def remove(self) -> None:
        """Remove it with all it holds. Raises OSError if that cannot be."""
        try:
            remove(self.folder)
        finally:
            self._place.release()


def sweep() -> None:
    """Remove the scratch folders of graders that were killed."""
    owners = {os.getuid()}
    if os.getuid() == 0:
        owners.update(uid_pool.USER_IDS)
    for folder in locked_folder.abandoned(Path(tempfile.gettempdir()), SCRATCH_PREFIX, owners):
        with contextlib.suppress(OSError):  # a box that is just ending: the next start takes it
            remove(folder)


def remove(folder: Path) -> None:
    """Remove a folder of any depth, with closed folders in it, following no link."""
    root = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        os.fchmod(root, 0o700)
        number = 0
        while names := os.listdir(root):  # noqa: PTH208 (by descriptor)
            for name in names:
                number = _remove_one(root, name, number)
    finally:
        os.close(root)
    folder.rmdir()


def _remove_one(root: int, name: str, number: int) -> int:
    """Remove `name`; folders within it move up into `root`, under the numbers that follow."""
    if not _is_folder(name, root):
        os.unlink(name, dir_fd=root)
        return number
    os.chmod(name, 0o700, dir_fd=root)
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    folder = os.open(name, flags, dir_fd=root)
    try:
        for inner in os.listdir(folder):  # noqa: PTH208 (by descriptor)
            if not _is_folder(inner, folder):
                os.unlink(inner, dir_fd=folder)
                continue
            os.chmod(inner, 0o700, dir_fd=folder)
            while True:  # a name that the box has not taken
                number += 1
                try:
                    os.mkdir(f".moved{number}", 0o700, dir_fd=root)
                except FileExistsError:
                    continue
                break
            os.rename(inner, f".moved{number}", src_dir_fd=folder, dst_dir_fd=root)
    finally:
        os.close(folder)
    os.rmdir(name, dir_fd=root)
    return number


def _is_folder(name: str, parent: int) -> bool:
    return stat.S_ISDIR(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode)


def _held(folder: Path, limits: SandboxLimits) -> ScratchUse:
    """Bytes on disk and entries below `folder`, counted until a limit is passed."""
    size = files = 0
    waiting = [(str(folder), 0)]
    while waiting:
        path, depth = waiting.pop()
        if depth > MAX_DEPTH:
            return ScratchUse(size, UNLIMITED)
        with contextlib.suppress(OSError), os.scandir(path) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    found = entry.stat(follow_symlinks=False)
                    files += 1
                    size += found.st_blocks * 512
                    if stat.S_ISDIR(found.st_mode):
                        waiting.append((entry.path, depth + 1))
                if files > limits.scratch_files or size > limits.scratch * MIB:
                    return ScratchUse(size, files)
    return ScratchUse(size, files)


def _removed(pid: int, folder: str, largest: int) -> int:
    """Bytes of files that have no name any more and that the process keeps.

    Of one that it keeps by a mapping alone, the size cannot be seen: it counts as `largest`.
    """
    about = f"/proc/{pid}"
    size = 0
    with contextlib.suppress(OSError):
        for descriptor in os.listdir(f"{about}/fd"):  # noqa: PTH208
            with contextlib.suppress(OSError):
                found = os.stat(f"{about}/fd/{descriptor}")  # noqa: PTH116
                if stat.S_ISREG(found.st_mode) and found.st_nlink == 0:
                    size += found.st_blocks * 512
    mapped = set()
    with contextlib.suppress(OSError), Path(about, "maps").open("rb") as maps:
        for line in maps:
            if line.endswith(b" (deleted)\n") and os.fsencode(folder) in line:
                mapped.add(line.split(None, 5)[4])
    return size + len(mapped) * largest
