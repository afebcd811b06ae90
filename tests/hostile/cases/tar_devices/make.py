"""A tar with devices, pipes and set-user-id programs."""

import io
import tarfile
from pathlib import Path

MAIN = b"def predict(image):\n    return 'Hats'\n"


def make(folder: Path, name: str) -> None:
    with tarfile.open(folder / f"{name}.tar.gz", "w:gz") as archive:
        main = tarfile.TarInfo("main.py")
        main.size = len(MAIN)
        archive.addfile(main, io.BytesIO(MAIN))
        for kind in (tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE):
            member = tarfile.TarInfo("device" + kind.decode())
            member.type, member.devmajor, member.devminor = kind, 1, 1
            archive.addfile(member)
        member = tarfile.TarInfo("suid")
        member.mode, member.size = 0o6755, 7
        archive.addfile(member, io.BytesIO(b"planted"))
