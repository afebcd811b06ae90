"""Sources nested too deep, with NULs, in odd encodings."""

from pathlib import Path


def make(folder: Path, name: str) -> None:
    (folder / name).mkdir()
    (folder / name / "deep.py").write_text("x = " + "(" * 5000 + ")" * 5000)
    (folder / name / "deeper.py").write_text("x = " + "-" * 200_000 + "1")
    (folder / name / "nul.py").write_bytes(b"x = 1\0")
    (folder / name / "coding.py").write_bytes(b"# -*- coding: rot13 -*-\nk = 1\n")
    (folder / name / "latin.py").write_bytes(b"# caf\xe9\n")
    (folder / name / "main.py").write_text("def predict(image):\n    return 'Hats'\n")
