"""A zip whose thousand files share the same bytes."""

import struct
import zipfile
from pathlib import Path

MAIN = "def predict(image):\n    return 'Hats'\n"


def make(folder: Path, name: str) -> None:
    path = folder / f"{name}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("main.py", MAIN)
        archive.writestr("zeros0000", bytes(1 << 20))
    data = path.read_bytes()
    end = data.rindex(b"PK\5\6")
    (start,) = struct.unpack_from("<I", data, end + 16)
    entry = data[data.rindex(b"PK\1\2", 0, end) : end]
    entries = b"".join(entry.replace(b"zeros0000", b"zeros%04d" % n) for n in range(1, 1000))
    tail = bytearray(data[end:])
    struct.pack_into("<HHII", tail, 8, 1001, 1001, end - start + len(entries), start)
    path.write_bytes(data[:end] + entries + bytes(tail))
