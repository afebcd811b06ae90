"""Asking more once every hidden image has had its turn: what can explain the answers.

Everybody is asked the same, in the worker that answered, whatever the answers are. What follows
from the answers to that is asked in a worker that is started for it. How this goes changes no
mark.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grader.assignment import Assignment
from grader.evidence import Answer
from grader.examine.clock import Clock
from grader.examine.images import HiddenImage, pixels_of
from grader.examine.predicting import ask_again
from grader.examine.session import Session
from grader.examine.worker_client import WorkerEndedError
from grader.sandbox.contract import Cause
from grader.scoring.counts import needed

IMAGES_ASKED_TWICE = (
    8  # images that are put a second time, the last of them first: what counts calls is found
)
MORE_ASKED_TWICE = (
    24  # after those, where the answers are near the edge: chance decides marks there
)
NEAR_THE_EDGE = 10  # per cent below full marks
EDGE_SHARE = 1 / 3  # of the time that is left: the causes need the rest
ALONE = 3  # images that are put in workers of their own, each so many times: a state shows
SWAPPED = 13  # that are put with the channels in the other order
LOOKED_INTO = 5  # images whose answers' numbers are looked at
NO_OUTPUTS: NDArray[np.float32] = np.empty((0, 0), np.float32)


class FollowUp(NamedTuple):
    """What more questions gave: class names and numbers, no words.

    again: the second answers, of more images where points are lost near the edge. other: those with
    the channels in the other order, of a part of the images, and of all where that part reads
    better. alone: the answers to images that were put alone, where each was the same every time.
    outputs: the numbers behind some answers, (N, classes). cut: the submission ended its
    process, so that more could not be asked.
    """

    again: Mapping[str, str | None] = {}
    other: Mapping[str, str | None] = {}
    alone: Mapping[str, str | None] = {}
    outputs: NDArray[np.float32] = NO_OUTPUTS
    cut: bool = False


def ask_more(
    session: Session, order: Sequence[HiddenImage], answers: Mapping[str, Answer], clock: Clock
) -> FollowUp:
    """Put images again until `clock` runs out; `order` is that of the first time."""
    assignment = session.setup.assignment
    channels = assignment.interface.channels
    asked = FollowUp()
    try:
        asked = asked._replace(
            again=ask_again(session, order[:IMAGES_ASKED_TWICE][::-1], channels, clock)
        )
        part = ask_again(session, order[:SWAPPED], channels[::-1], clock)
        asked = asked._replace(other=part)
        asked = asked._replace(outputs=_outputs(session, order, clock))
    except WorkerEndedError as ended:
        return asked._replace(cut=ended.end.cause is not Cause.KILLED)
    if _has_full_marks(answers, assignment):
        return asked
    # The rest follows from the answers: a worker that is started for it is asked.
    try:
        if _near_the_edge(answers, assignment):
            session.close()
            more = order[IMAGES_ASKED_TWICE : IMAGES_ASKED_TWICE + MORE_ASKED_TWICE]
            # The other way round: a new worker draws the same numbers at random in the same order.
            again = ask_again(session, more[::-1], channels, clock.part(EDGE_SHARE * clock.left))
            asked = asked._replace(again={**asked.again, **again})
        if _reads_better(part, answers):
            session.close()
            rest = ask_again(session, order[SWAPPED:], channels[::-1], clock)
            asked = asked._replace(other={**part, **rest})
        elif _mostly_wrong(answers):
            asked = asked._replace(alone=_alone(session, order, channels, clock))
    except WorkerEndedError:
        pass
    return asked


def _alone(
    session: Session, order: Sequence[HiddenImage], channels: str, clock: Clock
) -> dict[str, str | None]:
    """The answers to the images that came last, each in a worker of its own; none where one of them
    got several, as there chance decides.
    """
    steady = {}
    for image in order[-ALONE:]:
        session.close()
        words = [ask_again(session, [image], channels, clock).get(image.id) for _ in range(ALONE)]
        if None in words or len(set(words)) > 1:
            return {}
        steady[image.id] = words[0]
    session.close()
    return steady


def _mostly_wrong(answers: Mapping[str, Answer]) -> bool:
    return 2 * sum(answer.correct for answer in answers.values()) < len(answers)


def _reads_better(part: Mapping[str, str | None], answers: Mapping[str, Answer]) -> bool:
    now = sum(answers[image].correct for image in part)
    return sum(word == answers[image].truth for image, word in part.items()) > now


def _near_the_edge(answers: Mapping[str, Answer], assignment: Assignment) -> bool:
    correct = sum(answer.correct for answer in answers.values())
    near = max(assignment.policy.full_at - NEAR_THE_EDGE, 0)
    return correct >= needed(near, len(answers))


def _has_full_marks(answers: Mapping[str, Answer], assignment: Assignment) -> bool:
    correct = sum(answer.correct for answer in answers.values())
    return correct >= needed(assignment.policy.full_at, len(answers))


def _outputs(session: Session, order: Sequence[HiddenImage], clock: Clock) -> NDArray[np.float32]:
    """The numbers behind some answers, (N, classes); none for very few images, such as those of a
    self-check.
    """
    assignment = session.setup.assignment
    found = []
    for image in order[:LOOKED_INTO] if len(order) >= 2 * LOOKED_INTO else ():
        if clock.left <= 0:
            break
        pixels = pixels_of(image, assignment.interface.channels)
        found.append(session.reconsider(pixels, assignment.limits.answer))
    rows = [rows for rows in found if rows is not None and rows.size]
    fitting = [each for each in rows if each.ndim == 2 and each.shape[1] == len(assignment.classes)]
    return np.concatenate(fitting).astype(np.float32) if fitting else NO_OUTPUTS
