"""What every sandbox promises on a machine whose processors others keep busy."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from grader.sandbox import deadline
from grader.sandbox.contract import Cause
from tests.sandbox.trial import Stand

PASSING = 30.0  # seconds, after which what should have come is taken for lost


@pytest.fixture
def busy() -> Iterator[None]:
    """Three programs that never rest, on the one processor that this thread may use."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    endless = [sys.executable, "-c", "while True: pass"]
    # Sessions of their own, as some kernels share a processor out among sessions.
    rivals = [subprocess.Popen(endless, start_new_session=True) for _ in range(4)]
    yield
    for rival in rivals:
        rival.kill()
        rival.wait()
    os.sched_setaffinity(0, before)


def test_a_box_keeps_to_the_processors_that_it_was_given(stand: Stand, busy: None) -> None:
    answer = stand.ask(
        """
        os.sched_setaffinity(0, range(os.cpu_count()))
        thread = threading.Thread(target=lambda: os.sched_setaffinity(0, range(os.cpu_count())))
        thread.start(); thread.join()
        say(sorted(os.sched_getaffinity(0)))
        """
    )
    assert answer == f"{sorted(os.sched_getaffinity(0))}\n", "it asks, and nothing comes of it"


def test_time_without_a_processor_does_not_count(
    stand: Stand, busy: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deadline, "MAX_EXTENSION", 30)  # whatever else this machine does
    box = stand.start(
        """
        sys.stdin.read(1)
        until = time.process_time() + 0.5
        while time.process_time() < until: pass
        say("done")
        """
    )
    begun = time.monotonic()
    box.deadline(1.0)
    box.stdin.write(b"x")
    box.stdin.close()
    assert box.stdout.readline() == b"done\n"
    assert time.monotonic() - begun > 1.0, "there was nothing to wait for"
    box.deadline(None)
    assert box.end().cause in (Cause.CLOSED, Cause.EXITED)


def test_who_never_answers_has_no_more_than_patience_gives(stand: Stand, busy: None) -> None:
    box = stand.start("while True: pass")
    begun = time.monotonic()
    box.deadline(0.4)
    assert box.stdout.read(16) == b""
    assert box.end().cause is Cause.TIME
    assert time.monotonic() - begun < (1 + deadline.MAX_EXTENSION) * 0.4 + PASSING


def test_a_first_deadline_knows_what_was_waited_before_anyone_looked(
    stand: Stand, busy: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deadline, "UNHURRIED", 0.9)  # of a time in which a framework is imported
    box = stand.start("while True: pass")
    begun = time.monotonic()
    box.deadline(1.0)
    assert box.stdout.read(16) == b""
    assert box.end().cause is Cause.TIME
    assert time.monotonic() - begun > 1.5


def test_what_a_box_waited_is_added_up(stand: Stand, busy: None) -> None:
    box = stand.start(
        """
        for _ in range(2):
            sys.stdin.buffer.raw.read(1)
            until = time.process_time() + 0.4
            while time.process_time() < until: pass
            say("done")
        sys.stdin.buffer.raw.read(1)
        """
    )
    begun, added = time.monotonic(), [box.waited]
    for _ in range(2):
        box.deadline(PASSING)
        box.stdin.write(b"x")
        box.stdin.flush()
        assert box.stdout.readline() == b"done\n"
        box.deadline(None)
        added.append(box.waited)
    took = time.monotonic() - begun
    assert added == sorted(set(added)), "each had to wait"
    assert 0.3 * took < box.waited < took
    box.end()
