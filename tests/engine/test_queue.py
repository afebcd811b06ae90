"""The rules of trying again, with examiners that exist only in thought."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from grader.engine.contract import Ended, Slot, Task
from grader.engine.driver import drive
from grader.intake import Submission
from grader.platforms.folders import Student
from grader.readers.file_kinds import FileKind
from grader.store import Store
from tests.engine import standin
from tests.engine.simulated import Simulated

FATES = ["returns", "returns", "returns", "dies", "junk", "twice", "late", "out of device memory"]


def tasks_of(count: int) -> list[Task]:
    return [
        Task(Submission(f"s{n}", Student(), Path(f"s{n}"), FileKind.FOLDER), f"k{n}", float(n % 5))
        for n in range(count)
    ]


def run(simulated: Simulated, tasks: list[Task]) -> list[Ended]:
    with TemporaryDirectory() as folder:
        ended = list(
            drive(
                tasks,
                simulated,
                standin.HIDDEN,
                Store(Path(folder)),
                600.0,
                lambda event: None,
                threading.Event(),
            )
        )
    assert simulated.closed
    return ended


@settings(max_examples=25)
@given(st.data())
def test_whatever_happens_nothing_is_lost_or_counted_twice(data: st.DataObject) -> None:
    nodes, devices = data.draw(st.integers(1, 3)), data.draw(st.sampled_from([[""], ["G0", "G1"]]))
    slots = [
        Slot(f"n{node}", device, number)
        for node in range(nodes)
        for number, device in enumerate(devices * 2)
    ]
    deaths: defaultdict[str, list[Slot]] = defaultdict(list)
    losses = data.draw(st.integers(0, 3))

    def fate(slot: Slot, task: Task) -> str:
        nonlocal losses
        chosen = data.draw(st.sampled_from(FATES))
        if losses and data.draw(st.booleans()):
            losses, chosen = losses - 1, "node dies"
        if chosen in ("dies", "junk"):
            deaths[task.submission.id].append(slot)
        return chosen

    def choose(count: int) -> int:
        return data.draw(st.integers(0, count - 1))

    simulated = Simulated(slots, fate, choose)
    tasks = tasks_of(data.draw(st.integers(1, 12)))
    ended = run(simulated, tasks)
    assert Counter(one.submission.id for one in ended) == Counter(
        task.submission.id for task in tasks
    )
    begun = Counter(task.submission.id for _, task, _ in simulated.begun)
    assert max(begun.values()) <= 4  # three deaths, and once for a neighbour's memory
    for one in ended:
        if simulated.slots():
            assert one.evidence is not None, one
        if one.evidence is not None and one.evidence.trouble is None:
            assert one.evidence.answers[0].correct


def test_the_second_attempt_is_elsewhere_and_the_third_alone() -> None:
    slots = [Slot(node, "", number) for node in ("a", "b") for number in (0, 1)]
    simulated = Simulated(slots, lambda slot, task: "dies" if task.key == "k4" else "returns")
    ended = run(simulated, tasks_of(12))
    assert [one.evidence.trouble is None for one in ended if one.evidence].count(False) == 1
    mine = [(slot, beside) for slot, task, beside in simulated.begun if task.key == "k4"]
    (first, _), (second, _), (third, beside) = mine
    assert first.node != second.node
    assert third.node not in {other.node for other in beside}
    begun_after = [task.key for _, task, _ in simulated.begun]
    assert begun_after.index("k4") == 0
    assert begun_after[-1] == "k4"


def test_the_memory_of_a_shared_accelerator_is_tried_again_alone_and_nobody_is_blamed() -> None:
    slots = [Slot("a", device, n) for n, device in enumerate(("G0", "G0", "G1", "G1"))]
    asked: Counter[str] = Counter()

    def fate(slot: Slot, task: Task) -> str:
        asked[task.key] += 1
        return "out of device memory" if task.key == "k4" else "returns"

    simulated = Simulated(slots, fate)
    ended = run(simulated, tasks_of(9))
    assert asked["k4"] == 2
    slot, _, beside = next(one for one in reversed(simulated.begun) if one[1].key == "k4")
    assert slot.device not in {other.device for other in beside}
    assert all(one.evidence and one.evidence.trouble is None for one in ended)


def test_what_never_had_a_neighbour_ran_out_of_memory_by_itself() -> None:
    simulated = Simulated([Slot("a", "G0", 0)], lambda slot, task: "out of device memory")
    run(simulated, tasks_of(2))
    assert len(simulated.begun) == 2


def test_without_any_node_left_the_rest_is_told_and_left_for_the_next_run() -> None:
    simulated = Simulated([Slot("a", "", 0)], lambda slot, task: "node dies")
    ended = run(simulated, tasks_of(3))
    assert len(ended) == 3
    assert all(one.evidence is None and "all nodes are gone" in one.trouble for one in ended)
