"""Putting the hidden images to a submission, one at a time, through hangs and crashes."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any, NamedTuple

from numpy.typing import NDArray

from grader.assignment import Part
from grader.evidence import Answer, Problem
from grader.examine.class_names import Vocabulary
from grader.examine.clock import Clock
from grader.examine.images import HiddenImage, pixels_of
from grader.examine.part_inputs import value_of
from grader.examine.replies import Failure
from grader.examine.session import Session
from grader.examine.worker_client import WorkerEndedError
from grader.sandbox.contract import Cause, End, Level
from grader.worker import protocol

Progress = Callable[[int, int], None]  # images answered, images in all

_PROBLEMS = {
    Cause.TIME: Problem.TIMEOUT,
    Cause.MEMORY: Problem.MEMORY,
}


_NEVER_BACK = (Problem.TIMEOUT, Problem.MEMORY, Problem.CRASHED, Problem.NOT_ASKED)


class EndReason(Enum):
    """Why images had no turn."""

    TIME = "time"  # the time for all of the submission was used up
    RESTARTS = "restarts"  # it had ended its process too often
    IMPORT = "import"  # it could not be imported again


class Predictions(NamedTuple):
    """What came of the hidden images.

    answers: by image id; those without a turn have `Problem.NOT_ASKED`.
    error: the exception of the first image for which the function raised.
    end: how the last worker ended that an image cost, or that could not import any more.
    stopped: why images had no turn, where some had none by the submission's doing.
    trouble: a fault of ours that stopped the asking.
    """

    answers: Mapping[str, Answer]
    error: Failure | None = None
    end: End | None = None
    stopped: EndReason | None = None
    trouble: Exception | None = None
    hung: Failure | None = None  # where it is when its time is over, for an image of ours
    # Told of all the words, where these are a copy without them; None: the answers show it.
    other_lab: bool | None = None  # whether the words are those of another lab's classes
    groups: bool | None = None  # the answers name groups of this lab's classes

    @property
    def any_came_back(self) -> bool:
        """Whether one call came back, with an answer or an exception."""
        return any(answer.problem not in _NEVER_BACK for answer in self.answers.values())


def ask_all(
    session: Session,
    images: Sequence[HiddenImage],
    kept: Mapping[str, Answer],
    progress: Progress,
) -> Predictions:
    """Put `images` in their order to the submission and validate every answer; those in `kept` were
    answered in an earlier run, and that counts.

    An image whose worker hangs or crashes has no valid answer; the submission is started anew and
    goes on with the next, `limits.restarts` times. An image whose worker was killed from outside is
    put again. Never raises: what goes wrong with us is in the result, with the answers so far.
    """
    return _asked(_Asking(session, images, kept), images, progress)


def ask_part(
    session: Session, part: Part, inputs: Sequence[HiddenImage], kept: Mapping[str, Answer]
) -> Predictions:
    """The same for the hidden inputs of another part, put to its own function in new workers."""
    session.close()
    return _asked(_AskingPart(session, part, inputs, kept), inputs, lambda done, total: None)


def _asked(asking: _Asking, images: Sequence[HiddenImage], progress: Progress) -> Predictions:
    trouble: Exception | None = None
    try:
        while asking.waiting and asking.stopped is None:
            asking.step()
            progress(len(images) - len(asking.waiting), len(images))
    except Exception as error:
        trouble = error
    answers = asking.answers
    for image in images:
        if image.id not in answers:
            answers[image.id] = _without(image, Problem.NOT_ASKED, "", 0.0)
    return Predictions(answers, asking.error, asking.end, asking.stopped, trouble)


class _Asking:
    """The asking in its course."""

    def __init__(
        self, session: Session, images: Sequence[HiddenImage], kept: Mapping[str, Answer]
    ) -> None:
        self.answers = dict(kept)
        self.waiting = deque(image for image in images if image.id not in kept)
        self.error: Failure | None = None
        self.end: End | None = None
        self.stopped: EndReason | None = None
        assignment = session.setup.assignment
        self._session, self._interface = session, assignment.interface
        self._limits, self._vocabulary = assignment.limits, Vocabulary(assignment.classes)
        self._restarts, self._first = assignment.limits.restarts, True

    def step(self) -> None:
        """One image more, or an end."""
        if self._session.clock.left <= 0:
            self.stopped = EndReason.TIME
        elif self._is_ready():
            self._put(self.waiting[0])

    def _is_ready(self) -> bool:
        try:
            if self._imports():
                return True
            self.stopped = EndReason.IMPORT
        except WorkerEndedError as ended:
            if ended.end.cause is not Cause.KILLED:
                self.stopped, self.end = EndReason.IMPORT, ended.end
        self._first = True
        return False

    def _imports(self) -> bool:
        return self._session.ready()

    def _put(self, image: HiddenImage) -> None:
        given = self._given(image)
        limit = self._limits.first_answer if self._first else self._limits.answer
        started, before = time.monotonic(), self._session.clock.waited
        try:
            said = self._say(given, limit)
        except WorkerEndedError as ended:
            self._ended(image, ended.end, time.monotonic() - started)
            return
        waited = self._session.clock.waited - before
        seconds, end = max(time.monotonic() - started - waited, 0.0), None
        if said.outcome == protocol.RAISED:
            end = self._why_raised()  # or it is our doing, and the image has had no turn
        self._answered(image, _answer(image, said, self._vocabulary, seconds))
        self._first = False
        if end is not None:
            self._started_anew(end)

    def _given(self, image: HiddenImage) -> NDArray[Any]:
        """What the function is called with."""
        return pixels_of(image, self._interface.channels)

    def _say(self, given: NDArray[Any], seconds: float) -> protocol.Answer:
        return self._session.put(given, seconds)

    def _why_raised(self) -> End | None:
        """Keep the first exception; how the worker ended, where that took the question for it.

        Raises SandboxUnavailableError where it comes of what this level of the sandbox refuses.
        """
        if self.error is None or self._session.setup.sandbox.level is Level.BASIC:
            try:
                error = self._session.error_of_hidden()
                self.error = self.error or error
            except WorkerEndedError as ended:
                return ended.end
        return None

    def _ended(self, image: HiddenImage, end: End, seconds: float) -> None:
        self._first = True
        if end.cause is Cause.KILLED:
            return  # not its doing: it is put again
        if self._session.clock.left <= 0:
            self.stopped = EndReason.TIME
            return
        problem = _PROBLEMS.get(end.cause, Problem.CRASHED)
        self._answered(image, _without(image, problem, "", seconds))
        self._started_anew(end)

    def _answered(self, image: HiddenImage, answer: Answer) -> None:
        self.answers[image.id] = answer
        self.waiting.popleft()

    def _started_anew(self, end: End) -> None:
        """Count a worker that the submission has ended."""
        self._first = True
        if end.cause is Cause.KILLED:
            return
        self.end = end
        if self._restarts == 0 and self.waiting:
            self.stopped = EndReason.RESTARTS
        self._restarts -= 1


class _AskingPart(_Asking):
    """The asking of another part: its own function, inputs and classes."""

    def __init__(
        self,
        session: Session,
        part: Part,
        inputs: Sequence[HiddenImage],
        kept: Mapping[str, Answer],
    ) -> None:
        super().__init__(session, inputs, kept)
        self._part, self._vocabulary = part, Vocabulary(part.classes)

    def _imports(self) -> bool:
        if not self._session.alive:
            self._session.load()  # where the function is not there, each call says so
        return True

    def _given(self, image: HiddenImage) -> NDArray[Any]:
        return value_of(self._part, image, self._interface.channels)

    def _say(self, given: NDArray[Any], seconds: float) -> protocol.Answer:
        return self._session.put_to(self._part, given, seconds)


def ask_again(
    session: Session, images: Sequence[HiddenImage], channels: str, clock: Clock
) -> dict[str, str | None]:
    """The valid answers to `images` in the order `channels`, for a diagnosis: by image id. Images
    that have no turn before the clock runs out are not in it.

    Raises WorkerEndedError.
    """
    assignment = session.setup.assignment
    vocabulary = Vocabulary(assignment.classes)
    answers = {}
    limit = assignment.limits.answer if session.alive else assignment.limits.first_answer
    for image in images:
        if clock.left <= 0:
            break
        said = session.put(pixels_of(image, channels), limit)
        answers[image.id] = vocabulary.name(said.word) if said.outcome == protocol.WORD else None
        limit = assignment.limits.answer
    return answers


def _answer(
    image: HiddenImage, said: protocol.Answer, vocabulary: Vocabulary, seconds: float
) -> Answer:
    if said.outcome == protocol.WRONG_TYPE:
        return _without(image, Problem.WRONG_TYPE, said.word, seconds)
    if said.outcome == protocol.RAISED:
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
