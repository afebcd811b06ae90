"""``grade export FORMAT``: the marks for a gradebook, as they are published."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from grader.cli import publishing
from grader.cli.main import OK, UsageError
from grader.cli.notices import tell_changes, tell_notices
from grader.cli.output_folder import meant, opened_run
from grader.cli.rescore import add_run
from grader.cli.terminal import terminal
from grader.decisions import DecisionError, Decisions
from grader.evidence import Submitter
from grader.language import Sentence
from grader.readers.notices import notice
from grader.report import Context, exports
from grader.report.text import for_rich
from grader.runs import Run
from grader.runs.document import SubmissionEntry
from grader.store import Store


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words of ``grade export``."""
    parser.add_argument("format", choices=sorted(exports.FILE_NAMES), help="what to write")
    parser.add_argument("--to", type=Path, metavar="FILE", help="where to (default: below --out)")
    add_run(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write one export and say where it is.

    An export never has other marks than tables and pages: where what is stored, ``--set`` or
    ``--assignment`` give others, these are published first.
    """
    console, language = terminal(), arguments.lang
    path = arguments.to or arguments.out / exports.FILE_NAMES[arguments.format]
    with opened_run(arguments.out, "export", console, language) as (folder, former):
        wanted = meant(arguments, former, console)
        store = Store(arguments.out)
        try:
            made = publishing.draft(wanted, store, Decisions(arguments.out).all(), "export")
            if made.news or wanted != former:
                publishing.publish(folder, made, language)
                tell_changes(console, made.changes, len(made.survey.ids), language)
        except DecisionError as error:
            raise UsageError(error.said) from None
        context = publishing.context(folder, made.run, language)
        source = publishing.source(made, folder.out, language)
        told = _write(arguments.format, source, path, context)
    if arguments.format in exports.GRADEBOOKS:
        _tell_contested(console, made.run, made.survey.ids, language)
        _tell_unknown(console, made.run, made.survey.ids, arguments.format, language)
    tell_notices(console, told, language)
    console.print(str(path.resolve()), highlight=False, soft_wrap=True)
    return OK


def _write(name: str, source: publishing.Stored, path: Path, context: Context) -> list[Sentence]:
    """Write the export at `path`; what a person should know of it."""
    results = source.results(source.ids)
    if name in exports.EXPORTS:
        exports.EXPORTS[name](results, path, context)
        return []
    try:
        return exports.WAYS_BACK[name](results, path, context).told(source.ids)
    except exports.NobodyError as error:
        raise UsageError(error.said) from None


def _tell_contested(console: Console, run: Run, rows: Sequence[str], language: str) -> None:
    """What no gradebook gets: submissions of which nobody knows for sure whose they are."""
    theirs = [entry for entry in run.submissions if entry.id in rows and entry.origin.contested]
    if theirs:
        ids = [f"{entry.id} ({entry.origin.contested})" for entry in theirs]
        told = notice(
            "left out, since another submission claims the same number: {ids}. Rename what is "
            "wrong, or name a --roster, and grade again.",
            ids=ids,
        )
        console.print(f"[yellow]![/] {for_rich(told.said_in(language))}", highlight=False)


def _tell_unknown(
    console: Console, run: Run, rows: Sequence[str], platform: str, language: str
) -> None:
    """Whom the platform will not find: rows that have nothing but a name."""
    theirs = [entry for entry in run.submissions if entry.id in rows and not entry.origin.contested]
    if ids := [entry.id for entry in theirs if not _findable(entry, platform)]:
        told = notice(
            "{platform} may not find whose these are, as only a name is known: {ids}. Name a "
            "--roster, and grade again.",
            platform=platform,
            ids=ids,
        )
        console.print(f"[yellow]![/] {for_rich(told.said_in(language))}", highlight=False)


def _findable(entry: SubmissionEntry, platform: str) -> bool:
    """Whether each person has what the platform finds people by."""
    people = entry.origin.submitters or (Submitter(number=entry.number),)
    own = entry.origin.platform == platform
    return all(who.number or who.login or who.email or (own and who.key) for who in people)
