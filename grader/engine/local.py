"""The engine of this machine: examiners in processes of their own, one submission at a time."""

from __future__ import annotations

import json
import multiprocessing
import os
import pickle
import selectors
import shutil
import signal
import socket
import threading
from collections.abc import Generator, Iterator, Sequence
from typing import NamedTuple

from grader import parallel, resources
from grader.engine import wire
from grader.engine.contract import (
    Died,
    Ended,
    Event,
    Examine,
    Returned,
    Slot,
    Task,
    Watch,
    write,
)
from grader.engine.driver import drive, patience
from grader.engine.examiner import examine
from grader.engine.wire import MessageKind, MessageReader, WireError
from grader.evidence import Stage
from grader.examine.images import HiddenSet
from grader.examine.prepare import Conditions
from grader.store import Store

LOCAL_NODE = "here"  # the one node of this engine
MAX_FAILED_STARTS = (
    3  # times in a row that an examiner may fail to start before its slot is given up
)
SECONDS_TO_END = 10.0  # after SIGKILL


class LocalEngine(NamedTuple):
    """Examiners on this machine, one for each of `conditions`; an `Engine`.

    examine: what they do; another one than the usual is for tests and benchmarks.
    """

    conditions: Sequence[Conditions]
    hidden: HiddenSet
    store: Store
    examine: Examine = examine

    def run(
        self, tasks: Sequence[Task], watch: Watch, stop: threading.Event
    ) -> Generator[Ended, None, None]:
        """See `Engine.run`."""
        used = self.conditions[: max(len(tasks), 1)]
        limit = patience(used[0].assignment.limits)
        examiners = Processes(used, self.hidden, self.examine)
        language = used[0].language
        yield from drive(tasks, examiners, self.hidden, self.store, limit, watch, stop, language)


def slot_of(number: int, conditions: Conditions) -> Slot:
    """The slot of this machine with these conditions."""
    device = conditions.device
    name = "" if device.kind == "CPU" else f"{device.kind} {device.index}"
    return Slot(LOCAL_NODE, name, number)


class Processes:
    """Examiners in processes of this machine; `Examiners` for the driver."""

    def __init__(
        self, conditions: Sequence[Conditions], hidden: HiddenSet, examine: Examine
    ) -> None:
        self._selector = selectors.DefaultSelector()
        self._why = ""
        self._processes = {
            slot_of(number, one): _Process(slot_of(number, one), one, hidden, examine)
            for number, one in enumerate(conditions)
        }
        try:
            for process in self._processes.values():
                process.start(self._selector)
        except BaseException:
            self.close()
            raise

    def slots(self) -> Sequence[Slot]:
        """All slots whose examiner runs."""
        return list(self._processes)

    def ready(self) -> Sequence[Slot]:
        """Those whose examiner waits for a task."""
        return [slot for slot, process in self._processes.items() if process.waits]

    def begin(self, slot: Slot, task: Task) -> None:
        """Send the task to its examiner."""
        self._processes[slot].begin(task)

    def wait(self, seconds: float) -> Iterator[Event | Returned | Died]:
        """What the examiners sent, and which of them are gone."""
        for key, _ in self._selector.select(seconds):
            process: _Process = key.data
            try:
                for kind, body in process.arrivals.take():
                    happened = process.understand(kind, body)
                    if happened is not None:
                        yield happened
            except (EOFError, WireError, ValueError) as error:
                yield from self._again(process, str(error))

    def kill(self, slot: Slot) -> None:
        """By SIGKILL: it does not answer, so it cannot be asked."""
        self._processes[slot].hung = True
        self._processes[slot].kill()

    def why_none(self) -> str:
        """How the last one ended."""
        return self._why

    def close(self) -> None:
        """End all; what they had started ends with them."""
        for process in self._processes.values():
            process.kill()
        for process in self._processes.values():
            process.end(self._selector)
        self._selector.close()

    def _again(self, process: _Process, error: str) -> Iterator[Died]:
        """Another examiner in the place of one that is gone, unless none can be started there."""
        busy = process.busy
        process.kill()
        self._why = process.end(self._selector, error)
        shutil.rmtree(process.conditions.workspace, ignore_errors=True)
        if process.failed < MAX_FAILED_STARTS:
            try:
                process.start(self._selector)
            except OSError as failed:
                self._why, process.failed = (
                    f"no process can be started: {failed}",
                    MAX_FAILED_STARTS,
                )
        if process.failed >= MAX_FAILED_STARTS:
            del self._processes[process.slot]
        if busy:
            yield Died(process.slot, self._why)


class _Process:
    """The examiner of one slot, and the next one where it died."""

    def __init__(
        self, slot: Slot, conditions: Conditions, hidden: HiddenSet, examine: Examine
    ) -> None:
        # A folder of its own, so that what a dead one left can be removed under nobody's feet.
        workspace = conditions.workspace / f"slot-{slot.number}"
        self.slot = slot
        self.conditions = conditions._replace(workspace=workspace)
        self.waits = self.busy = self.hung = False
        self.failed = 0  # starts in a row
        self._hidden = hidden
        self._examine = examine
        self._process: multiprocessing.process.BaseProcess | None = None

    def start(self, selector: selectors.BaseSelector) -> None:
        """Start the process. Raises OSError where there can be none."""
        self.failed += 1
        self.hung = False
        self.conditions.workspace.mkdir(parents=True, exist_ok=True)
        self.conditions.workspace.chmod(0o755)  # the sandbox may run as a user of its own
        self._wire, theirs = socket.socketpair()
        self.arrivals = MessageReader(self._wire)
        with theirs:
            self._process = multiprocessing.get_context("spawn").Process(
                target=_serve,
                args=(os.getpid(), theirs, self.conditions, self._hidden, self._examine),
            )
            self._process.start()
        selector.register(self._wire, selectors.EVENT_READ, self)

    def begin(self, task: Task) -> None:
        """Send it a task; where it is gone, reading from it will tell."""
        self.waits, self.busy = False, True
        try:
            wire.send(self._wire, MessageKind.TASK, pickle.dumps(task))
        except OSError:
            self.kill()

    def understand(self, kind: MessageKind, body: bytes) -> Event | Returned | None:
        """What a message means. Raises ValueError for one that means nothing."""
        if kind is MessageKind.READY:
            self.waits, self.failed = True, 0
            return None
        if kind is MessageKind.EVENT:
            name, stage, done, total = json.loads(body)
            return Event(str(name), Stage(stage), int(done), int(total))
        if kind is MessageKind.DOCUMENT:
            self.busy = False
            return Returned(self.slot, body)
        raise WireError("it sent a task")

    def kill(self) -> None:
        """Without a chance to refuse."""
        if self._process is not None and self._process.is_alive():
            self._process.kill()

    def end(self, selector: selectors.BaseSelector, error: str = "") -> str:
        """Let go of it; how it ended."""
        self.waits = self.busy = False
        if self._process is None:
            return ""
        selector.unregister(self._wire)
        self._wire.close()
        self._process.join(SECONDS_TO_END)
        code = self._process.exitcode
        self._process = None
        if self.hung:
            return "it did not end within its time"
        if error:
            return error
        if code is not None and code < 0:
            return f"its process was ended by {signal.Signals(-code).name}"
        return f"its process ended with code {code}"


# What follows runs in the examiners' processes.


def _serve(
    grader: int,
    theirs: socket.socket,
    conditions: Conditions,
    hidden: HiddenSet,
    examine: Examine,
) -> None:
    """Examine what comes over the wire until it is closed.

    Ctrl-C is left to the grader, and the process dies with it: a sandbox dies with its examiner.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parallel.die_with(grader)
    resources.keep_to(conditions.processors)
    theirs.set_inheritable(False)
    try:
        while True:
            wire.send(theirs, MessageKind.READY)
            task: Task = pickle.loads(wire.receive(theirs)[1])  # noqa: S301 - from the grader
            _examine(task, theirs, conditions, hidden, examine)
    except (EOFError, OSError):  # the grader is gone, or wants no more
        return


def _examine(
    task: Task,
    theirs: socket.socket,
    conditions: Conditions,
    hidden: HiddenSet,
    examine: Examine,
) -> None:
    def tell(stage: Stage, done: int, total: int) -> None:
        wire.send(
            theirs, MessageKind.EVENT, json.dumps((task.submission.id, stage, done, total)).encode()
        )

    evidence, log = examine(task.submission, task.key, conditions, hidden, tell, task.before)
    wire.send(theirs, MessageKind.DOCUMENT, write(evidence, log))
