"""How much proof a change needs before it is called a cause."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from grader.examine import replaying
from grader.examine.clock import Clock
from grader.examine.images import HiddenImage
from grader.examine.remedies import Remedy
from grader.examine.replaying import Replayer
from grader.examine.replies import ReplayReport
from grader.examine.session import Session
from grader.examine.taken_class import LARGEST
from grader.worker import protocol
from tests import make

CORRECT = 60  # of 130


def mended(
    monkeypatch: pytest.MonkeyPatch, remedy: Remedy, gained: int, lost: int
) -> tuple[str, int] | None:
    """What is told of a remedy that makes `gained` wrong answers right, and `lost` right ones
    wrong: its code, and how many are right then.
    """
    answers = {answer.image: answer for answer in make.answers(CORRECT)}
    order = [HiddenImage(name, one.truth, make.ROOT) for name, one in answers.items()]
    wrong = [image.id for image in order if not answers[image.id].correct]
    right = [image.id for image in order if answers[image.id].correct]
    good = {*wrong[:gained], *right[: len(right) - lost]}
    names = list(make.assignment().names)

    def replay(image: HiddenImage, steps: Any, seconds: float) -> ReplayReport:
        other = names[names.index(image.truth) - 1]
        word = image.truth if image.id in good else other
        if remedy.code == LARGEST:
            return ReplayReport(outcome=protocol.WORD, word=other, largest=names.index(word))
        return ReplayReport(outcome=protocol.WORD, word=word)

    monkeypatch.setattr(replaying, "pixels_of", lambda image, channels: image)
    session = SimpleNamespace(
        setup=SimpleNamespace(assignment=make.assignment()),
        replay=replay,
        alive=True,
        close=lambda: None,
    )
    replayer = Replayer(cast(Session, session), order, answers, Clock(60))
    found = replayer.mended_by([remedy])
    return (found[0].remedies[0].code, found[0].correct) if found else None


@pytest.mark.parametrize("shown", [True, False])
@pytest.mark.parametrize("code", ["values-wrapped", "training-mode", "pixel-scale"])
def test_what_nobody_means_to_do_needs_less_proof_where_it_is_seen(
    monkeypatch: pytest.MonkeyPatch, code: str, shown: bool
) -> None:
    remedy = Remedy(code, ({"kind": "scale"},), {}, shown)
    slip = code != "pixel-scale" and shown
    assert mended(monkeypatch, remedy, 8, 1) == ((code, 67) if slip else None)  # p = 0.02
    assert mended(monkeypatch, remedy, 20, 1) == (code, 79)
    assert mended(monkeypatch, remedy, 8, 4) is None


def test_the_largest_output_stands_in_for_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    remedy = Remedy(LARGEST, (), {}, shown=True)
    assert mended(monkeypatch, remedy, 40, 0) == (LARGEST, 100)
    assert mended(monkeypatch, remedy, 2, 0) is None
