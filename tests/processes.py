"""Which processes still run.

The dead keep their numbers where process 1 of a container reaps none: a zombie is no process left.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import suppress

import psutil


def is_alive(pid: int) -> bool:
    """Whether it runs."""
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


def survivors(processes: Iterable[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Those of `processes` that still run after `seconds`; sooner where none does."""
    left = list(processes)
    until = time.monotonic() + seconds
    while left and time.monotonic() < until:
        left = [one for one in left if one.is_running() and is_alive(one.pid)]
        time.sleep(0.05)
    return left
