"""What is asked again once every image has had its turn."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from grader.examine import follow_up
from grader.examine.clock import Clock
from grader.examine.follow_up import IMAGES_ASKED_TWICE, MORE_ASKED_TWICE, ask_more
from grader.examine.images import HiddenImage
from grader.examine.session import Session
from tests import make

EDGE = 105  # of 130, where 111 are full marks


@pytest.mark.parametrize(("correct", "more"), [(EDGE, MORE_ASKED_TWICE), (70, 0), (120, 0)])
def test_more_images_are_put_twice_near_the_edge_by_a_new_worker_in_another_order(
    monkeypatch: pytest.MonkeyPatch, correct: int, more: int
) -> None:
    answers = {answer.image: answer for answer in make.answers(correct)}
    order = [HiddenImage(name, one.truth, make.ROOT) for name, one in answers.items()]
    closed: list[int] = []
    put: list[list[str]] = []

    def ask_again(session: Any, images: Any, channels: str, clock: Clock) -> dict[str, str]:
        put.append([image.id for image in images])
        return {image.id: image.truth for image in images} if channels == "BGR" else {}

    monkeypatch.setattr(follow_up, "ask_again", ask_again)
    monkeypatch.setattr(follow_up, "_outputs", lambda *rest: follow_up.NO_OUTPUTS)
    session = SimpleNamespace(
        setup=SimpleNamespace(assignment=make.assignment()), close=lambda: closed.append(len(put))
    )
    asked = ask_more(cast(Session, session), order, answers, Clock(9))
    assert len(asked.again) == IMAGES_ASKED_TWICE + more
    assert closed == ([2] if more else [])
    if more:
        names = [image.id for image in order]
        assert put[-1] == names[IMAGES_ASKED_TWICE : IMAGES_ASKED_TWICE + more][::-1]
