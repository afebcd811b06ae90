"""Which change on the way into the network makes more answers right: tried on a part of the hidden
images, confirmed by all of them.

All of it is asked in a worker that was started for it, whose end changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from grader.evidence import Answer
from grader.examine.class_names import Vocabulary
from grader.examine.clock import Clock
from grader.examine.images import HiddenImage, pixels_of
from grader.examine.remedies import Remedy
from grader.examine.replies import ReplayReport
from grader.examine.session import Session
from grader.examine.taken_class import LARGEST
from grader.examine.worker_client import WorkerEndedError
from grader.scoring.counts import clearly_more, needed
from grader.worker import protocol

SAMPLE_IMAGES = 12  # images that decide what is worth putting to all
SAMPLE_RIGHT_IMAGES = 3  # of them, that are right without a change
MIN_SAMPLE_GAIN = (
    2  # right answers more in the part that make a change worth it, where no probe shows it
)
NEARLY_ALL = 0.9  # of the part, after which nothing else of the kind is tried either
SHARE_TO_CONFIRM = 0.4  # of the time, kept for that where something is worth it
DECISIVE = 0.7  # of the part that a change makes right, after which no other kind is tried
EQUAL_WITHIN_IMAGES = 1  # right answers of the part by which two changes count as equally good
SIGNIFICANCE_LEVEL = (
    0.01  # of the exact test over all images, divided by the number of changes tried
)
LEVEL_OF_SLIPS = 0.05  # of one question about what a probe shows and nobody means to do
SLIPS = ("training-mode", "axes-reshaped", "values-wrapped")
LEAST_SHARE = 0.03  # of the images that have to be gained
MOST_CONFIRMED = 3  # changes that are put to all images
TIMES_THE_ANSWERS = 3  # that looking and replays may take, of the time of import and answers

ANEW = (  # codes of remedies that make the image anew, whatever has entered
    *("image-size", "image-cut", "image-detail", "image-padded", "random-input"),
    *("values-rounded", "values-changed", "colours-changed"),
)

Words = Mapping[str, str | None]  # image id -> class name


class ConfirmedRemedy(NamedTuple):
    """Remedies that together make `correct` answers right; `before` of `total` are without the
    last of them.
    """

    remedies: tuple[Remedy, ...]
    before: int
    correct: int
    total: int


class Replayer:
    """Puts hidden images with changes to the submission, and remembers what it was told."""

    def __init__(
        self,
        session: Session,
        order: Sequence[HiddenImage],
        answers: Mapping[str, Answer],
        clock: Clock,
    ) -> None:
        self._session, self._order, self._answers, self._clock = session, order, answers, clock
        self._vocabulary = Vocabulary(session.setup.assignment.classes)
        self._words: dict[tuple[int, ...], dict[str, str | None]] = {}
        self._settled: bool | None = None  # whether the worker's network was put to evaluation
        self.tried = 0

    def mended_by(self, remedies: Sequence[Remedy]) -> list[ConfirmedRemedy]:
        """The remedy that makes clearly more answers right, then one more beside it where the two
        do clearly better still. Empty where none does, the submission ends its process, or the time
        is over.
        """
        found: list[ConfirmedRemedy] = []
        try:
            single = self._alone(remedies)
            if single is None:
                single = self._best(_together(remedies), (), self._answered())
            if single is None:
                return found
            found.append(single[0])
            full = needed(self._session.setup.assignment.policy.full_at, len(self._order))
            if single[0].correct >= full:
                return found
            first = single[0].remedies
            others = [(*first, each) for each in remedies if _may_follow(each, first)]
            pair = self._best(others, first, single[1])
            if pair is not None:
                found.append(pair[0])
        except WorkerEndedError:
            pass
        return found

    def _alone(self, remedies: Sequence[Remedy]) -> tuple[ConfirmedRemedy, Words] | None:
        """One remedy; evaluation mode first, since a network in training mode changes with every
        image that it is given.
        """
        modes = [(each,) for each in remedies if each.code == "training-mode"]
        others = [(each,) for each in remedies if each.code != "training-mode"]
        now = self._answered()
        return (self._best(modes, (), now) if modes else None) or self._best(others, (), now)

    def _answered(self) -> Words:
        return {image.id: self._answers[image.id].answer for image in self._order}

    def _best(
        self, choices: Sequence[tuple[Remedy, ...]], first: tuple[Remedy, ...], now: Words
    ) -> tuple[ConfirmedRemedy, Words] | None:
        part = self._part(now)
        base = self._right(now, part)
        scores: list[int] = []
        for number, choice in enumerate(choices):
            worth_it = bool(scores) and max(scores) >= base + MIN_SAMPLE_GAIN
            if self._clock.left <= (SHARE_TO_CONFIRM * self._clock.total if worth_it else 0):
                break
            self.tried += 1
            scores.append(self._right(self._put(choice, part), part))
            following = choices[number + 1][-1].code if number + 1 < len(choices) else ""
            group_ends = choice[-1].shown or following != choice[-1].code
            enough = max(scores) >= max(base + MIN_SAMPLE_GAIN, DECISIVE * len(part))
            if enough and (group_ends or scores[-1] >= NEARLY_ALL * len(part)):
                break  # it explains enough: the time is for confirming it
        half = self._order[: len(self._order) // 2]
        for choice in _worth_all(choices, scores, base, len(part), len(first)):
            if self._right(self._put(choice, half), half) <= self._right(now, half):
                continue  # the other half will not make a clear gain of none
            then = self._put(choice, self._order)
            shown = all(each.shown for each in choice[len(first) :])
            level = SIGNIFICANCE_LEVEL if shown else SIGNIFICANCE_LEVEL / self.tried
            if shown and all(each.code in SLIPS for each in choice[len(first) :]):
                level = LEVEL_OF_SLIPS
            if len(then) == len(self._order) and self._clearly_better(now, then, level):
                before, correct = self._right(now, self._order), self._right(then, self._order)
                return ConfirmedRemedy(choice, before, correct, len(self._order)), then
        return None

    def _part(self, now: Words) -> list[HiddenImage]:
        """Mostly images that are wrong now, as they show a gain, and some that are right."""
        wrong = [image for image in self._order if now[image.id] != image.truth]
        right = [image for image in self._order if now[image.id] == image.truth]
        return [*wrong[: SAMPLE_IMAGES - SAMPLE_RIGHT_IMAGES], *right[:SAMPLE_RIGHT_IMAGES]]

    def _put(self, choice: tuple[Remedy, ...], images: Iterable[HiddenImage]) -> Words:
        """The answers with the steps of `choice`: those that time allows."""
        assignment = self._session.setup.assignment
        steps = [step for remedy in choice for step in remedy.steps]
        known = self._words.setdefault(tuple(map(id, choice)), {})
        settled = any(remedy.code == "training-mode" for remedy in choice)
        by_output = any(remedy.code == LARGEST for remedy in choice)
        if self._settled is not None and settled is not self._settled:
            self._session.close()  # the other mode leaves its traces in a network
        self._settled = settled
        for image in images:
            if image.id in known:
                continue
            if self._clock.left <= 0:
                break
            limit = assignment.limits.answer
            if not self._session.alive:
                limit = assignment.limits.first_answer
            pixels = pixels_of(image, assignment.interface.channels)
            said = self._session.replay(pixels, steps, min(limit, self._clock.left))
            known[image.id] = self._by_output(said) if by_output else self._by_word(said)
        return dict(known)

    def _by_word(self, said: ReplayReport) -> str | None:
        return self._vocabulary.name(said.word) if said.outcome == protocol.WORD else None

    def _by_output(self, said: ReplayReport) -> str | None:
        classes = self._session.setup.assignment.classes
        if said.largest is None or said.largest >= len(classes):
            return None
        return classes[said.largest].en

    def _right(self, words: Words, images: Sequence[HiddenImage]) -> int:
        return sum(words.get(image.id) == image.truth for image in images)

    def _clearly_better(self, now: Words, then: Words, level: float) -> bool:
        """McNemar's exact one-sided test. What a probe shows is one question; of changes that
        nothing speaks for, all that were tried divide the level (Holm's first step). A gain of a
        few images is none.
        """
        pairs = [(now[i.id] == i.truth, then[i.id] == i.truth) for i in self._order]
        gained = sum(after and not before for before, after in pairs)
        lost = sum(before and not after for before, after in pairs)
        if gained - lost < LEAST_SHARE * len(pairs):
            return False
        return clearly_more(gained, gained + lost, level)


def _worth_all(
    choices: Sequence[tuple[Remedy, ...]],
    scores: Sequence[int],
    base: int,
    part: int,
    first: int,
) -> list[tuple[Remedy, ...]]:
    """The choices that are worth all images: what a probe shows, unless it makes fewer of the part
    right, then by how many of it they make right. Of those about as good the likelier comes first.
    """
    worth = []
    tried = zip(choices, scores, strict=False)  # the time may end before the choices
    for number, (choice, score) in enumerate(tried):
        shown = all(each.shown for each in choice[first:])
        if score and score >= base + (0 if shown else min(MIN_SAMPLE_GAIN, part - base)):
            worth.append((not shown, max(scores) - score > EQUAL_WITHIN_IMAGES, number, choice))
    return [choice for *_, choice in sorted(worth, key=lambda each: each[:3])][:MOST_CONFIRMED]


def _together(remedies: Sequence[Remedy]) -> list[tuple[Remedy, ...]]:
    """All that probes show at once, alone and with each scale of values; and evaluation mode with
    each.
    """
    shown = tuple(each for each in remedies if each.shown and each.code not in ANEW)
    codes = {each.code for each in shown}
    scales = [each for each in remedies if each.code == "pixel-scale" and each.code not in codes]
    if not shown:
        return []
    alone = [shown] if len(shown) > 1 else []
    return alone + [(*shown, scale) for scale in scales]


def _may_follow(remedy: Remedy, first: tuple[Remedy, ...]) -> bool:
    """Whether a remedy says anything new beside `first`: steps that make the image anew undo those
    before, and come first themselves.
    """
    codes = {each.code for each in first}
    if remedy.code in codes or remedy.code in ANEW:
        return False
    return not (codes & set(ANEW) and remedy.code.startswith(("axes-", "image-")))
