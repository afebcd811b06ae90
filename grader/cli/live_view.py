"""The live view: what runs where, how far it is, when it will be done."""

from __future__ import annotations

import time
from types import TracebackType

from rich.console import Console
from rich.live import Live as RichLive
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from grader.engine.contract import Ended, Event
from grader.evidence import Evidence, Stage
from grader.language import translator
from grader.report.text import for_rich

STAGES = {
    Stage.INTAKE: "unpacking",
    Stage.START: "starting",
    Stage.LOAD: "importing",
    Stage.PREDICT: "images",
    Stage.EXPLAIN: "diagnosis",
    Stage.CHECKS: "checks",
    Stage.DONE: "done",
}


class LiveView:
    """Shows the class as a bar and each running submission as another; plain lines where the output
    is no terminal. Use as a context manager.
    """

    def __init__(self, console: Console, total: int, language: str) -> None:
        self._console = console
        self._say = translator(language)
        self._total = total
        self._done = 0
        self._begun = time.monotonic()
        self._rows: dict[str, TaskID] = {}
        self._class = Progress(
            TextColumn("[bold]{task.description}"),
            BarColumn(None),
            TextColumn("{task.completed:.0f}/{task.total:.0f}"),
            TimeElapsedColumn(),
            TextColumn("{task.fields[left]}", style="dim"),
            console=console,
            expand=True,
        )
        self._bar = self._class.add_task(self._say("class"), total=total, left="")
        self._running = Progress(
            TextColumn("  {task.description}"),
            TextColumn("{task.fields[stage]}", style="cyan"),
            BarColumn(24),
            TextColumn("{task.fields[count]}", style="dim"),
            console=console,
        )
        grid = Table.grid(expand=True)
        grid.add_row(self._class)
        grid.add_row(self._running)
        self._live = RichLive(grid, console=console, refresh_per_second=8, transient=True)

    def __enter__(self) -> LiveView:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._console.is_terminal:
            self._live.stop()

    def event(self, event: Event) -> None:
        """One step of a running submission."""
        if event.submission not in self._rows:
            name = for_rich(event.submission)
            row = self._running.add_task(name, total=None, stage="", count="")
            self._rows[event.submission] = row
        self._running.update(
            self._rows[event.submission],
            stage=self._say(STAGES[event.stage]),
            completed=event.done,
            total=event.total or None,
            count=f"{event.done}/{event.total}" if event.total else "",
        )

    def ended(self, ended: Ended) -> None:
        """A submission is done, one way or the other: a line that stays."""
        self._done += 1
        row = self._rows.pop(ended.submission.id, None)
        if row is not None:
            self._running.remove_task(row)
        each = (time.monotonic() - self._begun) / self._done
        left = each * (self._total - self._done)
        eta = self._say("about {minutes} min left").format(minutes=max(round(left / 60), 1))
        self._class.update(self._bar, completed=self._done, left=eta if left > 1 else "")
        self._console.print(
            f"[dim]{self._done:>4}/{self._total}[/] {for_rich(ended.submission.id)}  "
            f"{_line(ended, self._say)}",
            highlight=False,
        )


def _line(ended: Ended, say: object) -> str:
    evidence = ended.evidence
    if evidence is None:
        return f"[red]{for_rich(ended.trouble)}[/]"
    if evidence.trouble is not None:
        return f"[red]{for_rich(evidence.trouble.message)}[/]"
    return f"{_result(evidence)}  [dim]{evidence.seconds:.1f} s[/]"


def _result(evidence: Evidence) -> str:
    correct, total = sum(answer.correct for answer in evidence.answers), len(evidence.answers)
    findings = " ".join(f.code for f in evidence.findings if f.severity.value != "info")
    share = f"{correct}/{total}" if total else "-"
    return f"{share}  [yellow]{findings}[/]" if findings else share
