"""Loss and accuracy in tables: CSV with a head, and histories as JSON."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from typing import Any

from grader.readers.curves.series import Point, Series, quantity

COLUMNS = 200
_PLACES = {"epoch": "epoch", "epochs": "epoch", "轮次": "epoch"} | dict.fromkeys(
    ("step", "steps", "iter", "iteration", "global_step", "batch", "步数"), "step"
)


def read_table(text: str, stem: str) -> list[Series] | None:
    """The series in the columns of a CSV; None where `text` is none.

    A column "value", as TensorBoard exports it, is called as the file is: `stem`.
    """
    lines = text.lstrip("\ufeff\r\n ").splitlines()
    for delimiter in ",\t;":
        rows = _rows(lines, delimiter)
        heads = [head.strip() for head in next(rows, [])][:COLUMNS]
        names = [stem if head.lower() == "value" else head for head in heads]
        columns = {place: Series(name) for place, name in enumerate(names) if quantity(name)}
        first = next(rows, [])
        if len(heads) < 2 or not any(_number(first, column) is not None for column in columns):
            continue
        places = {
            _PLACES[head.lower()]: n for n, head in enumerate(heads) if head.lower() in _PLACES
        }
        for row in (first, *rows):
            epoch, step = (_number(row, places.get(name, -1)) for name in ("epoch", "step"))
            for column, series in columns.items():
                if (value := _number(row, column)) is not None:
                    where = int(step) if step is not None and abs(step) < 1e15 else None
                    series.points.append(Point(value, epoch, where))
        return list(columns.values())
    return None


def _rows(lines: Sequence[str], delimiter: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(lines, delimiter=delimiter)
    except csv.Error:
        return


def _number(row: Sequence[str], column: int) -> float | None:
    if not 0 <= column < len(row):
        return None
    cell = row[column].strip()
    try:
        return float(cell.removesuffix("%")) / (100 if cell.endswith("%") else 1)
    except ValueError:
        return None


def read_history(text: str) -> list[Series] | None:
    """The series in a JSON object of lists, as ``json.dump(history.history)`` writes it; None
    where `text` is none.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    whole = {**found, **next((inner for inner in found.values() if isinstance(inner, dict)), {})}
    return [
        Series(name, points=[Point(float(value)) for value in values])
        for name, values in whole.items()
        if quantity(name) and isinstance(values, list) and all(map(_plain, values))
    ] or None


def _plain(value: Any) -> bool:
    return isinstance(value, (int, float)) and abs(value) < 1e300
