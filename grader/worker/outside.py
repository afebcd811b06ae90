"""Which files beside its own a submission reads: what only its author's machine has.

For machines on which nothing keeps the two apart, as a student's own may be.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

# Where an operating system and its programs keep what they read for themselves.
_SYSTEM = (
    *("/usr", "/lib", "/lib64", "/etc", "/proc", "/sys", "/dev", "/run", "/bin", "/opt/homebrew"),
    *("/System", "/Library", "/private/var/db", "C:\\Windows", "C:\\Program Files"),
)
_CACHES = ("matplotlib", ".matplotlib", "fontconfig", "__pycache__", "site-packages")


def is_outside(path: str) -> bool:
    """Whether the full path of a file that is there belongs neither to Python, nor to the system,
    nor to what programs keep for themselves.
    """
    real = os.path.realpath(path)
    if any(part in _CACHES for part in real.replace("\\", "/").split("/")):
        return False
    of_python = (sys.prefix, sys.base_prefix, str(Path(os.__file__).parent), tempfile.gettempdir())
    ours = (*_SYSTEM, *of_python, *map(os.path.realpath, of_python))
    return Path(real).is_file() and not any(_below(real, folder) for folder in ours)


def _below(path: str, folder: str) -> bool:
    folder = os.path.normcase(folder).rstrip("\\/")
    return os.path.normcase(path).startswith(folder + os.sep)
