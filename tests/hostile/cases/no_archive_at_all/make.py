"""Random bytes that say they are a zip."""

import random
from pathlib import Path


def make(folder: Path, name: str) -> None:
    (folder / f"{name}.zip").write_bytes(random.Random(1).randbytes(5000))
