"""Small submissions without a framework, for tests of the way around them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests import make

# Tells the classes of a made-up hidden set apart by the colour that `colours` painted them in.
HONEST = """
NAMES = {names!r}

def predict(image):
    return NAMES[int(image[0, 0, 0]) // 9]
"""


def honest() -> str:
    """A main.py that is right about every image of `colours`."""
    return HONEST.format(names=list(make.assignment().names))


def colours(folder: Path, each: int = 2) -> Path:
    """A hidden set: `each` small images a class, the class told by the blue channel."""
    import cv2
    import numpy as np

    for index, label in enumerate(make.assignment().classes):
        (folder / label.folder).mkdir(parents=True)
        for number in range(each):
            image = np.full((16, 16, 3), (9 * index + 4, 7 * number, 0), np.uint8)
            data = cv2.imencode(".png", image)[1].tobytes()
            (folder / label.folder / f"{number}.png").write_bytes(data)
    return folder


def submission(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """A submission at `folder` with these files."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    return folder


def command(*words: object) -> list[str]:
    """The command line of ``grade`` with `words`."""
    return [sys.executable, "-m", "grader", *map(str, words)]


def grade(*words: object, cwd: Path = make.ROOT) -> subprocess.CompletedProcess[str]:
    """Run ``grade`` to its end."""
    environment = {
        **os.environ,
        "COLUMNS": "200",
        "LANG": "C.UTF-8",
        "PYTHONPATH": os.environ.get("PYTHONPATH", "") or str(make.ROOT),
    }
    return subprocess.run(
        command(*words), cwd=cwd, capture_output=True, text=True, env=environment, check=False
    )
