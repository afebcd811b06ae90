"""The engine of this machine: examiners in processes of their own, one hand-in a slot at a time."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from pathlib import Path
from typing import Any, NamedTuple

from pebble import ProcessExpired, ProcessPool

from grader import crew
from grader.engine.events import Event, Events, teller
from grader.engine.examiner import examine
from grader.evidence import Evidence, Stage
from grader.examine.images import HiddenSet
from grader.examine.prepare import Conditions
from grader.intake import HandIn
from grader.store import Store

REFRESH = 0.1  # seconds between two looks at what runs


class Task(NamedTuple):
    """One hand-in to examine, and the key of what determines its evidence."""

    handin: HandIn
    key: str


class Ended(NamedTuple):
    """How a task ended: the evidence that is now stored, or what kept it from being stored."""

    handin: HandIn
    evidence: Evidence | None
    trouble: str


Watch = Callable[[Event], None]


def run(
    tasks: Sequence[Task],
    slots: Sequence[Conditions],
    hidden: HiddenSet,
    out: Path,
    watch: Watch,
    stop: threading.Event,
) -> Generator[Ended, None, None]:
    """Examine `tasks`, one at a time in each of `slots`, and yield each as it ends and is stored.

    An examiner that dies takes only its own hand-in with it. Closing the iterator, or any
    exception in the loop around it, ends all that runs; what was yielded is on disk. Once `stop`
    is set, KeyboardInterrupt is raised: here and not wherever a signal finds the program, since
    the pool's locks do not survive that.
    """
    context = multiprocessing.get_context("spawn")
    events = Events()
    workers = min(len(slots), len(tasks))
    pool = ProcessPool(
        max_workers=max(workers, 1),
        context=context,
        initializer=_prepare_process,
        initargs=(os.getpid(), events.address),
    )
    waiting, free = list(reversed(tasks)), list(slots[:workers])
    running: dict[Future[str], tuple[Task, Conditions]] = {}
    try:
        while waiting or running:
            while waiting and free:
                task, slot = waiting.pop(), free.pop()
                future: Future[str] = pool.schedule(_examine, args=[task, slot, hidden, out])
                running[future] = (task, slot)
            done, _ = wait(running, timeout=REFRESH, return_when=FIRST_COMPLETED)
            for event in events.arrived():
                watch(event)
            if stop.is_set():
                raise KeyboardInterrupt
            for future in done:
                task, slot = running.pop(future)
                free.append(slot)
                yield _ended(task, future, Store(out))
    finally:
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()
        events.close()


def _ended(task: Task, future: Future[Any], store: Store) -> Ended:
    try:
        future.result()
    except ProcessExpired as error:
        return Ended(task.handin, None, f"the examiner's process died ({error})")
    except OSError as error:
        return Ended(task.handin, None, f"the evidence could not be written: {error}")
    except Exception as error:  # a fault of the grader's; the rest of the class goes on
        return Ended(task.handin, None, f"the grader failed: {type(error).__name__}: {error}")
    evidence = store.read(task.handin.id)
    return Ended(task.handin, evidence, "" if evidence else "the evidence could not be read back")


# What follows runs in the examiners' processes.

_tell: Callable[[Event], None]


def _prepare_process(grader: int, address: str) -> None:
    """Leave Ctrl-C to the grader, and die with it: a box dies with its examiner."""
    global _tell
    _tell = teller(address)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    crew.die_with(grader)


def _examine(task: Task, conditions: Conditions, hidden: HiddenSet, out: Path) -> str:
    """Examine and store one hand-in; its id. Raises OSError where it cannot be stored."""

    def tell(stage: Stage, done: int, total: int) -> None:
        _tell(Event(task.handin.id, stage, done, total))

    evidence, log = examine(task.handin, task.key, conditions, hidden, tell)
    Store(out).write(evidence, log)
    return evidence.submission.id
