"""What is still to be examined, and where each is tried again: the counting is ours alone.

* The longest expected goes first, so that none is left over when all others are done.
* What died goes back, and to another machine (or slot) where there is one.
* After two deaths it runs alone on its machine, after all others: nobody disturbs it there, and it
  disturbs nobody.
* After three deaths it is given up, as a fault of ours: ungraded, never a mark of 0.
* What only a neighbour on the same accelerator can have done is tried again alone there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from grader.engine.contract import Slot, Task

ALONE_AFTER = 2  # deaths
UNGRADED_AFTER = 3


class RunningBeside(Enum):
    """Beside what else a task may run."""

    ANY = "any"
    OWN_DEVICE = "own device"  # nothing else on its accelerator
    OWN_NODE = "own node"  # nothing else on its machine


@dataclass
class Attempts:
    """A task and what became of it so far."""

    task: Task
    company: RunningBeside = RunningBeside.ANY
    deaths: list[Slot] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    settled: bool = False


class Queue:
    """The tasks of one run that are not settled."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        everything = [Attempts(task) for task in tasks]
        self._all = {_name(one.task): one for one in everything}
        self._fresh = deque(self._all[_name(task)] for task in in_order(tasks))
        self._again: list[Attempts] = []
        self._left = len(everything)

    def __len__(self) -> int:
        """Tasks that are not settled, running ones included."""
        return self._left

    def find(self, submission: str, key: str) -> Attempts | None:
        """The task of this submission and key, unless it is settled: a result that comes twice, or
        for something else than was asked, has none.
        """
        one = self._all.get((submission, key))
        return None if one is None or one.settled else one

    def unsettled(self) -> list[Attempts]:
        """All that are not settled."""
        return [one for one in self._all.values() if not one.settled]

    def take(
        self, slot: Slot, slots: Sequence[Slot], running: dict[Slot, Attempts]
    ) -> Attempts | None:
        """What `slot`, one of `slots`, is to do next while `running` runs; None: nothing now."""
        if any(_excludes(one.company, other, slot) for other, one in running.items()):
            return None
        for one in self._again:
            if one.company is RunningBeside.ANY and not _elsewhere(one, slot, slots):
                return self._taken(one)
        while self._fresh:
            one = self._fresh.popleft()
            if not one.settled:
                return one
        for one in self._again:
            if one.company is RunningBeside.ANY or _elsewhere(one, slot, slots):
                continue
            if not any(_excludes(one.company, slot, other) for other in running):
                return self._taken(one)
        return None

    def settle(self, one: Attempts) -> None:
        """It has ended, one way or the other."""
        one.settled = True
        self._left -= 1
        if one in self._again:
            self._again.remove(one)

    def died(self, one: Attempts, slot: Slot, why: str) -> bool:
        """It died in `slot`. Whether it is put back; else it has died too often."""
        one.deaths.append(slot)
        one.reasons.append(why)
        if len(one.deaths) >= UNGRADED_AFTER:
            return False
        if len(one.deaths) >= ALONE_AFTER:
            one.company = RunningBeside.OWN_NODE
        self._again.append(one)
        return True

    def disturbed(self, one: Attempts) -> None:
        """A neighbour on its accelerator was in its way: once more, alone there."""
        if one.company is RunningBeside.ANY:
            one.company = RunningBeside.OWN_DEVICE
        self._again.append(one)

    def _taken(self, one: Attempts) -> Attempts:
        self._again.remove(one)
        return one


def in_order(tasks: Iterable[Task]) -> list[Task]:
    """The longest expected first; alike ones in the order that they have."""
    return sorted(tasks, key=lambda task: -task.expected)


def _name(task: Task) -> tuple[str, str]:
    return task.submission.id, task.key


def neighbours(slot: Slot, others: Collection[Slot]) -> list[Slot]:
    """Those of `others` that compute on the same accelerator as `slot`."""
    return [
        other
        for other in others
        if other != slot and slot.device and (other.node, other.device) == (slot.node, slot.device)
    ]


def _excludes(company: RunningBeside, slot: Slot, other: Slot) -> bool:
    """Whether what runs in `slot` with this company lets nothing run in `other`."""
    if company is RunningBeside.OWN_DEVICE:
        return bool(neighbours(slot, [other]))
    return company is RunningBeside.OWN_NODE and slot.node == other.node and slot != other


def _elsewhere(one: Attempts, slot: Slot, slots: Sequence[Slot]) -> bool:
    """Whether to leave it to another machine, or to another slot where there is one machine: to
    one where it has not died.
    """
    several = len({place.node for place in slots}) > 1

    def place(of: Slot) -> object:
        return of.node if several else of

    died = {place(of) for of in one.deaths}
    return place(slot) in died and any(place(other) not in died for other in slots)
