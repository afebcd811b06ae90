"""A notebook of two hundred thousand cells, each a command, which takes long wherever it is read."""

import json
from pathlib import Path

# A MiB of these takes four seconds, where an honest MiB has one.
CELL = json.dumps({"cell_type": "code", "source": "%a"})
CELLS = 200_000


def make(folder: Path, name: str) -> None:
    (folder / name).mkdir()
    (folder / name / "lab.ipynb").write_text(f'{{"cells": [{",".join([CELL] * CELLS)}]}}')
    (folder / name / "main.py").write_text("def predict(image):\n    return 'Hats'\n")
