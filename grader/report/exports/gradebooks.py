"""Grade files that Canvas, Moodle and Blackboard read.

A hand-in without a mark (`ungraded`) has an empty cell: gradebooks leave such a mark as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from grader.report.exports.feedback import feedback
from grader.report.exports.tables import plain, sheet
from grader.report.files import opened
from grader.report.text import for_cell, one_line
from grader.report.values import Context, Result
from grader.report.view import view


def canvas(results: Iterable[Result], path: Path, context: Context | None = None) -> None:
    """A Canvas gradebook: students are found by their SIS user id (the student's number)."""
    title = _title(context)
    first, everyone = _peek(results)
    possible = plain(first.grade.possible) if first else ""
    with sheet(path) as lines:
        lines.writerow(["Student", "ID", "SIS User ID", "SIS Login ID", "Section", title])
        lines.writerow(["    Points Possible", "", "", "", "", possible])
        for result in everyone:
            number = for_cell(result.grade.number)
            lines.writerow([for_cell(result.grade.name), "", number, "", "", _score(result)])


def moodle(results: Iterable[Result], path: Path, context: Context | None = None) -> None:
    """A Moodle grade import: map "ID number" to the user's, and the last two to mark and
    feedback.
    """
    with sheet(path) as lines:
        lines.writerow(["ID number", "Full name", _title(context), "Maximum grade", "Feedback"])
        for result in results:
            lines.writerow(
                [
                    for_cell(result.grade.number),
                    for_cell(result.grade.name),
                    _score(result),
                    plain(result.grade.possible),
                    _feedback(result, context),
                ]
            )


def blackboard(results: Iterable[Result], path: Path, context: Context | None = None) -> None:
    """A Blackboard grade centre file: tab-separated UTF-16, one column of marks."""
    with opened(path, encoding="utf-16", newline="\r\n") as file:
        file.write(_tabs(["Last Name", "Username", "Student ID", _title(context)]))
        for result in results:
            grade = result.grade
            texts = [for_cell(grade.name), for_cell(grade.number), for_cell(grade.number)]
            file.write(_tabs([*texts, _score(result)]))


def _tabs(cells: list[str]) -> str:
    quoted = ('"' + one_line(cell).replace('"', '""') + '"' for cell in cells)
    return "\t".join(quoted) + "\n"


def _score(result: Result) -> str:
    return "" if result.grade.score is None else plain(result.grade.score)


def _title(context: Context | None) -> str:
    if context is None:
        return "Score"
    title = context.assignment.assignment.title
    return for_cell(one_line(title.zh if context.language == "zh" and title.zh else title.en))


def _feedback(result: Result, context: Context | None) -> str:
    """How the mark came about, what was found and what to do, in one cell: no more than the
    student's page tells, and nothing of what passed.
    """
    if context is None:
        return for_cell("; ".join(part.because["en"] for part in result.grade.parts))
    return for_cell("\n".join(feedback(view(result, context), context.language)))


def _peek(results: Iterable[Result]) -> tuple[Result | None, Iterator[Result]]:
    rest = iter(results)
    first = next(rest, None)
    return first, rest if first is None else chain([first], rest)
