"""The class as one table: ``grades.csv`` and ``grades.json``."""

from __future__ import annotations

import csv
import json
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from grader.report.files import opened
from grader.report.text import for_cell, for_json
from grader.report.values import Context, Result

COLUMNS = (*("id", "name", "status", "score", "correct", "total", "accuracy", "band", "findings"),)


def grades_csv(results: Iterable[Result], path: Path, context: Context | None = None) -> None:
    """One line a hand-in, `COLUMNS`: UTF-8 with BOM, safe against spreadsheet formulas.

    `accuracy` is a share to four decimals; `score` and `accuracy` are empty where there is none;
    `findings` are codes with spaces between.
    """
    for _ in through_csv(results, path):
        pass


def through_csv(results: Iterable[Result], path: Path) -> Generator[Result]:
    """`results` as they come, written to ``grades.csv`` on their way; it is there at their end."""
    with sheet(path) as lines:
        lines.writerow(COLUMNS)
        for result in results:
            lines.writerow(row(result))
            yield result


def row(result: Result) -> list[str | int | float]:
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
    for _ in through_json(results, path, context):
        pass


def through_json(
    results: Iterable[Result], path: Path, context: Context | None = None
) -> Generator[Result]:
    """`results` as they come, written to ``grades.json`` on their way; it is there at their end."""
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
        for place, result in enumerate(results):
            grade = result.grade.model_dump(mode="python")
            grade |= {
                "status": result.grade.status.value,
                "accuracy": result.grade.accuracy,
                "findings": codes(result),
            }
            file.write(",\n" if place else "\n")
            file.write(json.dumps(for_json(grade), ensure_ascii=False, allow_nan=False))
            yield result
        file.write("\n]}\n")


@contextmanager
def sheet(path: Path, **dialect: Any) -> Iterator[Any]:
    """A csv writer to `path`, UTF-8 with BOM so that Excel reads Chinese names."""
    with opened(path, encoding="utf-8-sig", newline="") as file:
        yield csv.writer(file, **dialect)


__all__ = [
    "COLUMNS",
    "codes",
    "grades_csv",
    "grades_json",
    "plain",
    "row",
    "sheet",
    "through_csv",
    "through_json",
]
