"""A deadline on the wall clock that does not run while the machine has no processor free."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

PATIENCE = 1  # times its own length that a deadline moves at most: a box can make itself wait
UNHURRIED = 0.1  # share of the time after which waiting is first looked at: most calls are short


class Times(NamedTuple):
    """Seconds since a thread's start that it ran, and that it was ready to and had no processor."""

    ran: float
    waited: float


Threads = Mapping[int, Times]


class Deadline:
    """Passes `seconds` from now, later by what the thread that ran most waited meanwhile.

    Otherwise a machine that others keep busy would cost an honest hand-in its answers. Threads that
    only look for work again and again wait much, but run less than one that works.
    """

    def __init__(self, seconds: float) -> None:
        self._begun = time.monotonic()
        self._seconds = seconds
        self._before: Threads | None = None
        self._until = self._begun + seconds

    @property
    def next_look(self) -> float:
        """Seconds until `passed` may say something new."""
        return max(0.0, self._until - time.monotonic())

    def passed(self, threads: Callable[[], Threads]) -> bool:
        """Whether it has; `threads` tells of all of the box."""
        now = time.monotonic()
        if self._before is None and now >= self._begun + UNHURRIED * self._seconds:
            self._before = threads()
        if now < self._until:
            return False
        before, none = self._before or {}, Times(0, 0)
        meanwhile = [
            Times(its.ran - before.get(who, none).ran, its.waited - before.get(who, none).waited)
            for who, its in threads().items()
        ]
        waited = max(meanwhile, default=none).waited
        moved = min(max(waited, 0), PATIENCE * self._seconds)
        self._until = self._begun + self._seconds + moved
        return now >= self._until
