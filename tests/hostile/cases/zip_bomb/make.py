"""A zip of two hundred kilobytes that unpacks to two hundred megabytes."""

import zipfile
from pathlib import Path

MAIN = "def predict(image):\n    return 'Hats'\n"


def make(folder: Path, name: str) -> None:
    with zipfile.ZipFile(folder / f"{name}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("main.py", MAIN)
        zeros = zipfile.ZipInfo("zeros.bin")
        zeros.compress_type = zipfile.ZIP_DEFLATED
        with archive.open(zeros, "w", force_zip64=True) as file:
            for _ in range(200):
                file.write(bytes(1 << 20))
