"""How far a class is, for who looks from another process: a small document in the output folder."""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from pathlib import Path

import psutil

from grader.engine.contract import Event
from grader.review.desk import RunProgress
from grader.store import write_atomically

FILE_NAME = ".progress.json"
WRITE_SECONDS = 0.5  # seconds between two writings
MAX_RUNNING_SHOWN = 64  # submissions that are examined at once, at most


class Progress:
    """Writes how far the class is, at most every WRITE_SECONDS. A context manager: once it
    is left there is no document, and a killed grader's is known by its process number.
    """

    def __init__(self, out: Path, total: int) -> None:
        self._path, self._total = out / FILE_NAME, total
        self._done, self._begun, self._written = 0, time.monotonic(), 0.0
        self._now: dict[str, tuple[str, str]] = {}

    def __enter__(self) -> Progress:
        self._write()
        return self

    def __exit__(self, *_: object) -> None:
        self._path.unlink(missing_ok=True)

    def event(self, event: Event) -> None:
        """One step of an examination."""
        count = f"{event.done}/{event.total}" if event.total else ""
        self._now[event.submission] = event.stage.value, count
        self._write_sometimes()

    def ended(self, submission: str) -> None:
        """One is done."""
        self._done += 1
        self._now.pop(submission, None)
        self._write_sometimes()

    def _write_sometimes(self) -> None:
        if time.monotonic() - self._written >= WRITE_SECONDS:
            self._write()

    def _write(self) -> None:
        self._written = time.monotonic()
        each = (self._written - self._begun) / self._done if self._done else 0.0
        document = {
            "pid": os.getpid(),
            "done": self._done,
            "total": self._total,
            "left": each * (self._total - self._done),
            "now": [[name, *told] for name, told in list(self._now.items())[:MAX_RUNNING_SHOWN]],
        }
        with suppress(OSError):  # a full disk stops no class here; what is stored is said elsewhere
            write_atomically(self._path, json.dumps(document))


def read(out: Path) -> RunProgress | None:
    """How far the class is that is being graded into `out`; None where none is."""
    try:
        found = json.loads((out / FILE_NAME).read_text(encoding="utf-8"))
        if not psutil.pid_exists(found["pid"]):
            return None
        now = tuple((str(name), str(stage), str(count)) for name, stage, count in found["now"])
        return RunProgress(int(found["done"]), int(found["total"]), float(found["left"]), now)
    except (OSError, ValueError, KeyError, TypeError):
        return None
