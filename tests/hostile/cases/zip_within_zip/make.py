"""Zips within each other, each ten times the one inside."""

import io
import zipfile
from pathlib import Path

MAIN = b"def predict(image):\n    return 'Hats'\n"


def make(folder: Path, name: str) -> None:
    data, inner = bytes(10 << 20), "zeros.bin"
    for level in range(4):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("main.py", MAIN)
            for number in range(10):
                archive.writestr(f"{number}{inner}", data)
        data, inner = packed.getvalue(), f"level{level}.zip"
    (folder / f"{name}.zip").write_bytes(data)
