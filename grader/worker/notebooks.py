"""Notebooks as source files: the marked cells, without what only a notebook understands."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any, NamedTuple

from .source import parse

LARGEST = 64 * 1024 * 1024  # bytes, outputs included

_MAGIC = re.compile(r"^(\s*)(%|!|\?|get_ipython\(\))|^\s*[\w.]+\?{1,2}\s*$")
_ASSIGNED_MAGIC = re.compile(r"^(\s*)[\w, ]+=\s*(!|%|get_ipython\(\))")
_OTHER_LANGUAGE = re.compile(r"^%%(?!(time|timeit|capture|prun)\b)")
_DISPLAY = "def display(*things, **options): pass"  # what a notebook has built in


class Cell(NamedTuple):
    """A line range of the source made from a notebook: its first line and the cell's number."""

    first: int
    cell: int


class Converted(NamedTuple):
    """A notebook's source, how its lines map to cells, what was left out, and whether marked."""

    text: str
    cells: tuple[Cell, ...]
    dropped: tuple[str, ...]
    marked: bool


def convert(path: Path, marker: str) -> Converted | None:
    """The notebook's marked code cells, or all of them if none is marked; None if unreadable."""
    cells = _code_cells(path)
    if cells is None:
        return None
    marked = [item for item in cells if marker and marker in item[1]]
    lines = [_DISPLAY]
    starts: list[Cell] = []
    dropped: list[str] = []
    for number, text in marked or cells:
        starts.append(Cell(len(lines) + 1, number))
        for line in _plain_lines(text):
            kept, left_out = line
            lines.append(kept)
            if left_out:
                dropped.append(f"cell {number}: {left_out}")
    return Converted("\n".join(lines) + "\n", tuple(starts), tuple(dropped), bool(marked))


def place(cells: tuple[Cell, ...], line: int) -> tuple[int, int]:
    """Cell number and line within the cell for a line of the converted source."""
    found = Cell(1, 0)
    for start in cells:
        if start.first <= line:
            found = start
    return found.cell, line - found.first + 1


def _code_cells(path: Path) -> list[tuple[int, str]] | None:
    """Number (from 1, all kinds counted) and text of each code cell, notebook formats 3 and 4."""
    try:
        if path.stat().st_size > LARGEST:
            return None
        book: Any = json.loads(path.read_bytes().decode("utf-8-sig"))
        sheets = book.get("worksheets", [book])
        cells = [cell for sheet in sheets for cell in sheet["cells"]]
        return [
            (number, _text(cell.get("source", cell.get("input", ""))))
            for number, cell in enumerate(cells, 1)
            if cell.get("cell_type") == "code"
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _text(source: Any) -> str:
    text = source if isinstance(source, str) else "".join(str(line) for line in source)
    return text.encode("utf-8", "replace").decode("utf-8")  # JSON can hold half a character


def _plain_lines(text: str) -> list[tuple[str, str]]:
    """Each line as plain Python keeps it, and what was dropped from it ("" mostly).

    A dropped line becomes `pass` at its indentation, so that blocks and line numbers stay.
    """
    lines = text.splitlines()
    first = next((line for line in lines if line.strip()), "")
    if _OTHER_LANGUAGE.match(first):
        return [("pass", line.strip() if line is first else "") for line in lines]
    if parse(text) is not None and "get_ipython()" not in text:
        return [(line, "") for line in lines]  # whatever looks like magic is inside a string
    inside = _inside_strings(lines)
    result = []
    for number, line in enumerate(lines):
        magic = _MAGIC.match(line) or _ASSIGNED_MAGIC.match(line)
        if magic and number not in inside:
            indent = line[: len(line) - len(line.lstrip())]
            result.append((indent + "pass", line.strip()))
        else:
            result.append((line, ""))
    return result


def _inside_strings(lines: list[str]) -> set[int]:
    """Indexes of lines that lie inside a triple-quoted string, by a plain count of quotes."""
    inside = set()
    quote = ""
    for number, line in enumerate(lines):
        if quote:
            inside.add(number)
        rest = line
        while rest:
            if quote:
                _, found, rest = rest.partition(quote)
                quote = "" if found else quote
            else:
                opening = re.search(r"'''|\"\"\"", rest)
                quote = opening.group() if opening else ""
                rest = rest[opening.end() :] if opening else ""
    return inside


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
        return "node" if isinstance(value, ast.AST) else repr(value)

    fields = ",".join(f"{name}={told(value)}" for name, value in ast.iter_fields(node))
    return f"{type(node).__name__}({fields})"
