"""The sources of a submission that are no Python as they are, made plain: what overlays its copy.

A notebook is told by its code cells alone, numbered as before and without outputs; a .py file into
which a notebook's lines were pasted, or which only newer versions of Python read, by its text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grader.readers.extraction import ExtractionTarget
from grader.readers.limits import ReadingLimit
from grader.readers.newer_python import older
from grader.readers.notebook_grammar import plain_source
from grader.readers.source_scan import sources
from grader.readers.source_text import (
    MAX_SOURCE_BYTES,
    NOTEBOOK,
    Cell,
    code_cells,
    decode,
    plain_cells,
)
from grader.readers.time_limits import leaving_out


def make_plain(folder: Path, target: ExtractionTarget, each: float) -> dict[str, Any]:
    """Hand what overlays the submission in `folder` to `target`.

    each: seconds of processor time for a source.

    Returns:
        `left_out`: what was, and the limit. `newer`: sources that only newer versions of Python
        read as they are.
    """
    left_out: dict[str, ReadingLimit] = {}
    newer: list[str] = []
    for path in sources(folder):
        name = path.relative_to(folder).as_posix()
        made = None
        with leaving_out(name, left_out, each):
            made, is_newer = _overlay(path)
        if made is not None:
            file = target.file(tuple(name.split("/")))
            file.write(made)
            file.close()
            newer += [name] if is_newer else []
    return {"left_out": list(left_out.items()), "newer": newer}


def _overlay(path: Path) -> tuple[bytes | None, bool]:
    """What takes the place of a source, None for one that stays; whether it was newer Python."""
    with path.open("rb") as file:
        if path.suffix.lower() != ".ipynb":
            text = decode(file.read(MAX_SOURCE_BYTES)).lstrip("\ufeff")
            whole = path.stat().st_size <= MAX_SOURCE_BYTES
            plain = plain_source(text) if whole else text
            made = older(plain) if whole else text
            return None if made == text else _bytes(made), made != plain
        cells = code_cells(file.read(NOTEBOOK))
    plain_ones = plain_cells(cells)
    made_ones = [cell._replace(text=older(cell.text)) for cell in plain_ones]
    if cells == made_ones:
        return None, False
    return _bytes(json.dumps({"cells": list(_all(made_ones))})), made_ones != plain_ones


def _all(cells: list[Cell]) -> Iterator[dict[str, str]]:
    """Cells as a notebook has them, with empty ones of text between, so that numbers stay."""
    number = 1
    for cell in cells:
        yield from [{"cell_type": "markdown", "source": ""}] * (cell.number - number)
        yield {"cell_type": "code", "source": cell.text}
        number = cell.number + 1


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
