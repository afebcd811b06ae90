"""``grade rescore``: all marks again from stored evidence; no student code runs."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path

from grader.cli import publishing
from grader.cli.decision_notices import about_decisions
from grader.cli.main import OK, SOMETHING_LEFT, UsageError, add_assignment, add_unset
from grader.cli.notices import tell_changes, tell_notices
from grader.cli.output_folder import meant, opened_run
from grader.cli.recording import DecisionRecorder, Wish, from_file
from grader.cli.terminal import terminal
from grader.decisions import DecisionError, Decisions
from grader.scoring import Override, Status, in_order
from grader.store import Store


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words of ``grade rescore``, and of all commands that decide."""
    parser.add_argument(
        "--overrides", type=Path, metavar="FILE", help="decisions to add, as the class page saves"
    )
    parser.add_argument(
        "--beyond",
        action="store_true",
        help="decisions may take a mark below 0 or above what is possible",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="say which marks would change, and write nothing"
    )
    add_run(parser)


def add_run(parser: argparse.ArgumentParser) -> None:
    """The words that all commands over stored evidence share."""
    parser.add_argument("--out", type=Path, default=Path("out"), help="folder of the results")
    add_assignment(parser)
    add_unset(parser)


def run(arguments: argparse.Namespace) -> int:
    """Add decisions, if a file of them is named, and compute all marks again."""
    file = arguments.overrides
    return rescore(arguments, None if file is None else partial(from_file, file), "rescore")


def rescore(
    arguments: argparse.Namespace, asks: Callable[[DecisionRecorder], Wish] | None, why: str
) -> int:
    """Record the decisions that `asks` wants, write all marks and pages again, and say which marks
    changed.

    With ``--dry-run`` it is only said.
    """
    console, language = terminal(), arguments.lang
    with opened_run(arguments.out, why, console, language) as (folder, former):
        run = meant(arguments, former, console)
        store = Store(arguments.out)
        try:
            deciding = DecisionRecorder(run, store)
            wish = asks(deciding) if asks is not None else None
            new: list[Override] = []
            if arguments.dry_run:
                new = deciding.tried(wish, beyond=arguments.beyond) if wish else []
                decided = in_order([*Decisions(store.out).all(), *new])
                made = publishing.draft(run, store, decided, why)
            else:
                if wish:
                    new = deciding.record(wish, beyond=arguments.beyond)
                made = publishing.draft(run, store, Decisions(store.out).all(), why)
                publishing.publish(folder, made, language)
            told = list(about_decisions(new, made.marking, store))
        except DecisionError as error:
            raise UsageError(error.said) from None
    tell_notices(console, told, language)
    tell_changes(console, made.changes, len(made.survey.ids), language)
    statuses = {mark.status for mark in made.survey.marks.values()}
    return SOMETHING_LEFT if Status.UNGRADED in statuses else OK
