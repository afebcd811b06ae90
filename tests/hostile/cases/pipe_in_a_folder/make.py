"""A folder with a pipe, which would hold up whoever opens it."""

import os
from pathlib import Path


def make(folder: Path, name: str) -> None:
    (folder / name).mkdir()
    (folder / name / "main.py").write_text("def predict(image):\n    return 'Hats'\n")
    os.mkfifo(folder / name / "weights.ckpt")
    os.mkfifo(folder / name / "helper.py")
