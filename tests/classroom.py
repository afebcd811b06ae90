"""A class whose examination is a stand-in: commands run as they are, and no student code does.

A submission's ``main.py`` says how many answers are right; all else is the program itself, in this
process.
"""

from __future__ import annotations

import csv
import io
import json
import threading
from collections.abc import Generator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from grader.cli import checks_trial, engines, machine
from grader.cli.main import main
from grader.engine.contract import Ended, Task, Watch
from grader.evidence import Confinement, Evidence, SubmissionRecord
from grader.intake import digest
from grader.runtimes.devices import Device
from grader.store import Store
from tests import make, submissions


class Examiner:
    """An engine that believes what ``main.py`` says."""

    def __init__(self, conditions: Sequence[object], hidden: object, store: Store) -> None:
        self._store = store

    def run(
        self, tasks: Sequence[Task], watch: Watch, stop: threading.Event
    ) -> Generator[Ended, None, None]:
        for task in tasks:
            found = evidence(task)
            self._store.write(found, "")
            yield Ended(task.submission, found, "")


def evidence(task: Task) -> Evidence:
    submission = task.submission
    inside = submission.path.rglob("main.py") if submission.path.is_dir() else [submission.path]
    right = int(next(iter(inside)).read_text(encoding="utf-8").removeprefix("right = "))
    return make.evidence(
        make.answers(right, 26),
        key=task.key,
        started="2026-06-01T08:00:00Z",
        confinement=Confinement(level="strong", ended="finished"),
        submission=SubmissionRecord(
            id=submission.id, name=submission.student.name or submission.id,
            number=submission.student.number, source=submission.path.name,
            digest=digest(submission), size=1, files=1, origin=submission.origin,
        ),
    )  # fmt: skip


class Classroom:
    """Submissions in `folder`, results in `out`."""

    def __init__(self, home: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder, self.out = home / "class", home / "out"
        self.folder.mkdir(parents=True)
        self.hidden = submissions.colours(home / "images", each=1)
        patch.setattr(engines, "LocalEngine", Examiner)
        patch.setattr(machine, "sandbox", lambda *_, **__: None)
        patch.setattr(machine, "runtimes", lambda *_: ())
        patch.setattr(machine, "tuning", lambda *_: {})
        patch.setattr(engines, "usable", lambda _, devices, *__: devices)
        patch.setattr(checks_trial, "require_sound", lambda *_: None)
        patch.setattr(engines, "devices_for", lambda *_: [Device("CPU")])
        patch.setattr(engines, "Conditions", lambda **_: None)
        patch.setenv("COLUMNS", "400")
        patch.chdir(make.ROOT)

    def submit(self, name: str, right: int) -> Path:
        """A submission with `right` of 26 right answers."""
        return submissions.submission(self.folder / name, {"main.py": f"right = {right}"})

    def grade(self, *words: object) -> str:
        """Grade the class; what was said."""
        code, said = self.run(self.folder, "--hidden", self.hidden, "--device", "CPU", *words)
        assert code == 0, said
        return said

    def run(self, *words: object) -> tuple[int, str]:
        """Run a command on the results: its exit code and what it said."""
        said = io.StringIO()
        with redirect_stdout(said), redirect_stderr(said):
            code = main([*map(str, words), "--out", str(self.out)])
        return code, said.getvalue()

    def told(self, *words: object) -> str:
        """Run a command that has to go well; what it said."""
        code, said = self.run(*words)
        assert code == 0, said
        return said

    def table(self) -> dict[str, dict[str, str]]:
        """``grades.csv`` by id."""
        return {row["id"]: row for row in rows(self.out / "grades.csv")}

    def scores(self) -> dict[str, str]:
        """The marks of ``grades.csv`` by id."""
        return {name: row["score"] for name, row in self.table().items()}

    def document(self) -> Any:
        """``run.json``."""
        return json.loads((self.out / "run.json").read_text(encoding="utf-8"))


def rows(path: Path) -> list[dict[str, str]]:
    """A table by its headings."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
