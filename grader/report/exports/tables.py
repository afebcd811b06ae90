"""The class as one table: ``grades.csv`` and ``grades.json``."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from grader.report.files import opened
from grader.report.text import for_cell, for_json
from grader.report.values import Context, Result

COLUMNS = (*("id", "name", "status", "score", "correct", "total", "accuracy", "band", "findings"),)
Row = list[str | int | float]


def grades_csv(results: Iterable[Result], path: Path, context: Context | None = None) -> None:
    """One line a hand-in, `COLUMNS`: UTF-8 with BOM, safe against spreadsheet formulas.

    `accuracy` is a share to four decimals; `score` and `accuracy` are empty where there is none;
    `findings` are codes with spaces between.
    """
    with csv_table(path) as add:
        for result in results:
            add(row(result))


@contextmanager
def csv_table(path: Path) -> Iterator[Callable[[Row], object]]:
    """What adds a row to a new ``grades.csv``, which is at `path` once it is whole."""
    with sheet(path) as lines:
        lines.writerow(COLUMNS)
        yield lines.writerow


def row(result: Result) -> Row:
    """The cells of one hand-in; texts are safe, numbers are numbers."""
    grade = result.grade
    return [
        for_cell(grade.id),
        for_cell(grade.name),
        grade.status.value,
        "" if grade.score is None else plain(grade.score),
        grade.correct,
        grade.total,
        "" if grade.accuracy is None else f"{grade.accuracy:.4f}",
        grade.band,
        " ".join(codes(result)),
    ]


def codes(result: Result) -> list[str]:
    """Codes of the findings, each once, in their order."""
    return list(dict.fromkeys(for_cell(finding.code) for finding in result.evidence.findings))


def plain(points: float) -> str:
    """Points without needless zeros."""
    return f"{points:.2f}".rstrip("0").rstrip(".")


def grades_json(results: Iterable[Result], path: Path, context: Context | None = None) -> None:
    """The grades as ``{"assignment", "started", "grades": [...]}``, one a line; each is a
    `grader.scoring.Grade` with its `accuracy` and the codes of its `findings`.
    """
    with json_table(path, context) as add:
        for result in results:
            add(entry(result))


@contextmanager
def json_table(path: Path, context: Context | None = None) -> Iterator[Callable[[str], None]]:
    """What adds an entry to a new ``grades.json``, which is at `path` once it is whole."""
    head: dict[str, Any] = {}
    if context is not None:
        head = {
            "assignment": context.assignment.id,
            "started": context.started,
            "grader": context.version,
        }
    with opened(path) as file:
        start = json.dumps({**for_json(head), "grades": []}, ensure_ascii=False)
        file.write(start.removesuffix("]}"))
        between = "\n"

        def add(entry: str) -> None:
            nonlocal between
            file.write(between + entry)
            between = ",\n"

        yield add
        file.write("\n]}\n")


def entry(result: Result) -> str:
    """One hand-in as JSON on one line."""
    grade = result.grade.model_dump(mode="python")
    grade |= {
        "status": result.grade.status.value,
        "accuracy": result.grade.accuracy,
        "findings": codes(result),
    }
    return json.dumps(for_json(grade), ensure_ascii=False, allow_nan=False)


@contextmanager
def sheet(path: Path, **dialect: Any) -> Iterator[Any]:
    """A csv writer to `path`, UTF-8 with BOM so that Excel reads Chinese names."""
    with opened(path, encoding="utf-8-sig", newline="") as file:
        yield csv.writer(file, **dialect)


__all__ = [
    "COLUMNS",
    "Row",
    "codes",
    "csv_table",
    "entry",
    "grades_csv",
    "grades_json",
    "json_table",
    "plain",
    "row",
    "sheet",
]
