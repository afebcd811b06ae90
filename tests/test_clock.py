"""A submission's clock stands still while it waits for a processor, and not for ever."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.examine.clock import Clock

SECONDS = st.floats(0, 100)


class Wall:
    now = 0.0


@pytest.fixture(scope="module", autouse=True)
def wall() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("time.monotonic", lambda: Wall.now)
        yield


@given(st.floats(0.1, 100), st.lists(st.tuples(SECONDS, SECONDS), max_size=8))
def test_what_was_waited_does_not_count_up_to_the_length_once_more(
    total: float, steps: list[tuple[float, float]]
) -> None:
    clock, ran, waited = Clock(total), 0.0, 0.0
    for run, wait in steps:
        Wall.now += run + wait
        clock.wait(wait)
        ran, waited = ran + run, waited + wait
    left = total + min(waited, total) - ran - waited
    assert clock.left == pytest.approx(max(left, 0), abs=1e-6)


def test_a_part_stands_still_with_the_whole() -> None:
    whole = Clock(100)
    whole.wait(50)
    part = whole.part(10)
    assert part.left == 10
    Wall.now += 8
    whole.wait(6)
    assert part.left == pytest.approx(8)
    assert whole.part(1000).left == pytest.approx(whole.left)
