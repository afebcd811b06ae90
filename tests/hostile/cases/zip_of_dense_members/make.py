"""A zip of a few kilobytes whose member says that it has 300 bytes, and unpacks to two gigabytes."""

import bz2
import struct
from pathlib import Path

BZIP2, VERSION, SAID = 12, 46, 300


def make(folder: Path, name: str) -> None:
    packed = bz2.compress(bytes(45 << 20)) * 40
    member = b"main.py"
    numbers = struct.pack("<HHHHHIII", VERSION, 0, BZIP2, 0, 33, 0, len(packed), SAID)
    local = b"PK\3\4" + numbers + struct.pack("<HH", len(member), 0) + member + packed
    entry = b"PK\1\2" + struct.pack("<H", VERSION) + numbers
    entry += struct.pack("<HHHHHII", len(member), 0, 0, 0, 0, 0, 0) + member
    end = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(entry), len(local), 0)
    (folder / f"{name}.zip").write_bytes(local + entry + end)
