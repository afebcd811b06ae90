"""One look over all stored evidence: what a report has to know before its first page."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from grader.crew import shares, spread
from grader.similarity import Trace, trace
from grader.store import Store


class Seen(NamedTuple):
    """What is kept of one evidence."""

    id: str
    started: str
    device: str  # "" where no runtime was found
    level: str  # "" where nothing was started
    trace: Trace


class Survey(NamedTuple):
    """All stored hand-ins of this version, by id."""

    hand_ins: Sequence[Seen]

    @property
    def ids(self) -> Sequence[str]:
        """Their ids, in order."""
        return [seen.id for seen in self.hand_ins]

    @property
    def started(self) -> str:
        """When the first examination began, ISO 8601; "" where there is none."""
        return min((seen.started for seen in self.hand_ins), default="")

    @property
    def devices(self) -> str:
        """The devices that were used."""
        return ", ".join(sorted({seen.device for seen in self.hand_ins if seen.device})) or "CPU"

    @property
    def level(self) -> str:
        """The weakest confinement."""
        levels = {seen.level for seen in self.hand_ins}
        return next((level for level in ("none", "basic", "strong") if level in levels), "strong")


def survey(store: Store) -> Survey:
    """Read all that is stored. Raises OSError."""
    ids = store.ids()
    parts = spread(partial(_Surveyor, store.out), shares(ids), len(ids))
    return Survey([seen for part in parts for seen in part])


class _Surveyor:
    def __init__(self, out: Path) -> None:
        self._store = Store(out)

    def __call__(self, ids: Sequence[str]) -> list[Seen]:
        return [seen for name in ids if (seen := self._seen(name)) is not None]

    def _seen(self, name: str) -> Seen | None:
        evidence = self._store.read(name)
        if evidence is None:
            return None
        return Seen(
            name,
            evidence.started,
            evidence.runtime.device if evidence.runtime else "",
            evidence.confinement.level if evidence.confinement else "",
            trace(evidence),
        )
