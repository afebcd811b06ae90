"""A tar with links, and files written through them."""

import io
import tarfile
from pathlib import Path

MAIN = b"def predict(image):\n    return 'Hats'\n"


def make(folder: Path, name: str) -> None:
    with tarfile.open(folder / f"{name}.tar.gz", "w:gz") as archive:
        main = tarfile.TarInfo("main.py")
        main.size = len(MAIN)
        archive.addfile(main, io.BytesIO(MAIN))
        for kind, target in ((tarfile.SYMTYPE, "/etc/passwd"), (tarfile.LNKTYPE, "/etc/passwd"),
                             (tarfile.SYMTYPE, "../..")):
            member = tarfile.TarInfo("link" + str(len(target)))
            member.type, member.linkname = kind, target
            archive.addfile(member)
        member = tarfile.TarInfo("link5/planted_by_tar.txt")
        member.size = 7
        archive.addfile(member, io.BytesIO(b"planted"))
