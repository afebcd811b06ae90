"""What every engine promises, with a stand-in for the examination."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.engine.contract import Ended, Engine, Event, Task
from grader.engine.local import LocalEngine
from grader.store import Store
from tests.engine import standin
from tests.engine.raylets import Raylets, engine
from tests.processes import is_alive

Make = Callable[[Path, int], Engine]


def local(out: Path, slots: int) -> Engine:
    conditions = standin.conditions(out / ".work", slots)
    return LocalEngine(conditions, standin.HIDDEN, Store(out), standin.examine)


@pytest.fixture(params=["local", pytest.param("ray", marks=pytest.mark.thorough)])
def make_engine(request: pytest.FixtureRequest) -> Iterator[Make]:
    if request.param == "local":
        yield local
        return
    raylets: Raylets = request.getfixturevalue("raylets")
    with raylets.connected() as cluster:
        yield lambda out, slots: engine(cluster.nodes, out, slots)


def test_every_task_ends_once_and_is_stored_whatever_dies(
    tmp_path: Path, make_engine: Make
) -> None:
    folder, out = tmp_path / "class", tmp_path / "out"
    tasks = standin.tasks(
        folder,
        short={"expected": 1, "seconds": 0.3},
        twice={"expected": 3, "seconds": 0.1, "dies": 2},
        always={"expected": 4, "seconds": 0.1, "dies": 99},
        raises={"expected": 5, "raises": 1},
        mistaken={"expected": 6, "mistakes": 1},
        longest={"expected": 60, "seconds": 0.5},
        **{f"s{n}": {"seconds": 0.05} for n in range(8)},
    )
    store = Store(out)
    told: list[Ended] = []
    events: list[Event] = []
    for ended in make_engine(out, 2).run(tasks, events.append, threading.Event()):
        assert store.read(ended.submission.id) == ended.evidence, "what has ended is on disk"
        assert not ended.trouble
        told.append(ended)
    assert Counter(ended.submission.id for ended in told) == Counter(
        task.submission.id for task in tasks
    )
    attempts = standin.journal(folder)
    counted = Counter(entry.id for entry in attempts)
    assert {name: counted[name] for name in ("twice", "always", "raises", "mistaken")} == {
        "twice": 3, "always": 3, "raises": 2, "mistaken": 2,
    }  # fmt: skip
    for ended in told:
        assert ended.evidence is not None
        if ended.submission.id == "always":
            assert ended.evidence.trouble is not None, "ungraded, never a mark"
            assert "3" in ended.evidence.trouble.message
            assert "SIGKILL" in ended.evidence.trouble.message
        else:
            assert ended.evidence.trouble is None
            assert store.log(ended.submission.id) == f"log of {ended.submission.id}?"
    begun = [entry.id for entry in attempts]
    assert begun.index("longest") < min(begun.index(f"s{n}") for n in range(8))
    for name in ("twice", "always"):
        mine = [entry for entry in attempts if entry.id == name]
        assert mine[0].process != mine[1].process
        assert standin.alone(mine[2], attempts), "after two deaths it runs alone"
    assert {event.submission for event in events} == set(counted)
    assert all(isinstance(event, Event) for event in events)


def test_closing_and_stopping_end_all_that_runs(tmp_path: Path, make_engine: Make) -> None:
    def begin(folder: Path) -> tuple[Engine, list[Task]]:
        plans = {"first": {"expected": 2.0}, "hangs": {"expected": 1.0, "seconds": 600}}
        return make_engine(folder / "out", 2), standin.tasks(folder / "class", **plans)

    engine, tasks = begin(tmp_path / "closed")
    running = engine.run(tasks, lambda event: None, threading.Event())
    assert next(running).submission.id == "first"
    running.close()
    engine, tasks = begin(tmp_path / "stopped")
    stop = threading.Event()
    stop.set()
    with pytest.raises(KeyboardInterrupt):
        list(engine.run(tasks, lambda event: None, stop))
    for folder in ("closed", "stopped"):
        for entry in standin.journal(tmp_path / folder / "class"):
            assert not is_alive(entry.process)
        assert not Store(tmp_path / folder / "out").read("hangs")


def test_a_store_that_cannot_be_written_costs_that_submission_only(
    tmp_path: Path, make_engine: Make
) -> None:
    out = tmp_path / "out"
    tasks = standin.tasks(tmp_path / "class", ann={}, bob={})
    store = Store(out)
    (out / "evidence" / "ann.json").mkdir()
    ended = list(make_engine(out, 1).run(tasks, lambda event: None, threading.Event()))
    troubles = {one.submission.id: one.trouble for one in ended}
    assert "could not be written" in troubles.pop("ann")
    assert troubles == {"bob": ""}
    assert store.read("bob") is not None
