"""A zip with two files of the same name."""

import warnings
import zipfile
from pathlib import Path


def make(folder: Path, name: str) -> None:
    with zipfile.ZipFile(folder / f"{name}.zip", "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("main.py", "def predict(image):\n    return 'Hats'\n")
        archive.writestr("main.py", "def predict(image):\n    return 'Paper'\n")
