"""A zip that says it is a rar."""

import zipfile
from pathlib import Path

MAIN = "def predict(image):\n    return 'Hats'\n"


def make(folder: Path, name: str) -> None:
    with zipfile.ZipFile(folder / f"{name}.zip", "w") as archive:
        archive.writestr("main.py", MAIN)
        archive.writestr("x.py", "x = 1")
    (folder / f"{name}.zip").rename(folder / f"{name}.rar")
