"""Limits that a reader keeps for itself, so that one file cannot cost the others their turn.

The sandbox around it has the same ones, kept from outside. What stops here is told and left out;
what stops there ends the process.
"""

from __future__ import annotations

import contextlib
import signal
import sys
import time
from collections.abc import Iterator
from types import FrameType

from grader.readers.limits import MIB, ReadingLimit

STUCK_SECONDS = 2  # seconds of processor time more, for a library that lets nobody interrupt it


class OverTimeError(BaseException):
    """The time is over. No `Exception`: who catches what a parser raises must not catch this."""


def bound_memory(memory: int) -> None:
    """Have the kernel refuse what this process asks for above `memory` MiB, where it can."""
    if sys.platform == "win32":
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = memory * MIB
    if hard == resource.RLIM_INFINITY or most < hard:
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raises OverTimeError once the block has had `seconds` of processor time.

    Nested blocks: the inner one ends first, and the outer one goes on from where it was.
    """
    if sys.platform == "win32":
        yield
        return
    before, begun = signal.getitimer(signal.ITIMER_PROF)[0], time.process_time()
    handler = signal.signal(signal.SIGPROF, _over)
    signal.setitimer(signal.ITIMER_PROF, min(seconds, before) if before else seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, handler)
        if before:
            spent = time.process_time() - begun
            signal.setitimer(signal.ITIMER_PROF, max(before - spent, 0.001))


@contextlib.contextmanager
def leaving_out(name: str, left_out: dict[str, ReadingLimit], seconds: float) -> Iterator[None]:
    """Reads the file `name` in the block, within `seconds` of processor time. Where a limit stops
    that, the block ends there, and `left_out` has the file with the limit: "time" or "memory".
    """
    try:
        with within(seconds):
            yield
    except OverTimeError:
        left_out[name] = "time"
    except MemoryError:
        left_out[name] = "memory"


def end_if_stuck(seconds: float) -> None:
    """Have the kernel end this process where it does not come back from the next `seconds` of
    processor time.
    """
    if sys.platform == "win32":
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(time.process_time() + seconds) + STUCK_SECONDS
    # The sandbox may refuse this, as who sets it can talk to others; its own deadline stays then.
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (soft if hard < 0 else min(soft, hard), hard))


def _over(number: int, frame: FrameType | None) -> None:
    raise OverTimeError
