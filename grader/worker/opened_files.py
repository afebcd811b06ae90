"""Which of its files a submission has opened: what it loads, whatever that is called."""

from __future__ import annotations

import os
from pathlib import Path

MOST_FILES = 500  # that are told
MIN_FILE_BYTES = 2048  # bytes of a file that may hold weights


class OpenedFiles:
    """Files below `root` that were read since this was made.

    By two witnesses: the time of access that the file system keeps, which libraries outside Python
    move, too; and the names that Python's own `open` was given, for files that are linked to where
    nothing can be written.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._named: set[Path] = set()
        self._before = self._times()

    def heard(self, path: Path) -> None:
        """Note that Python was asked to open `path`."""
        if len(self._named) < MOST_FILES and not path.name.endswith((".py", ".pyc")):
            self._named.add(path)

    def files(self) -> list[str]:
        """Their paths below the root, with forward slashes: at most MOST_FILES."""
        found = {
            path for path, time in self._times().items() if self._before.get(path, time) != time
        }
        found |= {path for path in self._named if path in self._before}
        return sorted(path.relative_to(self._root).as_posix() for path in found)[:MOST_FILES]

    def _times(self) -> dict[Path, int]:
        """Times of access, in nanoseconds, of all files that may hold weights."""
        times = {}
        for folder, _, names in os.walk(str(self._root)):
            for name in names:
                path = Path(folder, name)
                try:
                    about = path.stat()
                except OSError:
                    continue
                if about.st_size >= MIN_FILE_BYTES and path.suffix != ".py":
                    times[path] = about.st_atime_ns
        return times
