"""A zip with links to files and folders outside, and files below the links."""

import zipfile
from pathlib import Path

MAIN = "def predict(image):\n    return 'Hats'\n"


def make(folder: Path, name: str) -> None:
    with zipfile.ZipFile(folder / f"{name}.zip", "w") as archive:
        archive.writestr("main.py", MAIN)
        for name_in, target in (("labels.txt", "/etc/passwd"), ("out", "/"), ("up", "../..")):
            link = zipfile.ZipInfo(name_in)
            link.create_system = 3
            link.external_attr = 0o120777 << 16
            archive.writestr(link, target)
        archive.writestr("out/tmp/planted_by_zip.txt", "planted")
        archive.writestr("up/planted_by_zip.txt", "planted")
