"""The time that is left of a submission's limits, without what a busy machine took."""

from __future__ import annotations

import time


class _Waiting:
    """Seconds in all that the submission was ready to run and had no processor."""

    def __init__(self) -> None:
        self.seconds = 0.0


class Clock:
    """The time that one submission has for something. It stands still while the submission waits
    for a processor, for as long again as its own length at most: a submission can make itself wait.
    """

    def __init__(self, total: float, waiting: _Waiting | None = None) -> None:
        """total: seconds."""
        self.total = total
        self._waiting = waiting or _Waiting()
        self._before = self._waiting.seconds
        self._end = time.monotonic() + total

    @property
    def left(self) -> float:
        """Seconds left, never negative."""
        return max(self._end + min(self.waited, self.total) - time.monotonic(), 0.0)

    @property
    def waited(self) -> float:
        """Seconds that the submission has waited since it was started."""
        return self._waiting.seconds - self._before

    def wait(self, seconds: float) -> None:
        """Note that the submission has waited."""
        self._waiting.seconds += max(seconds, 0.0)

    def part(self, seconds: float) -> Clock:
        """A clock for a part of what is left, that stands still with this one."""
        return Clock(min(seconds, self.left), self._waiting)
