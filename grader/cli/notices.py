"""What is told on the terminal: notices; whose mark changed and by what."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from grader.language import Sentence, translator
from grader.report.text import for_rich
from grader.runs import PublishedMark
from grader.runs.changes import PublishedChange


def tell_notices(console: Console, told: Sequence[Sentence], language: str) -> None:
    """What people should know, and need not act on."""
    for sentence in told:
        console.print(f"[yellow]![/] {for_rich(sentence.said_in(language))}", highlight=False)


def tell_changes(
    console: Console, changes: Sequence[PublishedChange], total: int, language: str
) -> None:
    """One line a mark that changed, and how many did."""
    for change in changes:
        console.print(line(change, language), highlight=False, soft_wrap=True)
    text = translator(language)("{changed} of {total} marks changed.")
    console.print(text.format(changed=len(changes), total=total))


def line(change: PublishedChange, language: str) -> str:
    """The change as a line of rich's markup."""
    say = translator(language)
    why = "; ".join(cause.said_in(language) for cause in change.causes)
    shown = f"{for_rich(change.id)}: {_score(change.before)} → {_score(change.after)}"
    shown += f"  [dim]{for_rich(why)}[/]"
    if change.falls_by_itself:
        shown += f"  [red]{say('this mark falls, and no person decided that')}[/]"
    elif change.falls:
        shown += f"  [red]{say('this mark falls')}[/]"
    return shown


def _score(mark: PublishedMark | None) -> str:
    return "–" if mark is None or mark.score is None else f"{mark.score:g}"
