"""Limits: how much one submission may hold before it is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

# What keeps a reader from a file, or from all that it holds: its time, its memory, too many files
# of the kind, too many parts in it.
ReadingLimit: TypeAlias = Literal["time", "memory", "count", "parts"]

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB


@dataclass(frozen=True)
class IntakeLimits:
    """What one submission may hold, unpacked and without what is always left out (see
    `ignored_files`).

    total: bytes of all files together.
    file: bytes of one file.
    files: files, folders, links and the like.
    depth: folders inside each other.
    ratio: how many times larger than the archive the unpacked files may be, asked only from
        `ratio_from` bytes on: small texts shrink by any factor, weights hardly at all.
    ratio_from: bytes.
    name: bytes in UTF-8 of one part of a path (Linux stores 255 at most).
    path: bytes in UTF-8 of a whole path.
    """

    total: int = GIB
    file: int = 512 * MIB
    files: int = 5_000
    depth: int = 20
    ratio: float = 200.0
    ratio_from: int = 10 * MIB
    name: int = 200
    path: int = 1_000


# One archive that holds a whole class: as many submissions, none larger than it may be by itself.
CLASS_LIMITS = IntakeLimits(total=64 * GIB, file=2 * GIB, files=500_000, depth=24, path=1_500)
