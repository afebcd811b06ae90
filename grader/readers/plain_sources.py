"""The sources of a submission that are no Python as they are, made plain: what overlays its copy.

A notebook is told by its code cells alone, numbered as before and without outputs; a .py file into
which a notebook's lines were pasted by its text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grader.readers.extraction import ExtractionTarget
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
    """Hand what overlays the submission in `folder` to `target`; what was left out, and the limit.

    each: seconds of processor time for a source.
    """
    left_out: dict[str, str] = {}
    for path in sources(folder):
        name = path.relative_to(folder).as_posix()
        made = None
        with leaving_out(name, left_out, each):
            made = _overlay(path)
        if made is not None:
            file = target.file(tuple(name.split("/")))
            file.write(made)
            file.close()
    return {"left_out": list(left_out.items())}


def _overlay(path: Path) -> bytes | None:
    """What takes the place of a source; None for one that stays."""
    with path.open("rb") as file:
        if path.suffix.lower() != ".ipynb":
            text = decode(file.read(MAX_SOURCE_BYTES)).lstrip("\ufeff")
            plain = plain_source(text) if path.stat().st_size <= MAX_SOURCE_BYTES else text
            return None if plain == text else _bytes(plain)
        cells = code_cells(file.read(NOTEBOOK))
    plain_ones = plain_cells(cells)
    if cells == plain_ones:
        return None
    return _bytes(json.dumps({"cells": list(_all(plain_ones))}))


def _all(cells: list[Cell]) -> Iterator[dict[str, str]]:
    """Cells as a notebook has them, with empty ones of text between, so that numbers stay."""
    number = 1
    for cell in cells:
        yield from [{"cell_type": "markdown", "source": ""}] * (cell.number - number)
        yield {"cell_type": "code", "source": cell.text}
        number = cell.number + 1


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
