"""What the driver of an engine costs for each submission of a small class and of a large one.

    python benchmarks/cluster_scale.py [SUBMISSIONS]          # 64 nodes that exist only in thought
    python benchmarks/cluster_scale.py --ray [SUBMISSIONS]    # three raylets on this machine

The examination is a stand-in that ends at once with the evidence of 130 answers, so that what is
measured is ours: queue, attempts, validation, the store, and with ``--ray`` the way through Ray.
Told are processor time of the driver alone, which a busy machine does not change, and its memory.
"""

# ruff: noqa: T201

from __future__ import annotations

import contextlib
import gc
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import psutil

from grader.engine.contract import Ended, Event, Returned, Slot, Task, write
from grader.engine.driver import drive
from grader.engine.examiner import Tell
from grader.evidence import Evidence
from grader.examine.images import HiddenSet
from grader.examine.prepare import Conditions
from grader.intake import FileKind, Student, Submission, digest
from grader.store import Store
from tests import make
from tests.engine import standin

NODES, SLOTS = 64, 4
SMALL = 100  # submissions
REPEATS = 5  # of the small class
MIB = 2**20

Run = Callable[[Sequence[Task], Path], Iterator[Ended]]


def evidence_of(submission: Submission, key: str) -> Evidence:
    """That of a usual submission."""
    answers = make.answers(110, 130)
    return standin.evidence_of(submission, key).model_copy(update={"answers": tuple(answers)})


def examine(
    submission: Submission,
    key: str,
    conditions: Conditions,
    hidden: HiddenSet,
    tell: Tell,
    before: Evidence | None = None,
) -> tuple[Evidence, str]:
    """The stand-in, in an examiner's process."""
    return evidence_of(submission, key), "log\n" * 100


class Instant:
    """`Examiners` that have always ended what was begun."""

    def __init__(self) -> None:
        self._slots = [Slot(f"n{node}", "", slot) for node in range(NODES) for slot in range(SLOTS)]
        self._running: dict[Slot, Task] = {}

    def slots(self) -> Sequence[Slot]:
        """All."""
        return self._slots

    def ready(self) -> Sequence[Slot]:
        """All that have nothing to do."""
        return [slot for slot in self._slots if slot not in self._running]

    def begin(self, slot: Slot, task: Task) -> None:
        """Take note of it."""
        self._running[slot] = task

    def wait(self, seconds: float) -> Iterator[Event | Returned]:
        """What was begun has ended."""
        while self._running:
            slot, task = self._running.popitem()
            document = write(evidence_of(task.submission, task.key), "log\n" * 100)
            yield Returned(slot, document)

    def kill(self, slot: Slot) -> None:
        """Nothing hangs here."""

    def why_none(self) -> str:
        """Never asked."""
        return ""

    def close(self) -> None:
        """Nothing is left."""


def in_thought(tasks: Sequence[Task], out: Path) -> Iterator[Ended]:
    """Nodes that exist only in thought; their share of the time is in the figure, too."""
    yield from drive(
        tasks,
        Instant(),
        standin.HIDDEN,
        Store(out),
        600.0,
        lambda event: None,
        threading.Event(),
    )


@contextlib.contextmanager
def by_ray() -> Iterator[Run]:
    """Three raylets with two slots each."""
    from tests.engine import raylets

    with raylets.Raylets(3) as started, started.connected() as cluster:

        def run(tasks: Sequence[Task], out: Path) -> Iterator[Ended]:
            engine = raylets.engine(cluster.nodes, out, 6)
            order = engine.order._replace(examine=examine)
            yield from engine._replace(order=order).run(
                tasks, lambda event: None, threading.Event()
            )

        yield run


def cost(run: Run, count: int, folder: Path) -> tuple[float, float, float]:
    """Milliseconds of processor time for each submission after the first ones, and MiB that the
    driver held at a quarter of the class and at its end.
    """
    path = folder / "one submission"
    path.mkdir(parents=True)
    (path / "main.py").write_text("def predict(image): ...\n")
    submission = Submission("s", Student(), path, FileKind.FOLDER)
    seen = digest(submission)
    tasks = [
        Task(Submission(f"s{n:05}", Student(), path, FileKind.FOLDER), f"key {n}", 3.0, digest=seen)
        for n in range(count)
    ]
    process, early, begun, first = psutil.Process(), 0.0, 0.0, min(SMALL // 4, count // 4)
    gc.collect()
    for number, _ in enumerate(run(tasks, folder / "out"), 1):
        if number == first:
            begun = time.process_time()
        if number == count // 4:
            early = process.memory_info().rss / MIB
    took = time.process_time() - begun
    return 1000 * took / (count - first), early, process.memory_info().rss / MIB


def report(run: Run, count: int, folder: Path) -> None:
    """Print the figures of a small class, of a large one, and of a small one again."""
    small: list[float] = []

    def measure_small(when: str) -> None:
        for repeat in range(REPEATS):
            each, _, held = cost(run, SMALL, folder / f"{when}{repeat}")
            small.append(each)
        print(f"{SMALL} submissions, {when}: {each:.2f} ms each, {held:.0f} MiB", flush=True)

    measure_small("before")
    each, early, late = cost(run, count, folder / "large")
    print(
        f"{count} submissions: {each:.2f} ms each, {early:.0f} MiB after a quarter, {late:.0f} MiB "
        "at the end",
        flush=True,
    )
    measure_small("after")
    usual = sorted(small)[len(small) // 2]
    print(
        f"the driver's processor time for a submission, of {count} against of {SMALL}: "
        f"{each:.2f} / {usual:.2f} ms = {each / usual:.3f} (median of {len(small)} small classes, "
        f"{min(small):.2f} to {max(small):.2f})"
    )


def main(words: Sequence[str]) -> None:
    """See the module."""
    count = int(next((word for word in words if word.isdigit()), "10000"))
    with (
        tempfile.TemporaryDirectory(prefix="cluster-scale-") as folder,
        contextlib.ExitStack() as s,
    ):
        run = s.enter_context(by_ray()) if "--ray" in words else in_thought
        report(run, count, Path(folder))


if __name__ == "__main__":
    # Under its own name, so that other processes can import the stand-in.
    from benchmarks import cluster_scale

    cluster_scale.main(sys.argv[1:])
