"""Examiners that exist only in thought: nodes, slots, deaths, late results, as a script says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from grader.engine.contract import Died, Event, Returned, Slot, Task, write
from tests.engine.standin import evidence_of

Fate = Callable[[Slot, Task], str]  # "returns", "dies", "node dies", "twice", "junk"


class Simulated:
    """`Examiners` whose tasks end one by one, in the order that `choose` says."""

    def __init__(
        self, slots: Sequence[Slot], fate: Fate, choose: Callable[[int], int] = lambda count: 0
    ) -> None:
        self._slots = list(slots)
        self._fate = fate
        self._choose = choose
        self.running: dict[Slot, Task] = {}
        self.begun: list[tuple[Slot, Task, list[Slot]]] = []  # and what ran at that moment
        self.closed = False

    def slots(self) -> Sequence[Slot]:
        return list(self._slots)

    def ready(self) -> Sequence[Slot]:
        return [slot for slot in self._slots if slot not in self.running]

    def begin(self, slot: Slot, task: Task) -> None:
        assert slot not in self.running
        self.begun.append((slot, task, list(self.running)))
        self.running[slot] = task

    def wait(self, seconds: float) -> Iterator[Event | Returned | Died]:
        if not self.running:
            return
        slot = list(self.running)[self._choose(len(self.running))]
        task = self.running.pop(slot)
        fate = self._fate(slot, task)
        evidence = evidence_of(task.submission, task.key)
        if fate in ("returns", "twice"):
            yield Returned(slot, write(evidence, ""))
        if fate == "twice":
            yield Returned(slot, write(evidence, "the second time"))
        if fate == "late":  # it was thought dead, and was not
            yield Died(slot, "gone")
            yield Returned(slot, write(evidence, ""))
        if fate == "junk":
            yield Returned(slot, b"{}")
        if fate == "out of device memory":
            yield Returned(slot, write(evidence, "RuntimeError: CUDA out of memory."))
        if fate == "dies":
            yield Died(slot, "gone")
        if fate == "node dies":
            others = [other for other in self.running if other.node == slot.node]
            self._slots = [other for other in self._slots if other.node != slot.node]
            for other in others:
                del self.running[other]
            for lost in (slot, *others):
                yield Died(lost, "its node is gone")

    def kill(self, slot: Slot) -> None:
        raise AssertionError("nothing hangs here")

    def why_none(self) -> str:
        return "all nodes are gone"

    def close(self) -> None:
        self.closed = True
