"""A zip whose directory says that its files are small."""

import zipfile
from pathlib import Path

MAIN = "def predict(image):\n    return 'Hats'\n"
SIZE = 100 << 20


def make(folder: Path, name: str) -> None:
    path = folder / f"{name}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("main.py", MAIN)
        archive.writestr("zeros.bin", bytes(SIZE))
    data = path.read_bytes()
    path.write_bytes(data.replace(SIZE.to_bytes(4, "little"), (10).to_bytes(4, "little")))
