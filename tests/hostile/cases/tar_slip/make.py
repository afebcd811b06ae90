"""A tar whose names climb out of the folder."""

import io
import tarfile
from pathlib import Path

MAIN = b"def predict(image):\n    return 'Hats'\n"


def make(folder: Path, name: str) -> None:
    with tarfile.open(folder / f"{name}.tar.gz", "w:gz") as archive:
        main = tarfile.TarInfo("main.py")
        main.size = len(MAIN)
        archive.addfile(main, io.BytesIO(MAIN))
        for target in ("../planted_by_tar.txt", "/tmp/planted_by_tar.txt", "a/../../planted_by_tar.txt"):
            member = tarfile.TarInfo(target)
            member.size = 7
            archive.addfile(member, io.BytesIO(b"planted"))
