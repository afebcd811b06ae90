"""A deadline on the wall clock that does not run while the machine has no processor free."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

PATIENCE = 2  # times its own length that a deadline moves at most: a box can make itself wait
UNHURRIED = 0.1  # share of the time after which waiting is first looked at: most calls are short

Waits = Mapping[int, float]  # thread -> seconds that it has waited for a processor since its start


class Deadline:
    """Passes `seconds` from now, later by what the thread that waited longest waited meanwhile.

    Otherwise a machine that others keep busy would cost an honest hand-in its answers.
    """

    def __init__(self, seconds: float) -> None:
        self._begun = time.monotonic()
        self._seconds = seconds
        self._before: Waits | None = None
        self._until = self._begun + seconds

    @property
    def next_look(self) -> float:
        """Seconds until `passed` may say something new."""
        return max(0.0, self._until - time.monotonic())

    def passed(self, waits: Callable[[], Waits]) -> bool:
        """Whether it has; `waits` tells of all threads of the box."""
        now = time.monotonic()
        if self._before is None and now >= self._begun + UNHURRIED * self._seconds:
            self._before = waits()
        if now < self._until:
            return False
        before = self._before or {}
        waited = max((time - before.get(who, 0) for who, time in waits().items()), default=0)
        moved = min(max(waited, 0), PATIENCE * self._seconds)
        self._until = self._begun + self._seconds + moved
        return now >= self._until
