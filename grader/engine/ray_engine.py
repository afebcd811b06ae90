"""The engine of several machines: Ray carries tasks and documents, everything else is ours.

One actor for each slot, pinned to its machine; the queue is the driver's, and a slot has one task
at a time. Needs the extra ``cluster``.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter, deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import ray
from ray.exceptions import RayError

from grader.engine import parcels
from grader.engine.cluster import RESOURCES, Node, ray_error_line, start_actor
from grader.engine.contract import Died, Ended, Event, Returned, Slot, Task, Watch
from grader.engine.driver import drive, patience
from grader.engine.node import NodeOrder, SlotShare
from grader.engine.queue import in_order
from grader.store import Store

SECONDS_TO_START = 900.0  # until an examiner is ready, if nobody else holds what it needs
SECONDS_TO_END = 15.0
MAX_FAILED_STARTS = (
    3  # times in a row that an examiner may fail to start before its slot is given up
)
MIB = 2**20


class RayEngine(NamedTuple):
    """Examiners on the machines of a cluster; an `Engine`.

    slots: most slots in all, None for as many as the machines have room for. per_device:
    submissions that share one accelerator.
    """

    nodes: Sequence[Node]
    order: NodeOrder
    store: Store
    slots: int | None = None
    per_device: int = 1

    def run(
        self, tasks: Sequence[Task], watch: Watch, stop: threading.Event
    ) -> Generator[Ended, None, None]:
        """See `Engine.run`."""
        assignment, language = self.order.assignment, self.order.language
        most = min(self.slots or len(tasks), max(len(tasks), 1))
        examiners = Actors(self.nodes, self.order, most, self.per_device)
        examiners.expect(in_order(tasks))
        limit, hidden = patience(assignment.limits), self.order.hidden
        yield from drive(tasks, examiners, hidden, self.store, limit, watch, stop, language)


@dataclass(eq=False)
class _Place:
    """One slot and the actor in it."""

    slot: Slot
    node: Node
    resources: dict[str, float]
    share: SlotShare
    actor: Any = None
    preparing: Any = None  # what `prepare` will give
    running: Any = None  # the generator of `examine`
    task: Task | None = None
    sent: Any = None  # a parcel in the object store, while it may be needed
    document: bytes | None = None  # that came; told when the actor has done with the task
    failed: int = 0  # starts in a row
    until: float = 0.0  # by time.monotonic(), to be prepared
    cause: str = ""  # known to us before Ray tells


def room(node: Node, kind: str, per_device: int, memory: int) -> int:
    """The slots of one machine: one for each processor that Ray gives, as far as memory (MiB a
    slot) allows; on accelerators `per_device` for each.
    """
    fitting = int(node.resources.get("memory", 0.0) // (memory * MIB))
    wanted = int(node.resources.get(RESOURCES[kind], 0.0))
    if kind == "CPU":
        return min(wanted, max(fitting, 1))
    return wanted * per_device


def spread_slots(
    nodes: Sequence[Node], kind: str, per_device: int, memory: int, most: int
) -> list[tuple[Slot, Node, dict[str, float], SlotShare]]:
    """At most `most` slots, in turn over the machines so that few are spread over all; with what
    each takes of its machine's resources, and its share there.
    """
    rooms = {node.id: room(node, kind, per_device, memory) for node in nodes}
    slots = [
        (Slot(node.id, "", number), node)
        for number in range(max(rooms.values(), default=0))
        for node in nodes
        if number < rooms[node.id]
    ][:most]
    beside = Counter(node.id for _, node in slots)
    found = []
    for slot, node in slots:
        processors = int(node.resources.get("CPU", 0.0)) // beside[node.id]
        bytes_given = node.resources.get("memory", 0.0) / beside[node.id]
        resources = {"CPU": float(processors), "memory": min(memory * MIB, bytes_given)}
        if kind != "CPU":
            resources[RESOURCES[kind]] = 1.0 / per_device
        share = SlotShare(max(processors, 1), slot.number, beside[node.id])
        found.append((slot, node, resources, share))
    return found


class Actors:
    """Examiners on other machines; `Examiners` for the driver."""

    def __init__(self, nodes: Sequence[Node], order: NodeOrder, most: int, per_device: int) -> None:
        self._order = order
        self._parcel = ray.put(parcels.class_parcel(order.assignment, order.hidden))
        self._sends: set[str] = set()  # machines that do not see the submissions' folder
        self._next: deque[Task] = deque()  # in the order in which they will come, about
        self._begun: set[str] = set()  # submissions
        self._ahead: dict[str, Any] = {}  # parcels in the object store, by submission
        self._died: list[Died] = []
        self._why = "no machine has room for a submission"
        memory, kind = order.assignment.limits.memory, order.expected.device
        self._places = [_Place(*one) for one in spread_slots(nodes, kind, per_device, memory, most)]
        for node in nodes:
            self._start_first(node.id)

    def expect(self, tasks: Iterable[Task]) -> None:
        """What will be begun, about in this order: parcels of the next ones are made ahead."""
        self._next.extend(tasks)

    def slots(self) -> Sequence[Slot]:
        """All slots on machines that live."""
        return [place.slot for place in self._places]

    def ready(self) -> Sequence[Slot]:
        """Those whose examiner is prepared and idle."""
        return [
            place.slot
            for place in self._places
            if place.actor is not None and place.preparing is None and place.task is None
        ]

    def begin(self, slot: Slot, task: Task) -> None:
        """Send the task to its actor."""
        place = self._at(slot)
        self._begun.add(task.submission.id)
        place.task = task._replace(submission=parcels.at_its_place(task.submission))
        self._send(place, whole=place.node.id in self._sends)

    def wait(self, seconds: float) -> Iterator[Event | Returned | Died]:
        """What the actors sent, and which of them are gone."""
        died, self._died = self._died, []
        yield from died
        waiting = {
            ref: place
            for place in self._places
            for ref in (place.preparing, place.running)
            if ref is not None
        }
        if not waiting:
            time.sleep(seconds)
            return
        done, _ = ray.wait(list(waiting), num_returns=1, timeout=seconds, fetch_local=False)
        if done:  # and all others that have something by now
            done, _ = ray.wait(list(waiting), num_returns=len(waiting), timeout=0)
        else:
            self._pack_ahead()
        for ref in done:
            yield from self._come(waiting[ref], ref)
        for place in list(self._places):
            if place.preparing is not None and time.monotonic() > place.until:
                place.failed = MAX_FAILED_STARTS
                yield from self._gone(place, "it did not start: others hold what it needs there")

    def kill(self, slot: Slot) -> None:
        """End the actor: it does not answer, so it cannot be asked."""
        place = self._at(slot)
        place.cause = "it did not end within its time"
        _kill(place.actor)

    def why_none(self) -> str:
        """How the last one ended."""
        return self._why

    def close(self) -> None:
        """End all actors; what they had started ends first, and their folders go."""
        there = [place for place in self._places if place.actor is not None]
        for place in there:
            if place.running is not None:
                with contextlib.suppress(RayError):
                    ray.cancel(place.running, recursive=False)
        closed = [place.actor.close.remote() for place in there]
        if closed:
            ray.wait(closed, num_returns=len(closed), timeout=SECONDS_TO_END)
        for place in there:
            _kill(place.actor)
        self._places.clear()
        self._ahead.clear()

    def _at(self, slot: Slot) -> _Place:
        return next(place for place in self._places if place.slot == slot)

    def _come(self, place: _Place, ref: Any) -> Iterator[Event | Returned | Died]:
        """What one actor has sent."""
        try:
            if ref is place.preparing:
                self._prepared(place, ray.get(ref))
                return
            what = ray.get(next(place.running))
        except StopIteration:
            yield from self._done(place)
        except RayError as error:
            yield from self._gone(place, ray_error_line(error))
        else:
            if isinstance(what, Event):
                yield what
            else:
                place.document = what

    def _start(self, place: _Place) -> None:
        place.failed += 1
        place.cause = ""
        place.until = time.monotonic() + SECONDS_TO_START
        place.actor = start_actor(place.node.id, place.resources)
        place.preparing = place.actor.prepare.remote(self._order, self._parcel, place.share)

    def _start_first(self, node: str) -> None:
        """The first of a machine is alone: it measures the machine, before others disturb it."""
        mine = [place for place in self._places if place.node.id == node]
        if mine and all(place.actor is None for place in mine):
            self._start(mine[0])

    def _prepared(self, place: _Place, device: str) -> None:
        place.preparing, place.failed = None, 0
        place.slot = place.slot._replace(device=device)
        for other in self._places:
            if other.node.id == place.node.id and other.actor is None:
                self._start(other)

    def _send(self, place: _Place, *, whole: bool) -> None:
        """The task alone, or with all that was handed in: of a slot two parcels are in the store at
        most, what runs and what comes next.
        """
        task = place.task
        assert task is not None  # noqa: S101 - callers have set it
        ahead = self._ahead.pop(task.submission.id, None)
        try:
            place.sent = (ahead or _parcel_of(task)) if whole else None
        except OSError as error:
            place.task = None
            self._died.append(Died(place.slot, f"{task.submission.path} cannot be read: {error}"))
            return
        examine = place.actor.examine.options(num_returns="streaming")
        place.running = examine.remote(task, place.sent)

    def _pack_ahead(self) -> None:
        """One more parcel while nothing happens, so that a machine to which things are sent waits
        for its way only.
        """
        window = sum(place.node.id in self._sends for place in self._places)
        while self._next and len(self._ahead) < window:
            task = self._next.popleft()
            if task.submission.id not in self._begun:
                task = task._replace(submission=parcels.at_its_place(task.submission))
                with contextlib.suppress(OSError):  # told when its turn comes
                    self._ahead[task.submission.id] = _parcel_of(task)
                    return

    def _done(self, place: _Place) -> Iterator[Returned]:
        """The actor has done with its task: read to the end, or Ray holds the next one back."""
        document = place.document
        if document is None:  # it does not see the folder in which the submissions lie
            self._sends.add(place.node.id)
            self._send(place, whole=True)
            return
        _end_task(place)
        yield Returned(place.slot, document)

    def _gone(self, place: _Place, why: str) -> Iterator[Died]:
        """Another actor in the place of one that is gone, unless its machine is gone, too."""
        busy, self._why = place.task is not None, place.cause or why
        _end_task(place)
        place.preparing = None
        _kill(place.actor)
        alive = {one["NodeID"] for one in ray.nodes() if one["Alive"]}
        if place.node.id in alive and place.failed < MAX_FAILED_STARTS:
            self._start(place)
        else:
            self._places.remove(place)
            self._start_first(place.node.id)
        if busy:
            yield Died(place.slot, self._why)


def _parcel_of(task: Task) -> Any:
    """All that was handed in, in the object store. Raises OSError for what cannot be read."""
    return ray.put(parcels.packed_submission(task.submission))


def _end_task(place: _Place) -> None:
    place.task = place.running = place.sent = place.document = None


def _kill(actor: Any) -> None:
    with contextlib.suppress(RayError):
        ray.kill(actor, no_restart=True)
