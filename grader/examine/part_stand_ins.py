"""Stand-ins for the inputs of another part of a lab: what its function says about them, in a worker
that has seen no hidden input, may be shown to the student.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.assignment import Part
from grader.evidence import Answer
from grader.examine.class_names import Vocabulary
from grader.examine.clock import Clock
from grader.examine.images import HiddenImage
from grader.examine.part_inputs import value_of
from grader.examine.replies import Failure
from grader.examine.session import Session
from grader.examine.stand_ins import LOOKED_AT, StandInsHeard, stand_ins, worth_hearing
from grader.examine.worker_client import WorkerEndedError
from grader.worker import protocol

MOST_FORMS = 4  # shapes of arrays
TEXTS = ("The quick brown fox jumps over the lazy dog.\n", "今天天气很好，我们去公园散步。\n")


def hear_part(
    session: Session, part: Part, hidden: Sequence[HiddenImage], answers: Sequence[Answer]
) -> StandInsHeard:
    """What the part's function says about stand-ins that is no class name; nothing where that
    tells no more of `answers`.
    """
    if not worth_hearing(session, answers):
        return StandInsHeard()
    limits = session.setup.assignment.limits
    session.clock = Clock(min(limits.diagnosis, session.clock.left))
    vocabulary = Vocabulary(part.classes)
    words: set[str] = set()
    failures: list[Failure] = []
    limit = limits.first_answer
    session.close()  # the next worker is given stand-ins alone; where it ends, none follows
    try:
        for given in part_stand_ins(part, hidden):
            if session.clock.left <= 0:
                break
            said = session.put_to(part, given, limit)
            if said.outcome != protocol.WORD or vocabulary.name(said.word) is None:
                words.add(said.word)
            if (
                said.outcome == protocol.RAISED
                and (failure := session.error_of_hidden()) is not None
            ):
                failures.append(failure)
            limit = limits.answer
    except WorkerEndedError:
        pass
    return StandInsHeard(frozenset(words), tuple(failures))


def part_stand_ins(part: Part, hidden: Sequence[HiddenImage]) -> list[NDArray[Any]]:
    """Inputs of ours as a worker is given them: images of the hidden ones' sizes, arrays of their
    shapes and kinds of numbers, texts that are always the same.
    """
    if part.inputs == "images":
        return [np.asarray(one) for one in stand_ins(hidden)]
    if part.inputs == "texts":
        return [np.frombuffer(text.encode(), np.uint8) for text in TEXTS]
    chosen = sorted(hidden, key=lambda one: one.id)[:LOOKED_AT]
    values = [value_of(part, one, "") for one in chosen]
    forms = dict.fromkeys((value.shape, value.dtype) for value in values)
    random = np.random.default_rng(0)
    return [
        (random.random(shape) * (1 if kind.kind == "f" else 100)).astype(kind)  # not all zeros
        for shape, kind in list(forms)[:MOST_FORMS]
    ]
