"""A zip whose names climb out of the folder."""

import zipfile
from pathlib import Path

MAIN = "def predict(image):\n    return 'Hats'\n"


def make(folder: Path, name: str) -> None:
    with zipfile.ZipFile(folder / f"{name}.zip", "w") as archive:
        archive.writestr("main.py", MAIN)
        for depth in (1, 3, 12):
            archive.writestr("../" * depth + "planted_by_zip.txt", "planted")
            archive.writestr("..\\" * depth + "planted_by_zip.txt", "planted")
