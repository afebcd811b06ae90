"""The class as one table: ``grades.csv`` and ``grades.json``."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from grader.report.aggregates import decision_line
from grader.report.files import text_file
from grader.report.text import for_cell, for_json
from grader.report.values import Context, Result
from grader.scoring import GradePart

# New columns stand behind those that scripts may already count.
COLUMNS = (
    *("id", "name", "status", "score", "correct", "total", "accuracy", "band", "findings"),
    *("number", "possible", "parts", "checks", "report", "overrides", "lateness", "run"),
)
Cell = str | int | float | None
Row = list[str | int | float]


def grades_csv(results: Iterable[Result], path: Path, context: Context | None = None) -> None:
    """One line a student, `COLUMNS`: UTF-8 with BOM, safe against spreadsheet formulas.

    `accuracy` is a share to four decimals; `score` and `accuracy` are empty where there is none;
    `findings` are codes with spaces between.
    """
    with csv_table(path) as add:
        for result in results:
            add(row(result, context))


@contextmanager
def csv_table(path: Path) -> Iterator[Callable[[Row], object]]:
    """What adds a row to a new ``grades.csv``, which is at `path` once it is whole."""
    with sheet(path, COLUMNS) as lines:
        yield lines.writerow


def cells(result: Result, context: Context | None = None) -> dict[str, Cell]:
    """What each of the `COLUMNS` holds: texts as they are, numbers as numbers, None for none.

    No text of ours reads like a date or a number to a spreadsheet: "10–15 %", "5 of 6".
    """
    grade, evidence = result.grade, result.evidence
    origin = evidence.submission.origin
    passed = sum(check.outcome == "passed" for check in evidence.checks)
    decided = [decision_line(each) for each in grade.overrides]
    decided += [f"to confirm: {decision_line(each)}" for each in grade.earlier]
    return {
        "id": grade.id,
        "name": grade.name,
        "status": grade.status.value,
        "score": grade.score,
        "correct": grade.correct,
        "total": grade.total,
        "accuracy": grade.accuracy,
        "band": band(grade.band),
        "findings": " ".join(codes(result)),
        "number": grade.number,
        "possible": grade.possible,
        "parts": "; ".join(_part(part) for part in grade.parts),
        "checks": f"{passed} of {len(evidence.checks)}" if evidence.checks else "",
        "report": grade.report,
        "overrides": "; ".join(decided),
        "lateness": "late" if origin.late else "",
        "run": context.run if context else "",
    }


def row(result: Result, context: Context | None = None) -> Row:
    """The cells of one student for a csv file; texts are safe, numbers are numbers."""
    made = cells(result, context)
    made["accuracy"] = None if made["accuracy"] is None else f"{made['accuracy']:.4f}"
    return [_written(cell) for cell in made.values()]


def _written(cell: Cell) -> str | int | float:
    if isinstance(cell, str):
        return for_cell(cell)
    return points_text(cell) if isinstance(cell, float) else "" if cell is None else cell


def band(text: str) -> str:
    """A band "10-15" as "10–15 %", which no spreadsheet takes for a day in October."""
    return f"{text.replace('-', '–')} %" if text else ""


def _part(part: GradePart) -> str:
    if not part.possible:
        return f"{part.name} {part.earned:+g}"
    return f"{part.name} {points_text(part.earned)} of {points_text(part.possible)}"


def codes(result: Result) -> list[str]:
    """Codes of the findings, each once, in their order."""
    return list(dict.fromkeys(for_cell(finding.code) for finding in result.evidence.findings))


def points_text(points: float) -> str:
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
            "run": context.run,
        }
    with text_file(path) as file:
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
    """One submission as JSON on one line."""
    grade = result.grade.model_dump(mode="python")
    grade |= {
        "status": result.grade.status.value,
        "accuracy": result.grade.accuracy,
        "findings": codes(result),
    }
    return json.dumps(for_json(grade), ensure_ascii=False, allow_nan=False)


@contextmanager
def sheet(path: Path, ours: Sequence[str] = ()) -> Iterator[Any]:
    """A csv writer to `path`, UTF-8 with BOM so that Excel reads Chinese names. Texts are quoted,
    but for headings of `ours`: a comma or a semicolon in one ends no cell.
    """
    with text_file(path, encoding="utf-8-sig", newline="") as file:
        if ours:
            csv.writer(file).writerow(ours)
        yield csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)


__all__ = [
    "COLUMNS",
    "Row",
    "band",
    "cells",
    "codes",
    "csv_table",
    "entry",
    "grades_csv",
    "grades_json",
    "json_table",
    "points_text",
    "row",
    "sheet",
]
