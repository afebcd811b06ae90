"""A notebook that is a hundred thousand lists within each other."""

from pathlib import Path


def make(folder: Path, name: str) -> None:
    (folder / name).mkdir()
    text = '{"cells": ' + "[" * 100_000 + "]" * 100_000 + "}"
    (folder / name / "main.ipynb").write_text(text)
