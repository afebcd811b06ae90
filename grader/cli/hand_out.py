"""``grade hand-out``: the zip for the students of a lab, without anything hidden."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from grader.assignment import Assignment, read_assignment
from grader.cli.main import OK, UsageError
from grader.cli.packing import size_text
from grader.cli.terminal import terminal
from grader.cli.words.hand_out import add_arguments
from grader.labs import hand_out
from grader.labs.leaks import Compared
from grader.labs.student_survey import about_texts
from grader.language import Sentence, translator
from grader.report.text import for_rich

__all__ = ["add_arguments", "run"]

MAX_LISTED = 20  # files that are named
# What `grader.labs.inner_files` and `leaks` do, and no more.
_LOOKED_INTO = (
    "None is a hidden input or a model answer, as far as was looked into: texts, archives, images "
    "(all frames; mirrored and turned too, not parts of them), numbers row by row (arrays, CSV, "
    "JSON), and PNG, JPEG and base64 among other bytes."
)


def run(arguments: argparse.Namespace) -> int:
    """Write the zip and say what is in it."""
    console, say = terminal(), translator(arguments.lang)
    assignment = read_assignment(arguments.folder)
    target = arguments.to or Path(f"{assignment.id}.zip")
    try:
        made = hand_out.write(
            assignment, target, checks=not arguments.no_checks, likeness=arguments.likeness
        )
    except hand_out.HandOutError as error:
        raise UsageError(error.said) from None
    for name in made.files[:MAX_LISTED]:
        console.print(f"    {for_rich(name)}", highlight=False, soft_wrap=True)
    if len(made.files) > MAX_LISTED:
        more = say("… and {count} more").format(count=len(made.files) - MAX_LISTED)
        console.print(f"    [dim]{more}[/]")
    for warning in (*_not_compared(made.compared), *_otherwise(assignment)):
        said = for_rich(warning.said_in(arguments.lang))
        console.print(f"[yellow]![/] {said}", highlight=False, soft_wrap=True)
    told = [say("{zip}: {count} files, {size}."), say(_LOOKED_INTO)]
    if made.compared.closed:
        told.append(say("Not looked into, so that nothing is known of it: {closed} (above)."))
    facts = {"zip": target, "count": len(made.files), "size": size_text(made.size)}
    facts["closed"] = len(made.compared.closed)
    text = " ".join([*told, say("Students begin with:")]).format_map(facts)
    console.print(f"[green]✓[/] {for_rich(text)}", highlight=False, soft_wrap=True)
    for command in (
        "pip install lab-grader",
        f"grade --self-check --assignment {assignment.id}",
    ):
        console.print(f"    {command}", highlight=False, soft_wrap=True)
    return OK


def _otherwise(assignment: Assignment) -> Iterator[Sentence]:
    """What students read, or begin with, that is not what the assignment asks for, and folders
    that may have been meant for them.
    """
    yield from (line.text for line in about_texts(assignment))
    if folders := hand_out.not_given(assignment):
        names = ", ".join(f"{name}/" for name in folders[:MAX_LISTED])
        yield Sentence(
            "left out: {names}. Students get what lies in public/ (inputs of a part in "
            "public/<its id>/), starter/ and provided/.",
            {"names": names},
        )


def _not_compared(compared: Compared) -> Iterator[Sentence]:
    """What was not looked at, so that nobody takes it for harmless."""
    for folder in compared.absent:
        facts = {"folder": str(folder)}
        yield Sentence("{folder}: not found, so nothing was compared with it", facts)
    if compared.closed:
        more = len(compared.closed) - MAX_LISTED
        names = ", ".join(compared.closed[:MAX_LISTED]) + (f" (+{more})" if more > 0 else "")
        facts = {"names": names}
        yield Sentence("not looked into: {names}", facts)
