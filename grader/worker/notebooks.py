"""Notebooks as source files: the marked cells, which the grader has made plain Python."""

from __future__ import annotations

import ast
import codecs
import json
from pathlib import Path
from typing import Any, Iterator, NamedTuple

from .source import parse

MAX_NOTEBOOK_BYTES = 64 * 1024 * 1024  # bytes, outputs included


class Cell(NamedTuple):
    """A line range of the source made from a notebook: its first line and the cell's number."""

    first: int
    cell: int


class Converted(NamedTuple):
    """A notebook's source, how its lines map to cells, the files that its cells write by
    %%writefile (name, text, number of the cell), and whether cells are marked.
    """

    text: str
    cells: tuple[Cell, ...]
    written: tuple[tuple[str, str, int], ...]
    marked: bool


def convert(path: Path, marker: str) -> Converted | None:
    """The notebook's marked code cells, or all of them if none is marked; None if unreadable."""
    cells = _code_cells(path)
    if cells is None:
        return None
    marked = [item for item in cells if marker and marker in item[1]]
    lines: list[str] = []
    starts: list[Cell] = []
    written: list[tuple[str, str, int]] = []
    for number, text in marked or cells:
        starts.append(Cell(len(lines) + 1, number))
        lines += text.split("\n")
        written += [(name, content, number) for name, content in _written(text)]
    return Converted("\n".join(lines) + "\n", tuple(starts), tuple(written), bool(marked))


def _written(text: str) -> Iterator[tuple[str, str]]:
    """Files that a cell writes: name and text."""
    tree = parse(text) if "run_cell_magic" in text else None
    for node in tree.body if tree else ():
        call = getattr(node, "value", None)
        if not isinstance(call, ast.Call) or getattr(call.func, "attr", "") != "run_cell_magic":
            continue
        try:
            name, line, content = map(ast.literal_eval, call.args)
        except (ValueError, TypeError):
            continue
        words = line.split() if name in ("writefile", "file") else []
        if words:
            yield words[-1].strip("'\""), content


def cell_and_line(cells: tuple[Cell, ...], line: int) -> tuple[int, int]:
    """Cell number and line within the cell for a line of the converted source."""
    found = Cell(1, 0)
    for start in cells:
        if start.first <= line:
            found = start
    return found.cell, line - found.first + 1


def _code_cells(path: Path) -> list[tuple[int, str]] | None:
    """Number (from 1, all kinds counted) and text of each code cell, notebook formats 3 and 4."""
    try:
        if path.stat().st_size > MAX_NOTEBOOK_BYTES:
            return None
        book: Any = json.loads(_decoded(path.read_bytes()))
        sheets = book.get("worksheets", [book])
        cells = [cell for sheet in sheets for cell in sheet["cells"] or ()]
        return [
            (number, _text(cell.get("source", cell.get("input", ""))))
            for number, cell in enumerate(cells, 1)
            if isinstance(cell, dict) and cell.get("cell_type") == "code"
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _decoded(raw: bytes) -> str:
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


def _text(source: Any) -> str:
    lines = source if isinstance(source, list) else [source or ""]
    text = "".join(str(line) for line in lines)
    return text.encode("utf-8", "replace").decode("utf-8")  # JSON can hold half a character


def same_function(one: str, other: str, name: str) -> bool | None:
    """Whether two sources define `name` alike, comments and layout aside; None if one lacks it."""
    found = [_function(text, name) for text in (one, other)]
    if None in found:
        return None
    return found[0] == found[1]


def _function(text: str, name: str) -> list[str] | None:
    tree = parse(text)
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return [_shape(inner) for inner in ast.walk(node)]
    return None


def _shape(node: ast.AST) -> str:
    """A node without its place, and how many it has below it: a walk of these tells a tree, however
    deep it is, from every other.
    """

    def told(value: Any) -> str:
        if isinstance(value, list):
            return "[" + ",".join(map(told, value)) + "]"
        if type(value) is int:  # of more digits than Python writes out
            return hex(value)
        return "node" if isinstance(value, ast.AST) else repr(value)

    fields = ",".join(f"{name}={told(value)}" for name, value in ast.iter_fields(node))
    return f"{type(node).__name__}({fields})"
