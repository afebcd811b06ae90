"""What is printed in the end: the class, its bands, what went wrong, where the report is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from grader.language import translator
from grader.report import MarkedResult
from grader.report.text import for_rich
from grader.scoring import Grade, Status

MAX_ROWS_SHOWN = 60  # submissions shown by name; a larger class is on the page

_STYLES = {
    Status.GRADED: "green",
    Status.FAULTED: "red",
    Status.UNGRADED: "yellow",
    Status.ABSENT: "dim",
}


def summarise(
    console: Console,
    marked: Sequence[MarkedResult],
    out: Path,
    language: str,
) -> None:
    """Print the class as a table, the bands, and the findings with how many they concern."""
    say = translator(language)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("submission", "status", "score", "right", "band", "findings"):
        numeric = heading in ("score", "right")
        table.add_column(say(heading), justify="right" if numeric else "left", no_wrap=numeric)
    for grade, _, codes in marked[:MAX_ROWS_SHOWN]:
        table.add_row(
            for_rich(grade.id),
            f"[{_STYLES[grade.status]}]{say(grade.status.value)}[/]",
            "" if grade.score is None else f"{grade.score:g}",
            f"{grade.correct}/{grade.total}" if grade.total else "",
            f"{grade.band} %" if grade.band else "",
            " ".join(codes),
        )
    console.print()
    console.print(table)
    if len(marked) > MAX_ROWS_SHOWN:
        console.print(
            say("… and {count} more").format(count=len(marked) - MAX_ROWS_SHOWN), style="dim"
        )
    _print_bands(console, [one.grade for one in marked], language)
    _print_findings(console, marked, language)
    page = (out / "report" / "index.html").resolve()
    console.print(f"\n{say('Class page')}: {page}", highlight=False, soft_wrap=True)


def _print_bands(console: Console, grades: Sequence[Grade], language: str) -> None:
    say = translator(language)
    bands = Counter(grade.band for grade in grades if grade.band and grade.score is not None)
    if not bands:
        return
    console.print(f"\n[bold]{say('bands of accuracy')}[/]")
    for band in sorted(bands, key=lambda band: -int(band.split("-")[0])):
        bar = "█" * bands[band] if bands[band] <= 40 else "█" * 40 + "…"
        console.print(f"  {band:>7} %  {bar} {bands[band]}", highlight=False)


def _print_findings(console: Console, marked: Sequence[MarkedResult], language: str) -> None:
    say = translator(language)
    counts = Counter(code for one in marked for code in set(one.codes))
    if not counts:
        return
    console.print(f"\n[bold]{say('what went wrong')}[/]")
    for code, count in counts.most_common():
        console.print(f"  {count:>4}  {code}", highlight=False)
