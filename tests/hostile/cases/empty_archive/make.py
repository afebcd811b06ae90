"""An empty file that says it is a zip."""

from pathlib import Path


def make(folder: Path, name: str) -> None:
    (folder / f"{name}.zip").write_bytes(b"")
