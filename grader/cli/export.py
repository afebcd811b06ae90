"""``grade export FORMAT``: the marks for a gradebook, from stored evidence."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console

from grader.assignment import read_assignment
from grader.cli import publishing, rescore
from grader.cli.main import OK
from grader.cli.survey import survey
from grader.report import exports


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words of ``grade export``."""
    parser.add_argument("format", choices=sorted(exports.EXPORTS), help="what to write")
    parser.add_argument("--to", type=Path, metavar="FILE", help="where to (default: below --out)")
    rescore.add_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write one export and say where it is."""
    store = rescore.stored(arguments.out)
    assignment = read_assignment(arguments.assignment or Path("hidden_tests"), arguments.settings)
    path = arguments.to or arguments.out / exports.FILES[arguments.format]
    seen = survey(store)
    run = rescore.about(seen, assignment, arguments.lang)
    context = publishing.context_of(assignment, run, store.out)
    source = publishing.stored(store, assignment, seen, arguments.lang)
    exports.EXPORTS[arguments.format](source.results(source.ids), path, context)
    Console().print(str(path.resolve()), highlight=False, soft_wrap=True)
    return OK
