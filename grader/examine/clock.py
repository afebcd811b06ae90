"""The time that is left of a submission's limit in all."""

from __future__ import annotations

import time


class Clock:
    """The time that one submission has in all, in seconds of wall clock."""

    def __init__(self, total: float) -> None:
        self.total = total
        self._end = time.monotonic() + total

    @property
    def left(self) -> float:
        """Seconds left, never negative."""
        return max(self._end - time.monotonic(), 0.0)
