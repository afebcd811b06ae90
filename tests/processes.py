"""Which processes still run, and claims that come true in time.

The dead keep their numbers where process 1 of a container reaps none: a zombie is no process left.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import suppress

import psutil


def is_alive(pid: int) -> bool:
    """Whether it runs."""
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


def running(processes: Iterable[psutil.Process]) -> list[psutil.Process]:
    """Those of `processes` that run, and not others that have got their numbers."""
    return [one for one in processes if one.is_running() and is_alive(one.pid)]


def eventually(claim: Callable[[], object], seconds: float = 10.0) -> bool:
    """Whether `claim` comes true within some seconds; what others do takes its own time."""
    until = time.monotonic() + seconds
    while not claim():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True
