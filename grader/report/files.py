"""Files of a report: written whole or not at all; where the templates are."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from io import TextIOWrapper
from pathlib import Path


@cache
def templates() -> Path:
    """The folder of the templates: packed into the installed package, else the checkout's.

    Raises FileNotFoundError where neither is there.
    """
    package = Path(__file__).resolve().parents[1]
    places = (package / "templates", package.parent / "templates")
    for place in places:
        if (place / "base.html").is_file():
            return place
    raise FileNotFoundError(
        f"no templates in {' or '.join(map(str, places))}; install the grader again"
    )


def put(path: Path, text: str) -> None:
    """`text` in the new file `path`; lone surrogates become question marks."""
    path.write_bytes(text.encode("utf-8", "replace"))


def write(path: Path, text: str) -> None:
    """`text` at `path`, which readers see whole or not at all."""
    with text_file(path) as file:
        file.write(text)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path to write to, which takes the place of `path` once it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name[:60]}.{os.getpid()}.part")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def text_file(path: Path, encoding: str = "utf-8", newline: str = "\n") -> Iterator[TextIOWrapper]:
    """A text file to write, which appears at `path` only once it is whole."""
    with (
        replacing(path) as part,
        part.open("w", encoding=encoding, errors="replace", newline=newline) as file,
    ):
        yield file


@contextmanager
def replaced(folder: Path, names: Sequence[str]) -> Iterator[Path]:
    """A new folder to make files and folders `names` in; they take the place of those in `folder`
    when all are made. Renaming folders, not thousands of files, keeps this quick.
    """
    fresh = folder / f".new-{os.getpid()}"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    try:
        yield fresh
        for name in names:
            if (folder / name).is_dir():
                (folder / name).replace(fresh / f"old-{name}")
            (fresh / name).replace(folder / name)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
