"""Curves of loss and accuracy in the records of a training that a submission holds.

Logs, printed outputs of notebooks, tables and event files are read as bytes and text up to bounds;
nothing of them is executed, and what is damaged gives what could be read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any, TypeVar

from grader.readers.contents import MAX_READ_BYTES, cells, printed_by, text_of
from grader.readers.curves.printed import read_printed
from grader.readers.curves.series import Series, curve
from grader.readers.curves.tables import read_history, read_table
from grader.readers.limits import ReadingLimit
from grader.readers.time_limits import leaving_out

T = TypeVar("T")
Curve = dict[str, Any]  # has the form of `evidence.Curve`

MAX_TOTAL_BYTES = (
    2 * MAX_READ_BYTES
)  # bytes of one submission that are looked at, its small files first
MAX_CURVE_FILES = 8  # whose curves are kept: those that hold most
CURVES = 6  # of one file
EVENTS = ("tfevents", ".summary.")
_TABLES = (".csv", ".tsv")
_TEXTS = (".log", ".txt", ".out", ".json", ".jsonl", *_TABLES)


def event_file(path: Path) -> bool:
    """Whether `path` is named as an event file is; MindSpore's lineage beside it is none."""
    return any(mark in path.name for mark in EVENTS) and not path.name.endswith("_lineage")


def find_curves(
    root: Path, paths: Iterable[Path], each: float, left_out: dict[str, ReadingLimit]
) -> list[Curve]:
    """The curves in the files `paths` of the submission at `root`, file by file.

    What cannot be read in `each` seconds of processor time, or needs too much memory, is added to
    `left_out` with the limit ("time", "memory").
    """
    found: list[list[Curve]] = []
    for path in _affordable([path for path in paths if _readable(path)]):
        name = path.relative_to(root).as_posix()
        curves: list[Curve] = []
        with leaving_out(name, left_out, each):
            curves = [drawn for series in _series(path) if (drawn := curve(series, name))]
        if any(drawn["count"] > 1 for drawn in curves):
            found.append(_fullest(curves, CURVES, lambda drawn: drawn["count"]))
    kept = _fullest(found, MAX_CURVE_FILES, lambda curves: sum(drawn["count"] for drawn in curves))
    return [drawn for curves in kept for drawn in curves]


def _affordable(paths: list[Path]) -> list[Path]:
    """Those of `paths` that MAX_TOTAL_BYTES is enough for: a data set's tables come after the
    logs.
    """
    by_size = sorted((path.stat().st_size, path) for path in paths)
    spent = accumulate(min(size, MAX_READ_BYTES) for size, _ in by_size)
    return sorted(
        path
        for (_, path), all_of_it in zip(by_size, spent, strict=True)
        if all_of_it <= MAX_TOTAL_BYTES
    )


def _fullest(items: Sequence[T], number: int, size: Callable[[T], int]) -> list[T]:
    """The `number` largest of `items`, in the order that they had."""
    largest = sorted(range(len(items)), key=lambda place: -size(items[place]))[:number]
    return [items[place] for place in sorted(largest)]


def _readable(path: Path) -> bool:
    return event_file(path) or path.suffix.lower() in (".ipynb", *_TEXTS)


def _series(path: Path) -> list[Series]:
    suffix = path.suffix.lower()
    if event_file(path):
        from grader.readers.curves.events import read_events  # few have any, and it needs protobuf

        return read_events(path)
    if suffix == ".ipynb":
        return [
            series
            for number, cell in enumerate(cells(path), 1)
            for series in read_printed(printed_by(cell), number)
        ]
    text = text_of(path)
    found = read_history(text) if suffix == ".json" else None
    if found is None:
        found = read_table(text, path.stem)
    return found if found is not None else read_printed(text)
