"""When a deadline passes: never before its time, never later than patience lets it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.sandbox.deadline import MAX_EXTENSION, Deadline, Thread, Times

MAIN, OTHER, THIRD = Thread(1, 1), Thread(1, 2), Thread(1, 3)


class Clock:
    """A clock, and a thread that waits for a share of the time from now on, among others."""

    def __init__(self, share: float, before: float) -> None:
        self.now, self._share, self._before = 0.0, share, before

    def threads(self) -> dict[Thread, Times]:
        before, waited = self._before, self._share * self.now
        worker = Times(before + self.now - waited, before + waited)
        looking = Times(before + 0.9 * worker.ran, self.now)  # for work, again and again
        return {OTHER: worker, THIRD: looking, MAIN: Times(0, before)}


@given(st.floats(0.1, 100), st.floats(0, 0.95), st.floats(0, 1000))
def test_it_moves_by_what_was_waited(seconds: float, share: float, before: float) -> None:
    with pytest.MonkeyPatch.context() as patch:
        clock = Clock(share, before)
        patch.setattr("time.monotonic", lambda: clock.now)
        one, step = Deadline(seconds), seconds / 50
        while not one.passed(clock.threads):
            clock.now += min(step, max(one.next_look, step / 100))
            assert clock.now < (1 + MAX_EXTENSION) * seconds + 2 * step, "it never passes"
    expected = min(1 / (1 - share), 1 + MAX_EXTENSION) * seconds
    assert seconds <= clock.now <= expected + 2 * step
    if share > 0.6:
        assert clock.now >= 1.9 * seconds
    if share == 0:
        assert clock.now <= seconds + step


def test_where_nobody_tells_what_is_waited_it_is_the_clock() -> None:
    assert Deadline(0).passed(dict)
    assert not Deadline(60).passed(dict)


def test_threads_that_are_new_count_since_their_start_and_those_that_ended_not() -> None:
    with pytest.MonkeyPatch.context() as patch:
        now = 0.0
        patch.setattr("time.monotonic", lambda: now)
        one = Deadline(10)
        now = 5.0
        assert not one.passed(lambda: {OTHER: Times(50, 100)})
        now = 10.0
        assert not one.passed(lambda: {THIRD: Times(2, 3)})
        assert one.next_look == 3.0


STRETCHES = st.lists(st.tuples(st.floats(0.5, 20), st.floats(0, 0.95)), min_size=1, max_size=6)


@given(st.floats(10, 100), STRETCHES)
def test_a_worker_that_counts_what_its_main_thread_waits_is_never_ended_before_its_own_limit(
    seconds: float, stretches: list[tuple[float, float]]
) -> None:
    """Whatever ran most: a pool of threads may, and need not have waited."""
    own = seconds - 3  # as a worker is told to stop an import
    with pytest.MonkeyPatch.context() as patch:
        now = waited = 0.0
        patch.setattr("time.monotonic", lambda: now)
        one = Deadline(seconds, {})
        for length, share in [*stretches, (1000, 0)]:
            for _ in range(20):
                now += length / 20
                waited += share * length / 20
                threads = {MAIN: Times(0.5 * (now - waited), waited), OTHER: Times(now, 0)}
                if one.passed(lambda told=threads: told):  # type: ignore[misc]
                    assert now >= own + min(waited, MAX_EXTENSION * own)
                    return
    raise AssertionError("it never passes")
