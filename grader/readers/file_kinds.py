"""Kinds of archives, told by their first bytes: a suffix is only a claim."""

from __future__ import annotations

from enum import Enum
from pathlib import Path


class FileKind(str, Enum):
    """What a submission comes as."""

    FOLDER = "folder"
    FILE = "file"  # a loose file, which only platforms give out so
    ZIP = "zip"
    TAR = "tar"  # plain or packed by gzip, bzip2 or xz
    SEVEN = "7z"
    RAR = "rar"
    OTHER = "other"  # known, and opened where this machine has a library that can
    UNKNOWN = "unknown"  # named like an archive, but none that is known

    @property
    def archive(self) -> bool:
        """Whether it is a file to be unpacked (or refused)."""
        return self not in (FileKind.FOLDER, FileKind.FILE)


SUFFIXES = (
    ".tar.gz", ".tar.bz2", ".tar.xz", ".tgz", ".tbz2", ".tbz", ".txz", ".tar",
    ".zip", ".zipx", ".7z", ".rar", ".gz", ".bz2", ".xz", ".zst", ".iso", ".cab",
)  # fmt: skip

_MAGIC = (
    (b"PK\x03\x04", FileKind.ZIP),
    (b"PK\x05\x06", FileKind.ZIP),  # without members
    (b"7z\xbc\xaf\x27\x1c", FileKind.SEVEN),
    (b"Rar!\x1a\x07", FileKind.RAR),
    (b"(\xb5/\xfd", FileKind.OTHER),  # Zstandard
    (b"MSCF", FileKind.OTHER),  # CAB
    (b"LZIP", FileKind.OTHER),
    (b"\x1f\x8b", FileKind.TAR),
    (b"BZh", FileKind.TAR),
    (b"\xfd7zXZ\x00", FileKind.TAR),
)


def kind_of(path: Path) -> FileKind:
    """The kind of a file by its content. Raises OSError where it cannot be read."""
    with path.open("rb") as file:
        head = file.read(512)
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    return FileKind.TAR if head[257:262] == b"ustar" else FileKind.UNKNOWN


def named_archive(name: str) -> bool:
    """Whether a file of this name is meant as an archive."""
    return name.lower().endswith(SUFFIXES)


def stem(name: str) -> str:
    """The name of a folder or archive without an archive's suffix."""
    for suffix in SUFFIXES:
        if name.lower().endswith(suffix) and len(name) > len(suffix):
            return name[: -len(suffix)]
    return name
