"""Work spread over processes of our own, which never outlive this one."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import get_context
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool

from grader import resources

Task = TypeVar("Task")
Made = TypeVar("Made")

MIN_ITEMS_PER_PROCESS = (
    300  # submissions in a row that take about as long as the start of a process
)
ITEMS_PER_TASK = 50  # submissions in a task
REFRESH = 0.1  # seconds between two looks at whether the parent is there


def shares(names: Sequence[str]) -> list[Sequence[str]]:
    """The names in their order, as tasks of `ITEMS_PER_TASK`."""
    return [names[at : at + ITEMS_PER_TASK] for at in range(0, len(names), ITEMS_PER_TASK)]


def spread(
    begin: Callable[[], Callable[[Task], Made]], tasks: Sequence[Task], worth: int
) -> Iterator[Made]:
    """What the function that `begin` gives makes of each of the tasks, in their order.

    It runs in as many processes as `worth` (submissions) and the cores allow, `begin` once in each;
    all must be picklable. Raises what the function raises, and OSError where a process dies.
    """
    processes = min(resources.processors(), worth // MIN_ITEMS_PER_PROCESS)
    if processes < 2:
        yield from map(begin(), tasks)
        return
    pool = ProcessPool(
        max_workers=processes,
        context=get_context("spawn"),
        initializer=_begin,
        initargs=(begin, os.getpid()),
    )
    try:
        running = deque(pool.schedule(_do, args=[task]) for task in tasks)
        while running:
            yield running.popleft().result()
    except ProcessExpired as error:
        raise OSError(f"a process of the grader's own died ({error}): out of memory?") from error
    finally:
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()


def die_with(parent: int) -> None:
    """End this process once the process `parent` is gone, which may be killed at any moment."""
    threading.Thread(target=_wait_and_die, args=[parent], daemon=True).start()


def _wait_and_die(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(REFRESH)
    os._exit(1)


_work: Callable[[Any], Any]  # in each process what `begin` gave


def _begin(begin: Callable[[], Callable[[Any], Any]], parent: int) -> None:
    global _work
    die_with(parent)
    _work = begin()


def _do(task: Any) -> Any:
    return _work(task)
