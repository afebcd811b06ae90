"""What runs on a machine of a cluster: Ray starts one `NodeExaminer` for each slot.

It is a thin shell around the examiner's process of the local engine, which knows nothing of Ray
and has neither its connections nor its token.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import ray

from grader import resources
from grader.assignment import Assignment
from grader.engine.contract import Died, Event, Examine, Returned, Slot, Task
from grader.engine.local import Processes
from grader.engine.nodes import ExpectedNode, report
from grader.engine.parcels import unpacked_class, unpacked_submission
from grader.examine.images import HiddenSet
from grader.examine.prepare import Conditions
from grader.intake import Submission, digest
from grader.runtimes import detect
from grader.runtimes.devices import Device, select
from grader.runtimes.tuning import tune
from grader.sandbox import canary, locked_folder, scratch
from grader.sandbox.contract import Level

BETWEEN_EVENTS = 0.5  # seconds
POLL_SECONDS = 0.2  # seconds between two looks at the examiner's process
SCRATCH_PREFIX = "grade-node-"
SECRETS = ("RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH")


class NodeOrder(NamedTuple):
    """What a slot needs to know to examine submissions of a class.

    auto: with ``--device auto``, the processor stands in where no runtime fits the device. shared:
    whether others compute on the same accelerator. tuned: whether speed settings are measured.
    """

    assignment: Assignment
    hidden: HiddenSet
    expected: ExpectedNode
    auto: bool
    shared: bool
    language: str
    forced: str | None
    tuned: bool
    examine: Examine


class SlotShare(NamedTuple):
    """What of its machine is a slot's: threads that frameworks are told to compute with, and its
    number among the slots there.
    """

    threads: int
    number: int
    slots: int


class ExaminerDiedError(Exception):
    """The examiner's process of this slot died, or could not be started."""


@contextlib.contextmanager
def _told_plainly() -> Iterator[None]:
    """Every exception as one that can travel: others may need what only this machine has."""
    try:
        yield
    except ExaminerDiedError:
        raise
    except Exception as error:
        raise ExaminerDiedError(f"{type(error).__name__}: {error}") from None


class NodeExaminer:
    """One slot of one machine."""

    def __init__(self) -> None:
        for name in SECRETS:  # Ray has read it; nothing that is started from here needs it
            os.environ.pop(name, None)
        self._place: locked_folder.LockedFolder | None = None
        self._processes: Processes | None = None
        atexit.register(self.close)  # where Ray ends this process because the command died

    def report(self, required: str, device: str) -> str:
        """This machine, tried: a `NodeReport` as JSON, which another version can read, too."""
        with _told_plainly():
            return report(Level(required) if required else None, device).model_dump_json()

    def prepare(self, order: NodeOrder, parcel: bytes, share: SlotShare) -> str:
        """Start the examiner; the name of its accelerator, "" for the processors.

        Raises ExaminerDiedError.
        """
        with _told_plainly():
            self._place = _own_folder()
            return self._prepare(order, parcel, share, self._place.folder)

    def _prepare(self, order: NodeOrder, parcel: bytes, share: SlotShare, folder: Path) -> str:
        class_folder, workspace = folder / "class", folder / "work"
        class_folder.mkdir(mode=0o700)  # it holds the hidden images
        workspace.mkdir()
        assignment, hidden = unpacked_class(parcel, order.assignment, order.hidden, class_folder)
        kind, wanted = order.expected.device, order.expected.runtimes
        device = _given(kind)
        runtimes = tuple(one for one in detect.runtimes() if one.name in wanted)
        conditions = Conditions(
            assignment=assignment,
            sandbox=canary.choose(order.expected.required, devices=kind != "CPU").sandbox,
            runtimes=runtimes,
            device=device.shared() if order.shared else device,
            fallback=select("CPU")[0] if order.auto else None,
            threads=share.threads,
            processors=resources.shares(share.slots)[share.number],
            workspace=workspace,
            language=order.language,
            forced=order.forced,
            tuning={one.name: dict(tune(one)) for one in runtimes} if order.tuned else {},
        )
        self._processes = Processes([conditions], hidden, order.examine)
        return self._slot.device

    def examine(self, task: Task, parcel: bytes | None) -> Iterator[Event | bytes | None]:
        """Events, and last the document; or only None where the submission is not to be found
        here and has to be sent. Raises ExaminerDiedError.
        """
        with _told_plainly():
            yield from self._examine(task, parcel)

    def close(self) -> None:
        """End the examiner and remove what lies on the disk."""
        if self._processes is not None:
            self._processes.close()
            self._processes = None
        if self._place is not None:
            with contextlib.suppress(OSError):  # what just ends: the next actor takes it
                scratch.remove(self._place.folder)
            self._place.release()
            self._place = None

    def _examine(self, task: Task, parcel: bytes | None) -> Iterator[Event | bytes | None]:
        if parcel is None:
            if _is_there(task.submission, task.digest):
                yield from self._examined(task)
            else:
                yield None
            return
        assert self._place is not None  # noqa: S101 - the engine prepares first
        with tempfile.TemporaryDirectory(prefix="sent-", dir=self._place.folder) as sent:
            submission = unpacked_submission(parcel, task.submission, Path(sent))
            if not _is_there(submission, task.digest):
                raise ExaminerDiedError("what was handed in changes while it is read")
            yield from self._examined(task._replace(submission=submission))

    def _examined(self, task: Task) -> Iterator[Event | bytes]:
        processes = self._processes
        assert processes is not None  # noqa: S101 - the engine prepares first
        while not processes.ready():
            for _ in processes.wait(POLL_SECONDS):
                pass
            self._require_wanted()
        processes.begin(self._slot, task)
        told, stage = 0.0, None
        while True:
            for happened in list(processes.wait(POLL_SECONDS)):  # all of it, or a message is left
                if isinstance(happened, Returned):
                    yield happened.document
                    return
                if isinstance(happened, Died):
                    raise ExaminerDiedError(happened.why)
                if happened.stage is not stage or time.monotonic() > told + BETWEEN_EVENTS:
                    told, stage = time.monotonic(), happened.stage
                    yield happened
            self._require_wanted()

    def _require_wanted(self) -> None:
        """Raises ExaminerDiedError where the engine wants no answer any more, or none will come."""
        if ray.get_runtime_context().is_canceled():
            raise ExaminerDiedError("the engine ended it")
        self._slot  # noqa: B018 - raises where there is none

    @property
    def _slot(self) -> Slot:
        """The one slot. Raises ExaminerDiedError where none can be had any more."""
        slots = self._processes.slots() if self._processes is not None else ()
        if not slots:
            why = self._processes.why_none() if self._processes is not None else "not prepared"
            raise ExaminerDiedError(why)
        return slots[0]


def _is_there(submission: Submission, wanted: str) -> bool:
    try:
        return digest(submission) == wanted
    except OSError:
        return False


def _given(kind: str) -> Device:
    """The device that Ray gave to this slot: Ray says so by the variable that `select` reads."""
    found = select(kind)
    if kind != "CPU" and len(found) != 1:
        names = ", ".join(f"{kind} {device.index}" for device in found)
        raise OSError(f"expected that Ray gives this process one {kind}, found {names}")
    return found[0]


def _own_folder() -> locked_folder.LockedFolder:
    """A folder for this actor alone; what killed ones left beside it goes."""
    parent = Path(tempfile.gettempdir())
    for left in locked_folder.abandoned(parent, SCRATCH_PREFIX, {os.getuid()}):
        with contextlib.suppress(OSError):
            scratch.remove(left)
    place = locked_folder.LockedFolder(parent, SCRATCH_PREFIX)
    place.folder.chmod(0o711)  # the sandbox may run as a user of its own
    return place
