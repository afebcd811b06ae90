"""Putting the hidden images to a hand-in, one at a time, through hangs and crashes."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from grader.evidence import Answer, Problem
from grader.examine.conversation import ConversationEndedError
from grader.examine.images import HiddenImage, pixels_of
from grader.examine.replies import Failure
from grader.examine.session import Clock, Session
from grader.examine.words import Vocabulary
from grader.sandbox.contract import Cause, End
from grader.worker import frames

Progress = Callable[[int, int], None]  # images answered, images in all

_PROBLEMS = {
    Cause.TIME: Problem.TIMEOUT,
    Cause.MEMORY: Problem.MEMORY,
}


@dataclass
class Predictions:
    """What came of the hidden images. `end` is set where a worker's end stopped the asking."""

    answers: dict[str, Answer] = field(default_factory=dict)  # by image id
    error: Failure | None = None  # of the first image for which the function raised
    end: End | None = None
    out_of_time: bool = False  # the time for the whole hand-in was used up

    def keep_other(self, other: Mapping[str, str | None]) -> None:
        """Put what was answered with the channels in the `other` order beside the answers."""
        for image, word in other.items():
            answer = self.answers[image]
            self.answers[image] = answer.model_copy(update={"other": word or ""})


def ask_all(session: Session, images: Sequence[HiddenImage], progress: Progress) -> Predictions:
    """Put `images` in their order to the hand-in and validate every answer.

    An image whose worker hangs or crashes has no valid answer; the hand-in is started anew and
    goes on with the next, `limits.restarts` times, unless it got nowhere since the last start.
    Images that had no turn are in the result with `Problem.NOT_ASKED`.
    """
    predictions = Predictions()
    limits = session.setup.assignment.limits
    vocabulary = Vocabulary(session.setup.assignment.classes)
    restarts, first = limits.restarts, True
    for number, image in enumerate(images):
        if session.clock.left <= 0:
            predictions.out_of_time = True
            break
        pixels = pixels_of(image, session.setup.assignment.interface.channels)
        limit = limits.first_answer if first else limits.answer
        started = time.monotonic()
        try:
            said = session.predict(pixels, limit)
            if said.outcome == frames.RAISED and predictions.error is None:
                predictions.error = session.last_error()
        except ConversationEndedError as ended:
            predictions.end = ended.end
            if session.clock.left <= 0:
                predictions.out_of_time = True
                break
            problem = _PROBLEMS.get(ended.end.cause, Problem.CRASHED)
            seconds = time.monotonic() - started
            predictions.answers[image.id] = _without(image, problem, "", seconds)
            if first or restarts == 0 or not _restart(session, predictions):
                break
            restarts, first, predictions.end = restarts - 1, True, None
            continue
        seconds = time.monotonic() - started
        predictions.answers[image.id] = _answer(image, said, vocabulary, seconds)
        first = False
        progress(number + 1, len(images))
    for image in images:
        if image.id not in predictions.answers:
            predictions.answers[image.id] = _without(image, Problem.NOT_ASKED, "", 0.0)
    return predictions


def ask_again(
    session: Session, images: Sequence[HiddenImage], channels: str, clock: Clock
) -> dict[str, str | None]:
    """The valid answers to `images` in the order `channels`, for a diagnosis: by image id. Images
    that have no turn before the clock runs out are not in it.

    Raises ConversationEndedError.
    """
    assignment = session.setup.assignment
    vocabulary = Vocabulary(assignment.classes)
    answers = {}
    for image in images:
        if clock.left <= 0:
            break
        said = session.predict(pixels_of(image, channels), assignment.limits.answer)
        answers[image.id] = vocabulary.name(said.word) if said.outcome == frames.WORD else None
    return answers


def _restart(session: Session, predictions: Predictions) -> bool:
    """Start the hand-in anew; False where it now fails to load."""
    try:
        return session.load().function
    except ConversationEndedError as ended:
        predictions.end = ended.end
        return False


def _answer(
    image: HiddenImage, said: frames.Answer, vocabulary: Vocabulary, seconds: float
) -> Answer:
    if said.outcome == frames.WRONG_TYPE:
        return _without(image, Problem.WRONG_TYPE, said.word, seconds)
    if said.outcome == frames.RAISED:
        return _without(image, Problem.RAISED, said.word, seconds)
    name = vocabulary.name(said.word)
    if name is None:
        return _without(image, Problem.UNKNOWN_CLASS, said.word, seconds)
    return Answer(image=image.id, truth=image.truth, answer=name, seconds=round(seconds, 4))


def _without(image: HiddenImage, problem: Problem, said: str, seconds: float) -> Answer:
    return Answer(
        image=image.id,
        truth=image.truth,
        answer=None,
        said=said,
        problem=problem,
        seconds=round(seconds, 4),
    )
