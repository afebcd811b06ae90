"""What is asked while looking on: the dear parts only where they can tell something."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from grader.examine import observing
from grader.examine.clock import Clock
from grader.examine.replies import NormalisationsReport, ObservedReport, Swallowed
from grader.examine.session import Session
from tests import make


@pytest.mark.parametrize(("swallows", "traced"), [(False, 1), (True, observing.SPOT_IMAGES)])
def test_lines_are_traced_until_an_image_swallows_no_exception(
    monkeypatch: pytest.MonkeyPatch, swallows: bool, traced: int
) -> None:
    asked: list[bool] = []

    def look(image: Any, seconds: float, *, exceptions: bool = False) -> Any:
        asked.append(exceptions)
        found = [Swallowed(type="ValueError")] if exceptions and swallows else []
        return ObservedReport(swallowed=found), np.zeros((3, 4, 4), np.float32)

    spots = [np.zeros((8, 8, 3), np.uint8)] * (observing.SPOT_IMAGES + 1)
    monkeypatch.setattr(observing, "stand_ins", lambda hidden: spots)
    session = SimpleNamespace(
        setup=SimpleNamespace(assignment=make.assignment()),
        look=look,
        normalisations=lambda image, seconds: (NormalisationsReport(), None),
    )
    looked = observing.observe(cast(Session, session), [], Clock(9))
    assert len(asked) > 10 and sum(asked) == traced
    assert all(report.swallowed for report in looked.spots) is swallows
