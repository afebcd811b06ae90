"""A check that hangs by itself, outside of any question to the submission, is ended."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

GRACE_SECONDS = 5.0  # seconds beyond the limit, in which a question that is cut there still ends


class HungError(BaseException):
    """A check took longer than it may. No Exception, which a check might catch and go on."""


@contextmanager
def ended_after(seconds: float) -> Iterator[None]:
    """Raise HungError in the block after so many seconds, where this system can: on the main
    thread, with signals.
    """
    if not hasattr(signal, "setitimer") or (
        threading.current_thread() is not threading.main_thread()
    ):
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        raise HungError(f"it ran for more than {seconds:.0f} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0) + GRACE_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before or signal.SIG_DFL)
