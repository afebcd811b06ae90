"""The one loop of all engines: gives out tasks, counts attempts, writes the store."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

from grader.assignment import Limits
from grader.engine.contract import (
    Died,
    Ended,
    Event,
    Examined,
    Examiners,
    Returned,
    ReturnError,
    Slot,
    Task,
    Watch,
    read,
)
from grader.engine.device_memory import ran_out
from grader.engine.examiner import unread
from grader.engine.queue import Attempts, Queue, neighbours
from grader.evidence import Answer, Evidence, Problem, Stage, Trouble
from grader.examine.images import HiddenSet
from grader.language import Sentence
from grader.store import Store

REFRESH = 0.1  # seconds between two looks at whether to stop
HUNG_AFTER_LIMITS = 3.0  # times the limits of a submission, after which its examiner counts as hung
HUNG_AFTER_SECONDS = 900.0  # seconds beyond that, for copying and for what our own checks take


def patience(limits: Limits) -> float:
    """Seconds after which an examiner that has not returned is taken for dead.

    Every limit within an examination is far below; this ends what hangs on our side of it, such as
    a check of the teacher's or a file system that does not answer.
    """
    return (
        HUNG_AFTER_LIMITS * (2 * limits.total + limits.diagnosis + limits.import_)
        + HUNG_AFTER_SECONDS
    )


def drive(
    tasks: Sequence[Task],
    examiners: Examiners,
    hidden: HiddenSet,
    store: Store,
    seconds: float,
    watch: Watch,
    stop: threading.Event,
    language: str = "en",
) -> Generator[Ended, None, None]:
    """Examine `tasks` by `examiners`, which are closed in the end; see `Engine.run`.

    seconds: after these an examiner counts as hung, see `patience`. language: of what is said of
    faults of ours.
    """
    run = _Run(tasks, examiners, hidden, store, seconds, watch, language)
    try:
        while len(run.queue):
            run.begin()
            yield from run.proceed()
            if stop.is_set():
                raise KeyboardInterrupt
    finally:
        examiners.close()


@dataclass
class _Running:
    attempts: Attempts
    until: float  # by time.monotonic()
    shared: bool  # whether its accelerator was another's too, at any moment


class _Run:
    """One run: the queue, and what runs where."""

    def __init__(
        self,
        tasks: Sequence[Task],
        examiners: Examiners,
        hidden: HiddenSet,
        store: Store,
        seconds: float,
        watch: Watch,
        language: str,
    ) -> None:
        self.queue = Queue(tasks)
        self._examiners = examiners
        self._hidden = hidden
        self._store = store
        self._seconds = seconds
        self._watch = watch
        self._language = language
        self._running: dict[Slot, _Running] = {}

    def begin(self) -> None:
        """Give each free slot a task, as far as there are any."""
        slots = self._examiners.slots()
        for slot in self._examiners.ready():
            taken = {place: one.attempts for place, one in self._running.items()}
            attempts = self.queue.take(slot, slots, taken)
            if attempts is None:
                continue
            beside = neighbours(slot, self._running)
            for other in beside:
                self._running[other].shared = True
            until = time.monotonic() + self._seconds
            self._running[slot] = _Running(attempts, until, bool(beside))
            self._examiners.begin(slot, attempts.task)

    def proceed(self) -> Iterator[Ended]:
        """Wait a moment for what happens; the tasks that have ended by it."""
        if not self._examiners.slots():
            yield from self._give_up()
        for happened in self._examiners.wait(REFRESH):
            if isinstance(happened, Event):
                self._watch(happened)
            elif isinstance(happened, Returned):
                yield from self._returned(happened)
            else:
                yield from self._died(happened)
        for slot, running in self._running.items():
            if time.monotonic() > running.until:
                running.until += self._seconds
                self._examiners.kill(slot)

    def _returned(self, returned: Returned) -> Iterator[Ended]:
        try:
            examined = read(returned.document)
        except ReturnError as error:
            yield from self._died(Died(returned.slot, str(error)))
            return
        running = self._running.pop(returned.slot, None)
        evidence = examined.evidence
        attempts = self.queue.find(evidence.submission.id, evidence.key)
        if attempts is None:  # a second time, or nothing that was asked
            if running is not None and not running.attempts.settled:
                why = "it returned the evidence of another submission"
                yield from self._put_back(running.attempts, returned.slot, why)
        elif _was_disturbed(attempts, running, examined):
            self.queue.disturbed(attempts)
        else:
            yield self._store_it(attempts, examined)

    def _died(self, died: Died) -> Iterator[Ended]:
        running = self._running.pop(died.slot, None)
        if running is not None and not running.attempts.settled:
            yield from self._put_back(running.attempts, died.slot, died.why)

    def _put_back(self, attempts: Attempts, slot: Slot, why: str) -> Iterator[Ended]:
        if not self.queue.died(attempts, slot, why):
            reasons = "; ".join(dict.fromkeys(attempts.reasons))
            said = Sentence(
                "Its examiner died {times} times, at last alone on its machine: {reasons}",
                {"times": str(len(attempts.deaths)), "reasons": reasons},
            )
            mended = Sentence(
                "Look for what ends processes there (memory, an operator), then run the same "
                "command again."
            )
            trouble = Trouble(
                message=said.said_in(self._language), cure=mended.said_in(self._language)
            )
            yield self._store_it(attempts, self._ungraded(attempts.task, trouble))

    def _give_up(self) -> Iterator[Ended]:
        """Nothing is left that could examine anything."""
        why = f"no examiner is left: {self._examiners.why_none()}"
        self._running.clear()
        for attempts in self.queue.unsettled():
            self.queue.settle(attempts)
            yield Ended(attempts.task.submission, None, why)

    def _store_it(self, attempts: Attempts, examined: Examined) -> Ended:
        """Store what is known; only then it has ended."""
        self.queue.settle(attempts)
        try:
            self._store.write(examined.evidence, examined.log)
        except OSError as error:
            said = f"the evidence could not be written: {error}"
            return Ended(attempts.task.submission, None, said)
        return Ended(attempts.task.submission, examined.evidence, "")

    def _ungraded(self, task: Task, trouble: Trouble) -> Examined:
        """Evidence of a submission that we could not examine: no mark follows from it."""
        answers = tuple(
            Answer(image=image.id, truth=image.truth, answer=None, problem=Problem.NOT_ASKED)
            for image in self._hidden.images
        )
        evidence = Evidence(
            key=task.key,
            submission=unread(task.submission),
            stage=Stage.INTAKE,
            trouble=trouble,
            answers=answers,
        )
        return Examined(evidence=evidence)


def _was_disturbed(attempts: Attempts, running: _Running | None, examined: Examined) -> bool:
    """Whether what stopped it can only have been a neighbour on its accelerator."""
    if running is None or running.attempts is not attempts:
        return False
    return running.shared and ran_out(examined)
