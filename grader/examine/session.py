"""A session: the workers of one submission, started on demand, restarted, ended together."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from grader.assignment import AskedNetwork, Part
from grader.evidence import Confinement
from grader.examine import replies
from grader.examine.clock import Clock
from grader.examine.known_packages import KNOWN
from grader.examine.outside_kills import KILLS_BORNE, KilledError
from grader.examine.sandbox_refusals import require_allowed
from grader.examine.setup import Setup
from grader.examine.worker_client import WorkerClient, WorkerEndedError, WorkerFaultError
from grader.language import Sentence
from grader.sandbox.contract import (
    ASK_DOCTOR,
    Cause,
    End,
    Level,
    SandboxedProcess,
    SandboxUnavailableError,
)
from grader.worker import protocol

WORK_FOLDER = "work"  # the submission's private copy, below the scratch folder
GRACE_SECONDS = 3.0  # of a limit, in which a worker says what it was doing
R = TypeVar("R", bound=replies.Reply)


class Session:
    """Workers of the submission staged at `submission`, one at a time.

    **A worker that has seen a hidden image answers nothing but `put`, `reconsider` and `opened`.**
    Any other question, whose answer a student may come to read, goes to a worker that has seen
    none: a new one, with an empty scratch, where need be. Nor are hidden images put to a worker in
    which anything ran that may change how the submission answers.

    Every method that talks to the submission raises WorkerEndedError when the worker dies or
    is ended at a limit, KilledError when it is killed from outside again and again,
    WorkerFaultError for a fault of the worker's own, and SandboxUnavailableError when none can be
    started or the submission needs what this level refuses; the next call works again.
    """

    def __init__(self, setup: Setup, submission: Path, clock: Clock) -> None:
        self.setup = setup
        self.submission, self.clock = submission, clock
        self.load_seconds = 0.0
        self.starts = self.kills = 0  # kills: of workers, from outside
        self.log = ""
        self.lent: dict[str, str] = {}  # path that the code asks for -> file of the submission
        self._import = True  # False once an import has ended its worker: it would do so again
        self._network_ends: dict[str, End] = {}  # how looking for a network ended a worker
        self._networks_in: dict[str, int] = {}  # the start whose worker has found a network
        self._saw_hidden = False  # whether the worker has seen a hidden image
        self._disturbed = False  # whether more ran in it than an import changes nothing by
        self._peak = self._peak_before = 0  # MiB: in all, before the first hidden image
        self._box: SandboxedProcess | None = None
        self._conversation: WorkerClient | None = None

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def load(self) -> replies.LoadReport:
        """Start a worker and import the submission in it, within the limit for imports.

        Where an import has ended its worker before, the new worker only lays the files out, so
        that networks can still be looked for in modules that can be imported.
        """
        self.close()
        started = time.monotonic()
        limit = min(self.setup.assignment.limits.import_, self.clock.left)
        spec = self.setup.spec(self.submission, self.starts)
        self._box = self.setup.sandbox.start(self.setup.command(), spec)
        self._conversation = WorkerClient(self._box, lambda seconds: self.clock.wait(seconds))
        self._saw_hidden = self._disturbed = False
        self.starts += 1
        interface = self.setup.assignment.interface
        importing = self._import
        meta: protocol.Meta = {
            "submission": self.setup.place_of(self.submission),
            "work": WORK_FOLDER,
            "entry": interface.entry,
            "function": interface.function,
            "marker": interface.cell_marker,
            "device": self.setup.device.kind,
            "threads": self.setup.threads,
            "provided": self.setup.place_of_provided(),
            "plain": self.setup.place_of_plain(self.submission),
            "lend": self.lent,
            "concealed": list(self.setup.concealed),
            "known": sorted(KNOWN),
            "others": [part.function for part in self.setup.assignment.parts],
            "move": "device" in interface.repair,
            "enclose": self.setup.sandbox.level is Level.NONE,
            "run": importing,
            "seconds": max(limit - GRACE_SECONDS, limit / 2),
        }
        try:
            report, _ = self._exchange(replies.LoadReport, "load", limit, meta=meta)
        except WorkerEndedError as ended:
            self._import = importing and ended.end.cause is Cause.KILLED
            raise
        self.load_seconds = time.monotonic() - started
        return report

    def ready(self) -> bool:
        """Whether there is a worker to which hidden images can be put: this one, where nothing but
        the import has left its traces in it, or a new one. False where the function is not there.
        """
        if self._disturbed:
            self.close()
        return self.alive or self.load().function

    def put(self, image: NDArray[np.uint8], seconds: float) -> protocol.Answer:
        """The submission's answer to one hidden image, uint8 (H, W, 3), within `seconds`."""
        self.ready()
        self._peak_before = self._peak_before or self._peak_now
        self._saw_hidden = True
        limit = min(seconds, self.clock.left)
        answer: protocol.Answer = self._talk(lambda talk: talk.predict(image, limit))
        return answer

    def put_to(self, part: Part, given: NDArray[Any], seconds: float) -> protocol.Answer:
        """The answer of a part's function to one of its hidden inputs, within `seconds`."""
        if not self.alive:
            self.load()
        self._saw_hidden = self._disturbed = True
        limit = min(seconds, self.clock.left)
        meta: protocol.Meta = {"function": part.function, "text": part.inputs == "texts"}
        answer: protocol.Answer = self._talk(lambda talk: talk.predict(given, limit, meta))
        return answer

    def reconsider(self, image: NDArray[np.uint8], seconds: float) -> NDArray[Any] | None:
        """What networks gave while the submission answered one hidden image again: float32
        (N, classes), where it asks any that gives as many numbers as the assignment has classes.
        """
        self._saw_hidden = True
        meta = {"classes": len(self.setup.assignment.classes)}
        _, found = self._exchange(replies.Reply, "outputs", seconds, image, meta)
        return found

    def replay(
        self, image: NDArray[np.uint8], steps: Sequence[protocol.Meta], seconds: float
    ) -> replies.ReplayReport:
        """The answer to one hidden image, `steps` (`worker.image_changes`) taken on its way in."""
        self._saw_hidden = self._disturbed = True
        classes = len(self.setup.assignment.classes)
        meta: protocol.Meta = {"steps": list(steps), "classes": classes}
        return self._exchange(replies.ReplayReport, "replay", seconds, image, meta)[0]

    def look(
        self, image: NDArray[np.uint8], seconds: float, *, exceptions: bool = False
    ) -> tuple[replies.ObservedReport, NDArray[Any] | None]:
        """What happens while the submission answers one image that is not hidden, with exceptions
        that it swallows if asked for; the first image that entered a network, float32 (C, H, W).
        """
        self._unseen()
        self._disturbed = True
        meta = {"classes": len(self.setup.assignment.classes), "exceptions": exceptions}
        return self._exchange(replies.ObservedReport, "look", seconds, image, meta)

    def normalisations(
        self, image: NDArray[np.uint8], seconds: float
    ) -> tuple[replies.NormalisationsReport, NDArray[Any] | None]:
        """The normalisations of the networks that answer about one image of ours; beside them what
        the first stored, as `worker.first_normalisation.packed` has it.
        """
        self._unseen()
        self._disturbed = True
        return self._exchange(replies.NormalisationsReport, "normalisations", seconds, image)

    def misfits(self, image: NDArray[np.uint8], seconds: float) -> list[float]:
        """How far what arrived at each normalisation is from what it stored in training, of this
        hidden image and of those put so before.
        """
        self._saw_hidden = self._disturbed = True
        return self._exchange(replies.MisfitsReport, "misfits", seconds, image)[0].misfits

    def exported(self, file: str, kind: str, images: NDArray[np.uint8]) -> replies.ExportReport:
        """What an exported file of the submission answers beside its network, which is asked about
        `images`, uint8 (N, H, W, 3), of ours.
        """
        self._unseen()
        self._disturbed = True
        meta = {"file": file, "kind": kind, "classes": len(self.setup.assignment.classes)}
        return self._ask(replies.ExportReport, "exported", self._patience, images, meta)[0]

    def traced(self, files: Sequence[str]) -> list[str]:
        """Those of the submission's `files` that are TorchScript, by their form."""
        meta = {"files": list(files)}
        return self._ask(replies.TracedReport, "traced", self._patience, meta=meta)[0].files

    def error_of_hidden(self) -> replies.Failure | None:
        """The exception behind the last answer to a hidden image, for staff."""
        return self._exchange(replies.LastErrorReport, "last_error", self._patience)[0].error

    def opened(self) -> replies.OpenedReport:
        """Files that the present worker has read, by its word; none where no worker is left.

        It may have seen hidden images: choose by it among files that are there, and show nothing.
        """
        if not self.alive:
            return replies.OpenedReport()
        return self._exchange(replies.OpenedReport, "opened", self._patience)[0]

    def predict(self, image: NDArray[np.uint8], seconds: float) -> protocol.Answer:
        """The submission's answer to one image that is not hidden, uint8 (H, W, 3)."""
        self._unseen()
        self._disturbed = True
        limit = min(seconds, self.clock.left)
        answer: protocol.Answer = self._talk(lambda talk: talk.predict(image, limit))
        return answer

    def interrupted(self, image: NDArray[np.uint8], seconds: float) -> replies.Failure | None:
        """Where the submission is after `seconds` with one image that is not hidden; None where it
        has answered by then.
        """
        self._unseen()
        self._disturbed = True
        limit, meta = seconds + GRACE_SECONDS, {"seconds": seconds}
        return self._exchange(replies.LastErrorReport, "interrupted", limit, image, meta)[0].error

    def last_error(self) -> replies.Failure | None:
        """The exception behind the last answer to an image that is not hidden."""
        return self._ask(replies.LastErrorReport, "last_error", self._patience)[0].error

    def find_network(self, asked: AskedNetwork) -> replies.NetworkReport:
        """The submission's network of that name, found and built.

        Where looking for it has ended a worker once, it is not tried again: it would end as before.
        """
        if asked.name in self._network_ends:
            raise WorkerEndedError(self._network_ends[asked.name])
        meta = {
            "name": asked.name,
            "classes": asked.outputs,
            "inputs": asked.inputs,
            "weights": []
            if asked.is_lenet5
            else [one.weights[0] for one in asked.layers if one.weights],
        }
        try:
            report, _ = self._ask(replies.NetworkReport, "network", self._patience, meta=meta)
        except WorkerEndedError as ended:
            if ended.end.cause is not Cause.KILLED:
                self._network_ends[asked.name] = ended.end
            raise
        self._networks_in[asked.name] = self.starts
        self._disturbed = self._disturbed or not report.undisturbed
        if tuple(report.input) not in asked.inputs:  # inputs are drawn in no other sizes
            return report.model_copy(update={"input": []})
        return report

    def ask_network(
        self,
        kind: type[R],
        operation: str,
        asked: AskedNetwork,
        array: NDArray[Any] | None = None,
        meta: protocol.Meta | None = None,
    ) -> tuple[R, NDArray[Any] | None]:
        """Ask about a network, which is found again where the worker that had found it is gone, or
        has seen too much.
        """
        self._unseen()
        if not self.alive or self._networks_in.get(asked.name) != self.starts:
            self.find_network(asked)
        told = {"name": asked.name, "inputs": asked.inputs, **(meta or {})}
        return self._ask(kind, operation, self._patience, array, told)

    def dataset(
        self, digits: NDArray[np.uint8], labels: list[int]
    ) -> tuple[replies.DatasetReport, NDArray[Any] | None]:
        """The first batch that the submission's function makes of `digits`, uint8 (N, 28, 28), as
        MNIST's files: its form, and the images as float32.
        """
        self._unseen()
        self._disturbed = True
        meta = {"name": self.setup.assignment.interface.dataset, "labels": labels}
        return self._ask(replies.DatasetReport, "dataset", self._patience, digits, meta)

    def require_unkilled(self) -> None:
        """Raises KilledError where workers were killed from outside too often."""
        if self.kills > KILLS_BORNE:
            raise KilledError("SIGKILL", self.setup.assignment.limits.memory)

    @property
    def alive(self) -> bool:
        """Whether there is a worker to talk to, as far as is known."""
        return self._conversation is not None

    def close(self, told: End | None = None) -> None:
        """End the worker, if there is one. `log` keeps what it printed and how it ended, by `told`
        where the conversation knows more than the sandbox.
        """
        if self._box is not None:
            self._collect(self._box, told)
        self._box = self._conversation = None

    def confinement(self, end: End) -> Confinement:
        """What the sandbox did so far; `end` is how the worker ended that mattered."""
        return Confinement(
            level=self.setup.sandbox.level.value,
            memory_limit=self.setup.sandbox.memory_limit.value,
            ended=end.cause.value,
            detail=end.detail,
            peak_memory=self._peak_now,
            memory_before_images=self._peak_before or self._peak_now,
            restarts=max(self.starts - 1, 0),
        )

    @property
    def _patience(self) -> float:
        """Seconds for one question about a network: as for a first image, since it may compile."""
        return self.setup.assignment.limits.first_answer

    @property
    def _peak_now(self) -> int:
        """The most MiB that any worker had so far."""
        return max(self._peak, self._box.peak_memory if self._box is not None else 0)

    def _unseen(self) -> None:
        """See to it that the next question goes to a worker that has seen no hidden image."""
        if self._saw_hidden:
            self.close()
            self._saw_hidden = False

    def _ask(
        self,
        kind: type[R],
        operation: str,
        seconds: float,
        array: NDArray[Any] | None = None,
        meta: protocol.Meta | None = None,
    ) -> tuple[R, NDArray[Any] | None]:
        """A question whose answer a student may read."""
        self._unseen()
        return self._exchange(kind, operation, seconds, array, meta)

    def _exchange(
        self,
        kind: type[R],
        operation: str,
        seconds: float,
        array: NDArray[Any] | None = None,
        meta: protocol.Meta | None = None,
    ) -> tuple[R, NDArray[Any] | None]:
        def call(talk: WorkerClient) -> tuple[R, NDArray[Any] | None]:
            answer, found = talk.ask(operation, min(seconds, self.clock.left), array, meta)
            if isinstance(fault := answer.get("fault"), str):
                raise WorkerFaultError(fault)
            try:
                report = replies.read(kind, answer)
            except replies.ReplyError as error:
                raise talk.breach(str(error)) from None
            require_allowed(getattr(report, "error", None), self.setup.sandbox.level)
            return report, found

        return self._talk(call)  # type: ignore[no-any-return]

    def _talk(self, call: Callable[[WorkerClient], Any]) -> Any:
        if self._conversation is None:
            self.load()
        assert self._conversation is not None  # noqa: S101 - load() has set it
        try:
            return call(self._conversation)
        except WorkerEndedError as ended:
            self.close(ended.end)
            if ended.end.cause is Cause.UNAVAILABLE:
                facts = {"why": ended.end.detail}
                why = Sentence("The sandbox could not be started: {why}", facts)
                raise SandboxUnavailableError(why, ASK_DOCTOR) from None
            self.kills += ended.end.cause is Cause.KILLED
            if ended.end.cause is Cause.KILLED and self.kills > KILLS_BORNE:
                memory = self.setup.assignment.limits.memory
                raise KilledError(ended.end.detail, memory) from None
            raise

    def _collect(self, box: SandboxedProcess, told: End | None) -> None:
        end = told or box.end()
        self._peak = max(self._peak, box.peak_memory)
        heading = f"--- worker {self.starts}: {end.cause.value} {end.detail}".rstrip()
        self.log += f"{heading}\n{box.printed.rstrip()}\n"
