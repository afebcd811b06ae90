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
# Found out now: who listens to what is opened must wait for no lock, as tempfile has one.
_OF_PYTHON = (
    sys.prefix,
    sys.base_prefix,
    str(Path(os.__file__).parent),
    tempfile.gettempdir(),
)
_OURS = (*_SYSTEM, *_OF_PYTHON, *map(os.path.realpath, _OF_PYTHON))
_CACHES = ("matplotlib", ".matplotlib", "fontconfig", "__pycache__", "site-packages")


def is_outside(path: str) -> bool:
    """Whether the full path of a file that is there belongs neither to Python, nor to the system,
    nor to what programs keep for themselves.
    """
    if any(_below(path, folder) for folder in _OURS):
        return False  # nearly all files, at no cost
    real = os.path.realpath(path)
    if any(part in _CACHES for part in real.replace("\\", "/").split("/")):
        return False
    return Path(real).is_file() and not any(_below(real, folder) for folder in _OURS)


def _below(path: str, folder: str) -> bool:
    folder = os.path.normcase(folder).rstrip("\\/")
    return os.path.normcase(path).startswith(folder + os.sep)
