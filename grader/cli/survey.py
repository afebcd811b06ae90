"""One look over all stored evidence: the marks, and what a report has to know before its first
page.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from grader.assignment import Policy
from grader.cli.class_rows import ClassRows, roll
from grader.evidence import Evidence
from grader.parallel import shares, spread
from grader.runs import PublishedMark, Run, mark_of
from grader.scoring import Asked, Grade, Override, grade
from grader.similarity import ComparedPrints, trace
from grader.store import Store


class Marking(NamedTuple):
    """All that turns evidence into marks."""

    policy: Policy
    classes: int
    overrides: tuple[Override, ...]
    roll: ClassRows
    asked: Asked = Asked()

    def given(self, overrides: Sequence[Override]) -> Marking:
        """The same with other decisions."""
        return self._replace(overrides=tuple(overrides))

    def grade(self, evidence: Evidence) -> Grade:
        """The grade that follows from `evidence`."""
        row = self.roll.rows.get(evidence.submission.id)
        others = row.others if row is not None else ()
        return grade(evidence, self.policy, self.classes, self.overrides, others, self.asked)


def marking(run: Run, store: Store, overrides: Sequence[Override]) -> Marking:
    """How the run marks, with what persons decided, and whom. Raises OSError."""
    lab, rows = run.assignment, roll(run, store, overrides)
    return Marking(lab.policy, len(lab.classes), tuple(overrides), rows, run.asked)


class SurveyEntry(NamedTuple):
    """What is kept of one evidence."""

    id: str
    started: str
    device: str  # "" where no runtime was found
    level: str  # "" where nothing was started
    source: str  # id of the submission: a group's is that of several rows
    trace: ComparedPrints
    mark: PublishedMark


class Survey(NamedTuple):
    """The submissions that have evidence of this version, by id."""

    submissions: Sequence[SurveyEntry]

    @property
    def ids(self) -> Sequence[str]:
        """Their ids, in order."""
        return [seen.id for seen in self.submissions]

    @property
    def marks(self) -> dict[str, PublishedMark]:
        """Their marks, by id."""
        return {seen.id: seen.mark for seen in self.submissions}

    @property
    def devices(self) -> str:
        """The devices that were used."""
        return ", ".join(sorted({seen.device for seen in self.submissions if seen.device})) or "CPU"

    @property
    def level(self) -> str:
        """The weakest confinement."""
        levels = {seen.level for seen in self.submissions}
        return next((level for level in ("none", "basic", "strong") if level in levels), "strong")


def survey(store: Store, ids: Sequence[str], marking: Marking) -> Survey:
    """Read the evidence of `ids`, as far as there is some, and mark it. Raises OSError."""
    parts = spread(partial(_Surveyor, store.out, marking), shares(ids), len(ids))
    return Survey([seen for part in parts for seen in part])


class _Surveyor:
    def __init__(self, out: Path, marking: Marking) -> None:
        self._store = Store(out)
        self._marking = marking

    def __call__(self, ids: Sequence[str]) -> list[SurveyEntry]:
        return [seen for name in ids if (seen := self._seen(name)) is not None]

    def _seen(self, name: str) -> SurveyEntry | None:
        evidence = self._marking.roll.evidence(self._store, name)
        if evidence is None:
            return None
        return SurveyEntry(
            name,
            evidence.started,
            evidence.runtime.device if evidence.runtime else "",
            evidence.confinement.level if evidence.confinement else "",
            self._marking.roll.rows[name].source,
            trace(evidence),
            mark_of(evidence, self._marking.grade(evidence)),
        )
