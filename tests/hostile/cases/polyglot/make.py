"""A file that is a picture and a zip."""

import zipfile
from pathlib import Path

MAIN = "def predict(image):\n    return 'Hats'\n"


def make(folder: Path, name: str) -> None:
    with zipfile.ZipFile(folder / f"{name}.zip", "w") as archive:
        archive.writestr("main.py", MAIN)
        archive.writestr("x.py", "x = 1")
    path = folder / f"{name}.zip"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100) + path.read_bytes())
