"""A stand-in for the examination: does what a submission's ``plan.json`` says, and keeps a journal.

Runs in examiners' processes, wherever they are.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from grader.engine.contract import Task
from grader.engine.examiner import Tell
from grader.evidence import Answer, Evidence, Stage, SubmissionRecord
from grader.examine.images import HiddenImage, HiddenSet
from grader.examine.prepare import Conditions
from grader.intake import Submission, digest
from grader.platforms.folders import Student
from grader.readers.file_kinds import FileKind
from grader.runtimes.devices import Device
from grader.sandbox.unconfined import Unconfined
from tests import make

HIDDEN = HiddenSet((HiddenImage("00_00/0.png", "Plastic Bottle", Path("nowhere")),), "digest")
CPU = Device("CPU")


def conditions(workspace: Path, slots: int, device: Device = CPU) -> list[Conditions]:
    return [
        Conditions(make.assignment(), Unconfined(own_code=True), (), device, 1, workspace)
        for _ in range(slots)
    ]


def tasks(folder: Path, **plans: dict[str, Any]) -> list[Task]:
    """Tasks of these plans, in order."""
    made = []
    for name, plan in plans.items():
        path = folder / name
        path.mkdir(parents=True)
        notes = folder.parent / "journal" / name  # outside, so that a submission stays as it is
        notes.mkdir(parents=True)
        (path / "plan.json").write_text(json.dumps({**plan, "journal": str(notes)}))
        submission = Submission(name, Student(), path, FileKind.FOLDER)
        expected = plan.get("expected", 0.0)
        made.append(Task(submission, f"key of {name}", expected, digest=digest(submission)))
    return made


def where(
    submission: Submission,
    key: str,
    conditions: Conditions,
    hidden: HiddenSet,
    tell: Tell,
    before: Evidence | None = None,
) -> tuple[Evidence, str]:
    """Prints on which processors it may run, and what it starts."""
    code = "import os; print(sorted(os.sched_getaffinity(0)))"
    started = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    return evidence_of(submission, key), f"{sorted(os.sched_getaffinity(0))}\n{started.stdout}"


class Entry(NamedTuple):
    """One attempt: which submission, in which process, from when to when (None: it died)."""

    id: str
    process: int
    begun: float
    ended: float | None


def journal(folder: Path) -> list[Entry]:
    """All attempts, in the order in which they were begun."""
    entries = []
    for path in (folder.parent / "journal").glob("*/attempt-*"):
        lines = path.read_text().splitlines()
        ended = float(lines[2]) if len(lines) > 2 else None
        entries.append(Entry(path.parent.name, int(lines[0]), float(lines[1]), ended))
    return sorted(entries, key=lambda entry: entry.begun)


def evidence_of(submission: Submission, key: str, correct: bool = True) -> Evidence:
    said = "Plastic Bottle" if correct else None
    return Evidence(
        key=key,
        submission=SubmissionRecord(
            id=submission.id, name=submission.id, source=submission.id, digest="d", size=1, files=1
        ),
        stage=Stage.DONE,
        answers=(Answer(image="00_00/0.png", truth="Plastic Bottle", answer=said),),
    )


def begun(plan: dict[str, Any]) -> tuple[int, Path]:
    """How many attempts there are with this one, and the note that it begins in the journal."""
    notes = Path(plan["journal"])
    attempts = len(list(notes.glob("attempt-*"))) + 1
    note = notes / f"attempt-{attempts}"
    note.write_text(f"{os.getpid()}\n{time.monotonic()}\n")
    return attempts, note


def examine(
    submission: Submission,
    key: str,
    conditions: Conditions,
    hidden: HiddenSet,
    tell: Tell,
    before: Evidence | None = None,
) -> tuple[Evidence, str]:
    plan = json.loads((submission.path / "plan.json").read_text())
    attempts, note = begun(plan)
    tell(Stage.PREDICT, 1, 2)
    time.sleep(plan.get("seconds", 0.0))
    if attempts <= plan.get("dies", 0):
        os.kill(os.getpid(), signal.SIGKILL)
    if attempts <= plan.get("raises", 0):
        raise RuntimeError("a fault of ours")
    with note.open("a") as file:
        file.write(f"{time.monotonic()}\n")
    given = evidence_of(submission, key)
    if attempts <= plan.get("mistakes", 0):
        given = given.model_copy(update={"key": "of something else"})
    return given, f"log of {submission.id}\ud800"


def alone(entry: Entry, others: Sequence[Entry]) -> bool:
    """Whether no other attempt that came to its end was under way while this one ran."""
    end = entry.ended if entry.ended is not None else entry.begun
    return not any(
        other.ended is not None and other.begun < end and entry.begun < other.ended
        for other in others
        if other != entry
    )


def on_a_device(
    submission: Submission,
    key: str,
    conditions: Conditions,
    hidden: HiddenSet,
    tell: Tell,
    before: Evidence | None = None,
) -> tuple[Evidence, str]:
    """Loads, computes on a device that only one process may hold at a time, looks at LeNet5: for
    as long as the plan says. With ``"memory": true`` it does not wait for the device: who finds
    it held runs out of its memory and answers nothing.
    """
    plan = json.loads((submission.path / "plan.json").read_text())
    _, note = begun(plan)
    time.sleep(plan["loads"])
    printed, correct = "", True
    with (Path(plan["journal"]).parent / f"device-{conditions.device.index}").open("a") as device:
        try:
            fcntl.flock(device, fcntl.LOCK_EX | (fcntl.LOCK_NB if plan.get("memory") else 0))
            time.sleep(plan["computes"])
        except BlockingIOError:
            printed, correct = "RuntimeError: CUDA out of memory. Tried to allocate 2 GiB", False
    time.sleep(plan["lenet5"])
    with note.open("a") as file:
        file.write(f"{time.monotonic()}\n")
    return evidence_of(submission, key, correct), printed
