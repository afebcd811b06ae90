"""``grade diff``: whose mark changed between two publications, and by what."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from grader.cli.main import OK, UsageError
from grader.cli.notices import tell_changes
from grader.cli.output_folder import require_results
from grader.cli.terminal import terminal
from grader.language import Sentence
from grader.report.text import for_rich
from grader.runs import Publication, RunError, RunFolder
from grader.runs.changes import changes


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words of ``grade diff``."""
    parser.add_argument(
        "runs",
        nargs="*",
        type=int,
        metavar="RUN",
        help="numbers of one or two publications (default: the last two)",
    )
    parser.add_argument("--out", type=Path, default=Path("out"), help="folder of the results")


def run(arguments: argparse.Namespace) -> int:
    """Print the publications that are kept, and what the latter of two changed."""
    console, language = terminal(), arguments.lang
    folder = RunFolder(require_results(arguments.out))
    try:
        before, after = (
            kept_publication(folder, number) for number in _meant(folder, arguments.runs)
        )
    except RunError as error:
        raise UsageError(error.said) from None
    if before.number == after.number:
        console.print(for_rich(_title(after).said_in(language)), highlight=False)
        alone = Sentence("There is nothing to compare: both are this publication.")
        console.print(for_rich(alone.said_in(language)), highlight=False)
        return OK
    for publication in (before, after):
        console.print(for_rich(_title(publication).said_in(language)), highlight=False)
    found = changes(before, after)
    tell_changes(console, found, len({*before.marks, *after.marks}), language)
    return OK


def _meant(folder: RunFolder, wanted: Sequence[int]) -> tuple[int, int]:
    """The two numbers that are meant: one alone is compared with the latest."""
    numbers = folder.numbers()
    if len(wanted) > 2:
        raise UsageError(Sentence("expected at most two publications"))
    if len(wanted) == 2:
        return wanted[0], wanted[1]
    if not numbers:
        raise UsageError(
            Sentence("{out}: nothing was published here yet", {"out": str(folder.out)})
        )
    if wanted:
        return wanted[0], numbers[-1]
    return numbers[-2:][0], numbers[-1]


def kept_publication(folder: RunFolder, number: int) -> Publication:
    """The publication with this number. Raises UsageError where it is not kept."""
    publication = folder.publication(number)
    if publication is None:
        known = ", ".join(map(str, folder.numbers())) or "–"
        facts = {"number": str(number), "known": known}
        raise UsageError(Sentence("publication {number} is not kept. Kept: {known}", facts))
    return publication


def _title(publication: Publication) -> Sentence:
    return Sentence(
        "publication {number}: {time}, {why}, by {author}",
        {
            "number": str(publication.number),
            "time": publication.time,
            "why": publication.why,
            "author": publication.author,
        },
    )
