"""Grade files that learning platforms read.

A submission without a mark (`ungraded`) has an empty cell: gradebooks leave such a mark as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from grader.evidence import Submitter
from grader.platforms import BLACKBOARD, BRIGHTSPACE, CANVAS, MOODLE, SAKAI, Mark, Platform, Sheet
from grader.report.exports.feedback import feedback
from grader.report.exports.tables import points_text, sheet
from grader.report.files import text_file
from grader.report.text import for_cell, one_line
from grader.report.values import Context, Result
from grader.report.view import view


def canvas(results: Iterable[Result], path: Path, context: Context | None = None) -> None:
    """A Canvas gradebook: students are found by Canvas's own id, else by their SIS user id."""
    _write(CANVAS, results, path, context)


def moodle(results: Iterable[Result], path: Path, context: Context | None = None) -> None:
    """Moodle's worksheet, found by the participants' ids, where these are known; else a grade
    import: map "ID number" to the user's, and the last two to mark and feedback.
    """
    _write(MOODLE, results, path, context)


def brightspace(results: Iterable[Result], path: Path, context: Context | None = None) -> None:
    """A Brightspace (D2L) import: found by OrgDefinedId or Username."""
    _write(BRIGHTSPACE, results, path, context)


def sakai(results: Iterable[Result], path: Path, context: Context | None = None) -> None:
    """Sakai's grades.csv, to be put into the downloaded zip: found by the user's name."""
    _write(SAKAI, results, path, context)


def blackboard(results: Iterable[Result], path: Path, context: Context | None = None) -> None:
    """A Blackboard grade centre file: tab-separated UTF-16, one column of marks."""
    marks = _marks(BLACKBOARD, results, context)
    with text_file(path, encoding="utf-16", newline="\r\n") as file:
        for row in BLACKBOARD.rows(marks, _sheet(BLACKBOARD, context)):
            file.write(_tabs([for_cell(cell) for cell in row]))


def _write(
    platform: Platform, results: Iterable[Result], path: Path, context: Context | None
) -> None:
    first, everyone = _peek(results)
    possible = points_text(first.grade.possible) if first else ""
    marks = _marks(platform, everyone, context)
    with sheet(path) as lines:
        for row in platform.rows(marks, _sheet(platform, context, possible)):
            lines.writerow(map(_cell, row))


def _cell(text: str) -> str:
    """A cell without formulas. "-" is what Moodle has for nothing."""
    return text if text == "-" else for_cell(text)


def _sheet(platform: Platform, context: Context | None, possible: str = "") -> Sheet:
    """The grade file to write; of the platform's own, where that was the roster, its words."""
    if context is None or context.roster is None or context.roster.platform != platform.name:
        return Sheet(_title(context), possible)
    lab, roster = context.assignment, context.roster
    whole = [lab.assignment.title.en, lab.assignment.title.zh or "", lab.id]
    short = [re.split(r"[:：]", title)[0] for title in whole]  # "Lab 2: LeNet5" is "Lab 2", too
    titles = (*whole, *short)
    return Sheet(_title(context), possible, titles, roster.columns, roster.words)


def _changed(platform: Platform, context: Context | None) -> dict[str, str]:
    """When the platform says that each person's mark was changed, by the platform's key."""
    if context is None or context.roster is None or context.roster.platform != platform.name:
        return {}
    roster = context.roster
    return dict(zip((person.key for person in roster.people), roster.changed, strict=False))


def _marks(platform: Platform, results: Iterable[Result], context: Context | None) -> list[Mark]:
    """One for each person: of several submissions the one that counts by policy.attempts."""
    rule = context.assignment.policy.attempts if context else "latest"
    changed = _changed(platform, context)
    found: dict[str, tuple[tuple[float, str, str], Mark]] = {}
    for result in results:
        origin = result.evidence.submission.origin
        grade = result.grade
        people = origin.submitters or (Submitter(name=grade.name, number=grade.number),)
        for at, who in enumerate(people):
            key = who.key if origin.platform == platform.name else ""
            if origin.contested and not (who.number or key):
                continue  # nobody's, until a person has said whose it is
            name = who.name or grade.name
            mark = Mark(
                who.model_copy(update={"key": key, "name": name}),
                grade.id,
                _score(result),
                _feedback(result, context),
                origin.upload,
                changed.get(key, ""),
            )
            best = grade.score if rule == "best" and grade.score is not None else -1.0
            rank = (best, origin.time, grade.id)
            person = origin.person(who) or f"{grade.id}/{at}"
            if person not in found or (rank < found[person][0]) is (rule == "first"):
                found[person] = (rank, mark)
    return [mark for _, mark in found.values()]


def _tabs(cells: list[str]) -> str:
    quoted = ('"' + one_line(cell).replace('"', '""') + '"' for cell in cells)
    return "\t".join(quoted) + "\n"


def _score(result: Result) -> str:
    return "" if result.grade.score is None else points_text(result.grade.score)


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
