"""A notebook of seven megabytes of cells, which takes long wherever it is read."""

from pathlib import Path

CELLS = 7 * 2**20 // len("{},")


def make(folder: Path, name: str) -> None:
    (folder / name).mkdir()
    (folder / name / "lab.ipynb").write_text('{"cells": [' + "{}," * CELLS + "{}]}")
    (folder / name / "main.py").write_text("def predict(image):\n    return 'Hats'\n")
