"""Sources of a submission as text, in any encoding, as plain Python; notebooks by their cells."""

from __future__ import annotations

import codecs
import io
import json
import tokenize
from pathlib import Path
from typing import Any, NamedTuple

from grader.readers.newer_python import older
from grader.readers.notebook_grammar import bound_names, plain_cell, plain_source

MAX_SOURCE_BYTES = 2 * 1024 * 1024  # bytes of one source file; of a notebook NOTEBOOK
NOTEBOOK = 64 * 1024 * 1024
CELL_MARKER = "生成 main.py 时请勾选此 cell"  # the platform's own mark of cells that are the answer


class Cell(NamedTuple):
    """A code cell: its number among all cells, from 1, and what was typed into it."""

    number: int
    text: str


def text_of(path: Path) -> str:
    """The source at `path` as plain Python; of a notebook the cells that are marked as the answer,
    or all where none is. Never raises for its content.
    """
    with path.open("rb") as file:
        if path.suffix.lower() != ".ipynb":
            return older(plain_source(decode(file.read(MAX_SOURCE_BYTES))))
        return notebook(file.read(NOTEBOOK))


def notebook(raw: bytes) -> str:
    """The code cells of a notebook as one source of plain Python."""
    cells = code_cells(raw)
    marked = [cell for cell in cells if CELL_MARKER in cell.text]
    return older("\n".join(cell.text for cell in plain_cells(marked or cells)))


def code_cells(raw: bytes) -> list[Cell]:
    """The code cells of a notebook of format 3 or 4; none where it cannot be read as one."""
    try:
        book: Any = json.loads(decode(raw).lstrip("\ufeff"))
        sheets = book.get("worksheets", [book])
        cells = [cell for sheet in sheets for cell in sheet["cells"] or ()]
        return [
            Cell(number, _typed(cell.get("source", cell.get("input", ""))))
            for number, cell in enumerate(cells, 1)
            if isinstance(cell, dict) and cell.get("cell_type") == "code"
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []


def _typed(source: object) -> str:
    return "".join(map(str, source if isinstance(source, list) else [source or ""]))


def plain_cells(cells: list[Cell]) -> list[Cell]:
    """The cells as plain Python."""
    bound = bound_names([cell.text for cell in cells])
    return [cell._replace(text=plain_cell(cell.text, bound)) for cell in cells]


def decode(raw: bytes) -> str:
    """Text of a source: by its mark or declared encoding, else UTF-8, else GB18030."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", "replace")
    try:
        declared, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
    except (SyntaxError, UnicodeDecodeError):
        declared = "utf-8"
    for encoding in (declared, "utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return raw.decode("utf-8", "replace")
