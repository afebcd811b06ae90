"""A deadline on the wall clock that does not run while the machine has no processor free."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

MAX_EXTENSION = 1  # times its own length that a deadline moves at most: a box can make itself wait
UNHURRIED = 0.1  # share of the time after which waiting is first looked at: most calls are short


class Times(NamedTuple):
    """Seconds since a thread's start that it ran, and that it was ready to and had no processor."""

    ran: float = 0
    waited: float = 0

    def since(self, before: Times) -> Times:
        """What came after `before`."""
        return Times(self.ran - before.ran, self.waited - before.waited)


class Thread(NamedTuple):
    """A thread of a process, by their numbers; the main thread has the number of its process."""

    process: int
    number: int


Threads = Mapping[Thread, Times]


def waited(meanwhile: Threads) -> float:
    """What the thread that ran most, or a main thread, waited, whichever is more.

    Threads that only look for work again and again wait much, but run less than one that works.
    Main threads count as a worker goes by its own: it has to find its time over before the box is
    ended.
    """
    counted = [Times(), max(meanwhile.values(), default=Times())]
    counted += [its for who, its in meanwhile.items() if who.process == who.number]
    return max(its.waited for its in counted)


def between(before: Threads, after: Threads) -> Threads:
    """What each thread had after `before`."""
    return {who: its.since(before.get(who, Times())) for who, its in after.items()}


class Deadline:
    """Passes `seconds` from now, later by what the box `waited` meanwhile.

    Otherwise a machine that others keep busy would cost an honest submission its answers.
    """

    def __init__(self, seconds: float, before: Threads | None = None) -> None:
        """`before`: what the threads have had by now; left out where finding out costs too much."""
        self._begun = time.monotonic()
        self._seconds = seconds
        self._before = before
        self._until = self._begun + seconds
        self.ran = 0.0  # seconds that all threads together had a processor, as of the last look
        self.moved = 0.0  # seconds by which it is later

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
        meanwhile = between(self._before or {}, threads())
        self.ran = sum(its.ran for its in meanwhile.values())
        self.moved = min(waited(meanwhile), MAX_EXTENSION * self._seconds)
        self._until = self._begun + self._seconds + self.moved
        return now >= self._until
