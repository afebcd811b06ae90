"""A main.py of thirty megabytes."""

from pathlib import Path


def make(folder: Path, name: str) -> None:
    (folder / name).mkdir()
    text = "def predict(image):\n    return 'Hats'\n" + "# x\n" * 7_000_000
    (folder / name / "main.py").write_text(text)
