"""A zip with names that collide, control the terminal, or cannot be written."""

import zipfile
from pathlib import Path

MAIN = "def predict(image):\n    return 'Hats'\n"


def make(folder: Path, name: str) -> None:
    with zipfile.ZipFile(folder / f"{name}.zip", "w") as archive:
        archive.writestr("main.py", MAIN)
        for odd in ("MAIN.PY", "Main.py", "line\nbreak.py", "\x1b[31mred.py", "x" * 300, "con", "nul.txt",
                    "aux.py", "trailing.", "trailing ", "a:b", "\u202eyp.niam", "<script>.py", "=1+1.csv",
                    "caf\u00e9.py", "cafe\u0301.py", "-rf", "$(id)", "`id`", "a\x00b", "\ud83d\uddd1.py"):
            try:
                archive.writestr(odd, "print('odd')")
            except (ValueError, UnicodeError):
                continue
