"""The wrong answers as pictures, each with what the model says of the other order of channels:
for staff, and for students on their own public images.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from grader.evidence import Answer, Problem
from grader.report.thumbnails import Thumbnails

MAX_PICTURES: Final = 60  # wrong answers shown as pictures; the others are in the list


class WrongAnswer(NamedTuple):
    """A wrong answer as the gallery shows it."""

    image: str
    truth: str
    answer: str | None
    said: str
    problem: str
    other: str | None  # answer in the other order of channels: None where not asked, "" not valid
    picture: str  # data URI


class OtherOrder(NamedTuple):
    """What the other order of channels would change, over the images that were asked so."""

    channels: str
    asked: int
    gained: int  # wrong answers that would be right
    lost: int  # right answers that would be wrong


class Gallery(NamedTuple):
    """The first MAX_PICTURES of `total` wrong answers; images that were not asked are counted,
    as nothing was answered to them.
    """

    total: int
    not_asked: int
    cards: tuple[WrongAnswer, ...]
    other: OtherOrder | None  # None where it was not asked

    @property
    def left(self) -> int:
        """How many are not shown."""
        return self.total - len(self.cards)


def gallery(answers: Sequence[Answer], channels: str, thumbnails: Thumbnails) -> Gallery:
    """The gallery of `answers`, which were given to images in the order `channels`."""
    asked = [answer for answer in answers if answer.problem is not Problem.NOT_ASKED]
    wrong = [answer for answer in asked if not answer.correct]
    return Gallery(
        len(wrong),
        len(answers) - len(asked),
        tuple(
            WrongAnswer(
                image=answer.image,
                truth=answer.truth,
                answer=answer.answer,
                said=answer.said,
                problem=answer.problem.value if answer.problem else "",
                other=answer.other,
                picture=thumbnails.get(answer.image),
            )
            for answer in wrong[:MAX_PICTURES]
        ),
        _other_order(answers, channels[::-1]),
    )


def _other_order(answers: Sequence[Answer], channels: str) -> OtherOrder | None:
    asked = [answer for answer in answers if answer.other is not None]
    if not asked:
        return None
    return OtherOrder(
        channels,
        len(asked),
        gained=sum(a.other == a.truth and not a.correct for a in asked),
        lost=sum(a.other != a.truth and a.correct for a in asked),
    )
