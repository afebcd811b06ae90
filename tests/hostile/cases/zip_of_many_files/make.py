"""A zip of a hundred thousand empty files."""

import zipfile
from pathlib import Path

MAIN = "def predict(image):\n    return 'Hats'\n"


def make(folder: Path, name: str) -> None:
    with zipfile.ZipFile(folder / f"{name}.zip", "w") as archive:
        archive.writestr("main.py", MAIN)
        for number in range(100_000):
            archive.writestr(f"f/{number}", "")
