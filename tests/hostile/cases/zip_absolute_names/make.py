"""A zip with absolute names and drives."""

import zipfile
from pathlib import Path

MAIN = "def predict(image):\n    return 'Hats'\n"


def make(folder: Path, name: str) -> None:
    with zipfile.ZipFile(folder / f"{name}.zip", "w") as archive:
        archive.writestr("main.py", MAIN)
        archive.writestr("/tmp/planted_by_zip.txt", "planted")
        archive.writestr("C:\\planted_by_zip.txt", "planted")
        archive.writestr("//server/share/planted_by_zip.txt", "planted")
