"""A zip with devices and pipes in it."""

import zipfile
from pathlib import Path

MAIN = "def predict(image):\n    return 'Hats'\n"


def make(folder: Path, name: str) -> None:
    with zipfile.ZipFile(folder / f"{name}.zip", "w") as archive:
        archive.writestr("main.py", MAIN)
        for number, mode in enumerate((0o020666, 0o060666, 0o010666, 0o140666)):
            info = zipfile.ZipInfo(f"device{number}")
            info.create_system = 3
            info.external_attr = mode << 16
            archive.writestr(info, "")
