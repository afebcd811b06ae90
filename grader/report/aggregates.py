"""What is kept of some submissions in a row for the class page: rows and sums, no evidence."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from grader.report.phrases import FINDING, Said
from grader.report.text import one_line
from grader.scoring import Override

MAX_NAMED = 12  # submissions named below a finding; the table shows all


@dataclass(slots=True)
class FindingGroup:
    """Submissions with the same finding."""

    code: str
    severity: str
    count: int = 0
    first: list[tuple[str, str]] = field(default_factory=list)  # page, name

    def absorb(self, following: FindingGroup) -> None:
        """Add submissions that come later."""
        self.count += following.count
        self.first = (self.first + following.first)[:MAX_NAMED]

    @property
    def title(self) -> str:
        """What it is called, in English."""
        return FINDING.get(self.code, self.code)


@dataclass(frozen=True, slots=True)
class MarkChange:
    """A mark that differs from the run before."""

    page: str
    name: str
    before: float | None
    now: float | None
    new: bool
    why: Said = field(default_factory=dict)  # by what it changed
    by_itself: bool = False  # it falls without a person's word


@dataclass(frozen=True, slots=True)
class EarlierDecision:
    """A decision about an earlier submission, which a person is to confirm or leave."""

    page: str
    name: str
    said: str


def decision_line(override: Override) -> str:
    """A decision on one line: "late bus (TA): +3"."""
    what: list[str] = [override.report] if override.report else []
    what += [f"{override.points:+g}"] if override.points else []
    what += [f"= {override.set_points:g}"] if override.set_points is not None else []
    return one_line(f"{override.reason} ({override.author}): {', '.join(what)}")


class Aggregates:
    """Sums over some submissions; those over others that follow can be added."""

    def __init__(self, classes: int) -> None:
        self.rows: list[list[Any]] = []
        self.plain: list[str] = []
        self.statuses: Counter[str] = Counter()
        self.scores: list[float] = []
        self.accuracies: list[float] = []
        self.full = self.to_confirm = 0
        self.groups: dict[str, FindingGroup] = {}
        self.confusion = [[0] * (classes + 1) for _ in range(classes)]
        self.images: dict[str, tuple[str, Counter[str | None]]] = {}
        self.changes: list[MarkChange] = []
        self.earlier: list[EarlierDecision] = []
        self.seen: set[str] = set()

    def absorb(self, following: Aggregates) -> None:
        """Take over what was summed up over the submissions that follow."""
        self.rows += following.rows
        self.plain += following.plain
        self.statuses += following.statuses
        self.scores += following.scores
        self.accuracies += following.accuracies
        self.full += following.full
        self.to_confirm += following.to_confirm
        for code, group in following.groups.items():
            self._group(code, group.severity).absorb(group)
        for mine, other in zip(self.confusion, following.confusion, strict=True):
            mine[:] = [a + b for a, b in zip(mine, other, strict=True)]
        for image, (truth, answers) in following.images.items():
            self.images.setdefault(image, (truth, Counter()))[1].update(answers)
        self.changes += following.changes
        self.earlier += following.earlier
        self.seen |= following.seen

    def add_to_group(self, code: str, severity: str, page: str, name: str) -> None:
        """Note that the submission has a finding of this code."""
        self._group(code, severity).absorb(FindingGroup(code, severity, 1, [(page, name)]))

    def _group(self, code: str, severity: str) -> FindingGroup:
        return self.groups.setdefault(code, FindingGroup(code, severity))
