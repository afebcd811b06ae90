"""What a self-check is waiting for, and how long it may take: said before anybody wonders."""

from __future__ import annotations

import os
import sys
import threading
import time
from types import TracebackType
from typing import IO

from rich.console import Console
from rich.status import Status

from grader.assignment import Assignment
from grader.evidence import Stage
from grader.language import Sentence
from grader.report.text import for_rich

PATIENCE = 3.0  # seconds of a stage, after which it is said in a pipe what is being done
AGAIN = 30.0  # seconds after which that is said again
STEP = 0.5  # seconds between two looks at the clock


class Waiting:
    """A context manager that is told of each stage of an examination and says what is being done:
    at a terminal in one line that counts the seconds, in a pipe on stderr, where a stage takes
    long.
    """

    def __init__(
        self, console: Console, assignment: Assignment, images: int, language: str
    ) -> None:
        self._console, self._assignment, self._images = console, assignment, images
        self._language = language
        self._lock, self._over = threading.Lock(), threading.Event()
        self._stage, self._done, self._since, self._said = Stage.INTAKE, 0, time.monotonic(), 0.0
        self._status: Status | None = None
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Waiting:
        self._stderr = _uncaptured(sys.stderr)
        if self._console.is_terminal:
            shown = Console(emoji=False, file=_uncaptured(self._console.file))
            self._status = shown.status(for_rich(self._doing()))
            self._status.start()
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()
        if self._status is not None:
            self._status.stop()

    def __call__(self, stage: Stage, done: int, total: int) -> None:
        """An examination has come to a stage, or a step further in it."""
        with self._lock:
            if stage is not self._stage:
                self._stage, self._since, self._said = stage, time.monotonic(), 0.0
            self._done = done

    def _watch(self) -> None:
        while not self._over.wait(STEP):
            with self._lock:
                doing, seconds = self._doing(), time.monotonic() - self._since
                due = seconds >= (self._said + AGAIN if self._said else PATIENCE)
                self._said = seconds if due else self._said
            if self._status is not None:
                self._status.update(for_rich(f"{doing} ({seconds:.0f} s)"))
            elif due:
                self._stderr.write(f"{doing} ({seconds:.0f} s)\n")
                self._stderr.flush()

    def _doing(self) -> str:
        """What is being done now, with the time that it may take."""
        limits, interface = self._assignment.limits, self._assignment.interface
        facts = {
            "entry": interface.entry,
            "function": interface.function,
            "done": str(self._done),
            "images": str(self._images),
            "load": f"{limits.import_:g}",
            "checks": f"{limits.checks:g}",
            "first": f"{limits.first_answer:g}",
            "answer": f"{limits.answer:g}",
            "restarts": str(limits.restarts),
            "diagnosis": f"{limits.diagnosis:g}",
        }
        said = _DOING.get(self._stage, _PREPARING)
        if said is _ASKING and not limits.restarts:
            said = _ASKING_ONCE
        return Sentence(said.text, facts).said_in(self._language)


def _uncaptured(stream: IO[str]) -> IO[str]:
    """The stream as it is now, also while pytest captures what checks print."""
    encoding = getattr(stream, "encoding", None)
    try:
        return os.fdopen(os.dup(stream.fileno()), "w", encoding=encoding, errors="replace")
    except (OSError, ValueError):  # a stream in memory has no descriptor
        return stream


_PREPARING = Sentence("Examining your folder as the grader will …")
_ASKING = Sentence(
    "Asking {function} about images, {done} of {images} done: up to {first} s for the first, "
    "{answer} s for each other, and so again after each of up to {restarts} new starts …"
)
_ASKING_ONCE = Sentence(
    "Asking {function} about images, {done} of {images} done: up to {first} s for the first, "
    "{answer} s for each other …"
)
_DOING = {
    Stage.LOAD: Sentence("Importing {entry}: up to {load} s …"),
    Stage.CHECKS: Sentence("Looking at networks and trying the checks: up to {checks} s …"),
    Stage.PREDICT: _ASKING,
    Stage.EXPLAIN: Sentence("Looking for what is behind the answers: up to {diagnosis} s …"),
}
