"""Which paths lead to what only the author's machine has.

For machines on which nothing keeps the two apart, as a student's own may be.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

# Where an operating system and its programs keep what they read for themselves.
_SYSTEM = (
    *("/usr", "/lib", "/lib32", "/lib64", "/libx32", "/etc", "/proc", "/sys", "/dev", "/run"),
    *("/bin", "/sbin", "/opt", "/nix", "/gnu", "/snap", "/var/cache", "/var/lib", "/var/db"),
    *("/System", "/Library", "/Applications", "/private/etc", "/private/var/db"),
)
_OF_WINDOWS = ("SYSTEMROOT", "PROGRAMDATA", "PROGRAMFILES", "PROGRAMFILES(X86)", "PROGRAMW6432")
# Found out now: who listens to what is opened must wait for no lock, as tempfile has one.
_OURS = (
    *_SYSTEM,
    *("C:\\Windows", "C:\\Program Files", "C:\\Program Files (x86)", "C:\\ProgramData"),
    *filter(None, map(os.environ.get, _OF_WINDOWS)),
    *(sys.prefix, sys.base_prefix, str(Path(os.__file__).parent), str(Path(__file__).parent)),
    tempfile.gettempdir(),
)
_CACHES = ("matplotlib", ".matplotlib", "fontconfig", "__pycache__", "site-packages")


class Outside:
    """Which paths are neither Python's, nor the system's, nor below `folders`, nor what programs
    keep for themselves.
    """

    def __init__(self, *folders: Path) -> None:
        self._folders: tuple[str, ...] = ()
        for folder in dict.fromkeys([*_OURS, *map(str, folders)]):
            self.except_below(folder)

    def except_below(self, folder: str) -> None:
        """Take a file or folder, and what is below, for ours."""
        both = (folder, os.path.realpath(folder))
        self._folders += tuple(_plain(each) + os.sep for each in both)

    def has(self, path: str) -> bool:
        """Whether the full path, there or not, is outside. What leads to a folder of ours is
        not.
        """
        if (_plain(path) + os.sep).startswith(self._folders):
            return False  # nearly all files, at little cost
        real = _plain(os.path.realpath(path)) + os.sep
        if any(part in _CACHES for part in Path(real).parts):
            return False
        on_the_way = any(folder.startswith(real) for folder in self._folders)
        return not on_the_way and not real.startswith(self._folders)


def _plain(path: str) -> str:
    return os.path.normcase(os.path.normpath(path)).rstrip("\\/")
