"""The contract of an engine: submissions in, evidence in the store, whatever dies on the way.

What every engine promises (tests/engine/test_conformance.py holds each to it):

* every task ends exactly once, and what is told as ended is on disk;
* only the process that runs the engine writes the store; examiners return documents, which are
  bounded in size and validated before they are believed;
* an examiner or a machine that dies costs time and nothing else: `engine.queue` has the rules;
* closing the iterator, or the death of the process by whatever signal, ends all that runs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import NamedTuple, Protocol

from pydantic import ValidationError

from grader.engine.examiner import Tell
from grader.evidence import Document, Evidence, Stage
from grader.evidence.document import first_fault
from grader.examine.images import HiddenSet
from grader.examine.prepare import Conditions
from grader.intake import Submission

LARGEST_DOCUMENT = 64 * 2**20  # bytes; evidence of a usual submission has 0.1 MiB


class Task(NamedTuple):
    """One submission to examine.

    key: of all that determines its evidence. expected: seconds that it may take; only the order
    follows from it, the longest first. before: the evidence of an earlier run with the same key
    that a fault of ours ended; the answers in it count. digest: of what was handed in, see
    `grader.intake.digest`; other machines know by it whether they see the same.
    """

    submission: Submission
    key: str
    expected: float = 0.0
    before: Evidence | None = None
    digest: str = ""


class Ended(NamedTuple):
    """How a task ended: the evidence that is now stored, or what kept it from being stored."""

    submission: Submission
    evidence: Evidence | None
    trouble: str


class Event(NamedTuple):
    """A step of a running examination: stage, steps done and in all (0 of 0 where not counted)."""

    submission: str
    stage: Stage
    done: int
    total: int


class Slot(NamedTuple):
    """A place for one examination at a time.

    node: the machine. device: the accelerator of that machine, "" for the processors, which are
    no one's in particular. number: among the slots of its node.
    """

    node: str
    device: str
    number: int


Watch = Callable[[Event], None]
Examine = Callable[
    [Submission, str, Conditions, HiddenSet, Tell, Evidence | None], tuple[Evidence, str]
]


class Engine(Protocol):
    """A way to examine a class."""

    def run(
        self, tasks: Sequence[Task], watch: Watch, stop: threading.Event
    ) -> Generator[Ended, None, None]:
        """Examine tasks, one at a time in each slot.

        Args:
            tasks: in any order; their submissions' ids are distinct.
            watch: told of progress, now and then.
            stop: once it is set, KeyboardInterrupt is raised: here and not wherever a signal finds
                the program.

        Returns:
            Yields each task as it ends and its evidence is stored.
        """


class Returned(NamedTuple):
    """An examiner in `slot` has returned a document; see `read`."""

    slot: Slot
    document: bytes


class Died(NamedTuple):
    """What ran in `slot` is gone, and `why` as far as that is known."""

    slot: Slot
    why: str


class Examiners(Protocol):
    """What an engine drives: examiners in slots, on this machine or on others."""

    def slots(self) -> Sequence[Slot]:
        """All slots that are, or will soon be, of use. A slot that is lost for good is not here."""

    def ready(self) -> Sequence[Slot]:
        """Those that can begin a task now, but for the ones that have begun one."""

    def begin(self, slot: Slot, task: Task) -> None:
        """Begin an examination. Never waits and never raises for what is wrong there.

        Args:
            slot: one that is ready.
            task: what to examine.
        """

    def wait(self, seconds: float) -> Iterator[Event | Returned | Died]:
        """Wait until something happens.

        Args:
            seconds: after which it ends, about, though nothing has happened.

        Returns:
            Yields what has happened; to be read to its end. `Died` comes only for a slot that had
            begun a task: an idle one mends itself or disappears from `slots`.
        """

    def kill(self, slot: Slot) -> None:
        """End what runs in a slot; `Died` follows.

        Args:
            slot: one that has begun a task.
        """

    def why_none(self) -> str:
        """Why `slots` is empty, in words."""

    def close(self) -> None:
        """End everything and wait until it is gone."""


class Examined(Document):
    """What an examiner returns."""

    evidence: Evidence
    log: str = ""


class ReturnError(Exception):
    """What came back from an examiner is no document of it."""


def write(evidence: Evidence, log: str) -> bytes:
    """The document that an examiner returns.

    Args:
        evidence: of the submission.
        log: what its code printed; half characters are replaced.

    Returns:
        JSON in UTF-8, for `read`.
    """
    log = log.encode("utf-8", "replace").decode("utf-8")
    return Examined(evidence=evidence, log=log).model_dump_json().encode()


def read(document: bytes) -> Examined:
    """Read the document that came back from an examiner.

    Args:
        document: bytes that may be anything.

    Returns:
        Evidence and log.

    Raises:
        ReturnError: for more than LARGEST_DOCUMENT bytes, and for what is no such document.
    """
    if len(document) > LARGEST_DOCUMENT:
        raise ReturnError(f"it returned {len(document)} bytes, more than {LARGEST_DOCUMENT}")
    try:
        return Examined.model_validate_json(document)
    except ValidationError as error:
        raise ReturnError(f"what it returned is no evidence ({first_fault(error)})") from None
