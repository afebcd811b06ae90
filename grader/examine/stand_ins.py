"""Stand-ins: images of ours, of the hidden ones' sizes, for a worker that has seen none of those.

What it says about them may be shown to the student: it cannot be about a hidden image.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image

from grader.evidence import Answer, Problem
from grader.examine.class_names import Vocabulary
from grader.examine.clock import Clock
from grader.examine.images import HiddenImage, Pixels, pixels_of
from grader.examine.replies import Failure
from grader.examine.session import Session
from grader.examine.worker_client import WorkerEndedError
from grader.sandbox.contract import Level
from grader.worker import protocol

LOOKED_AT = 20  # hidden images whose sizes are looked at, the same ones for everybody
MOST_SIZES = 4
STAND_INS_PER_SIZE = 2  # stand-ins of a size
_TO_HEAR = (Problem.RAISED, Problem.WRONG_TYPE, Problem.UNKNOWN_CLASS)
COARSE = 8  # spots along a side
SHARE_TO_HANG = 0.7  # of the time that is left, in which it is to show where it hangs
LEAST_TO_HANG = 5.0  # seconds in which a function is seen to hang


class StandInsHeard(NamedTuple):
    """What was said about stand-ins that is no class name: words, and exceptions."""

    words: frozenset[str] = frozenset()
    failures: tuple[Failure, ...] = ()


def hear(session: Session, hidden: Sequence[HiddenImage], clock: Clock) -> StandInsHeard:
    """What the submission says about stand-ins, in a worker that has seen no hidden image.

    Which ones it gets does not depend on anything that it has said.
    """
    assignment = session.setup.assignment
    vocabulary = Vocabulary(assignment.classes)
    words: set[str] = set()
    failures: list[Failure] = []
    limit = assignment.limits.first_answer
    try:
        for image in stand_ins(hidden):
            if clock.left <= 0:
                break
            said = session.predict(image, limit)
            if said.outcome != protocol.WORD or vocabulary.name(said.word) is None:
                words.add(said.word)
            if said.outcome == protocol.RAISED and (failure := session.last_error()) is not None:
                failures.append(failure)
            limit = assignment.limits.answer
    except WorkerEndedError:
        pass
    return StandInsHeard(frozenset(words), tuple(failures))


def where_it_hangs(session: Session, hidden: Sequence[HiddenImage], clock: Clock) -> Failure | None:
    """Where in its source the submission is when its time for a stand-in is over, in a worker that
    has seen no hidden image; None where it answers, or can't be interrupted.
    """
    limits = session.setup.assignment.limits
    seconds = limits.first_answer
    try:
        for image in stand_ins(hidden):
            if clock.left <= min(seconds, LEAST_TO_HANG):
                break
            found = session.interrupted(image, min(seconds, clock.left * SHARE_TO_HANG))
            if found is not None:
                return found
            seconds = limits.answer
    except WorkerEndedError:
        pass
    return None


def worth_hearing(session: Session, answers: Iterable[Answer]) -> bool:
    """Whether what a submission says about stand-ins tells more of these answers."""
    return are_apart(session) and any(answer.problem in _TO_HEAR for answer in answers)


def are_apart(session: Session) -> bool:
    """Whether no worker can leave word for the next one: at level basic one can, in times of last
    access.
    """
    return session.setup.sandbox.level is not Level.BASIC


def stand_ins(hidden: Sequence[HiddenImage]) -> list[Pixels]:
    """Images of spots, the same ones for the same hidden set."""
    chosen = sorted(hidden, key=lambda image: image.id)[:LOOKED_AT]
    sizes = dict.fromkeys(pixels_of(image, "BGR").shape[:2] for image in chosen)
    random = np.random.default_rng(0)
    made = []
    for height, width in list(sizes)[:MOST_SIZES]:
        for _ in range(STAND_INS_PER_SIZE):
            spots = random.integers(0, 256, (COARSE, COARSE, 3), np.uint8)
            picture = Image.fromarray(spots).resize((width, height), Image.Resampling.BILINEAR)
            made.append(np.array(picture))
    return made
