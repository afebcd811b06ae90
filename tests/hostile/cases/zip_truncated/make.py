"""A zip that ends in the middle."""

import zipfile
from pathlib import Path

MAIN = "def predict(image):\n    return 'Hats'\n"


def make(folder: Path, name: str) -> None:
    with zipfile.ZipFile(folder / f"{name}.zip", "w") as archive:
        archive.writestr("main.py", MAIN)
        archive.writestr("zeros.bin", bytes(range(256)) * 1000)
    path = folder / f"{name}.zip"
    path.write_bytes(path.read_bytes()[:5000])
