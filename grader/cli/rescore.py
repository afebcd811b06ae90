"""``grade rescore``: all marks again from stored evidence; no student code runs."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console

from grader.assignment import Assignment, read_assignment
from grader.cli import publishing
from grader.cli.deciding import Deciding, Wish, from_file
from grader.cli.main import OK, SOMETHING_LEFT, UsageError, add_assignment
from grader.cli.survey import Survey, survey
from grader.decisions import DecisionError
from grader.language import Sentence, translator
from grader.report.text import for_rich
from grader.scoring import Grade, Status
from grader.store import Store, former_scores


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words that all commands over stored evidence share."""
    parser.add_argument("--out", type=Path, default=Path("out"), help="folder of the results")
    parser.add_argument(
        "--overrides", type=Path, metavar="FILE", help="decisions to add, as the class page saves"
    )
    parser.add_argument(
        "--beyond",
        action="store_true",
        help="decisions may take a mark below 0 or above what is possible",
    )
    add_assignment(parser)


def run(arguments: argparse.Namespace) -> int:
    """Add decisions, if a file of them is named, and compute all marks again."""
    store = stored(arguments.out)
    wish = from_file(arguments.overrides, store) if arguments.overrides is not None else None
    return rescore(arguments, store, wish)


def stored(out: Path) -> Store:
    """The store in `out`. Raises UsageError where there is none."""
    if not (out / "evidence").is_dir():
        raise UsageError(
            Sentence(
                "{out}: no results here. Expected a folder that `grade … --out` wrote.",
                {"out": str(out)},
            )
        )
    return Store(out)


def rescore(arguments: argparse.Namespace, store: Store, wish: Wish | None) -> int:
    """Record decisions, write all marks and pages again, and say which marks changed."""
    say = translator(arguments.lang)
    console = Console()
    assignment = read_assignment(arguments.assignment or Path("hidden_tests"), arguments.settings)
    try:
        if wish is not None:
            Deciding(store, assignment).record(wish, beyond=arguments.beyond)
        before = former_scores(store.out)
        seen = survey(store)
        run = about(seen, assignment, arguments.lang)
        grades = [one.grade for one in publishing.publish(store, assignment, run, seen)]
    except DecisionError as error:
        raise UsageError(error.said) from None
    changed = [grade for grade in grades if before.get(grade.id, grade.score) != grade.score]
    for grade in changed:
        console.print(_change(grade, before[grade.id], arguments.lang), highlight=False)
    text = say("{changed} of {total} marks changed.")
    console.print(text.format(changed=len(changed), total=len(grades)))
    return SOMETHING_LEFT if any(grade.status is Status.UNGRADED for grade in grades) else OK


def _change(grade: Grade, before: float | None, language: str) -> str:
    def shown(score: float | None) -> str:
        return "–" if score is None else f"{score:g}"

    why = "; ".join(part.because[language] for part in grade.parts)
    line = f"{for_rich(grade.id)}: {shown(before)} → {shown(grade.score)}  [dim]{for_rich(why)}[/]"
    if before is not None and (grade.score is None or grade.score < before):
        line += f"  [red]{translator(language)('this mark falls')}[/]"
    return line


def about(seen: Survey, assignment: Assignment, language: str) -> publishing.About:
    """The run that the stored evidence came from."""
    return publishing.About(
        language=language,
        device=seen.devices,
        level=seen.level,
        started=seen.started,
        hidden=assignment.hidden if assignment.hidden.is_dir() else None,
    )
