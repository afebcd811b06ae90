"""The bands of accuracy as steps: what each is worth, where a submission stands, the next one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate, pairwise

from grader.assignment import Assignment, Policy
from grader.scoring import Grade, images_part, worth
from grader.scoring.counts import better_than_guessing, needed


@dataclass(frozen=True, slots=True)
class BandStep:
    """The next better mark: what it takes."""

    images: int  # more right answers
    percent: int
    score: float


@dataclass(frozen=True, slots=True)
class BandSteps:
    """One band of the policy: from, to (per cent), its marks with and without a report."""

    low: int
    high: int
    points: float
    with_report: float
    mine: bool


@lru_cache(maxsize=256)
def all_steps(policy: Policy, mine: str = "") -> tuple[BandSteps, ...]:
    """The bands of `policy`, the lowest first."""
    edges = [0, *_edges(policy), policy.full_at, 100]
    steps = []
    for low, high in pairwise(edges):
        if low == high:
            continue
        points = worth(low, 100, policy)
        complete = points
        if policy.report_from is not None and low >= policy.report_from:
            complete = policy.points
        steps.append(BandSteps(low, high, points, complete, f"{low}-{high}" == mine))
    return tuple(steps)


def _edges(policy: Policy) -> list[int]:
    """Edges of the bands between 0 and full marks, the lowest first."""
    edges = accumulate([policy.full_at, *[-policy.band] * 100])
    return sorted(edge for edge in edges if 0 < edge < policy.full_at)


def steps_of(grade: Grade, lab: Assignment) -> tuple[BandSteps, ...]:
    """The bands as they are worth for this many images: nothing where all of a band is no better
    than guessing, and for the submission's own band what it earned. A rule without bands is shown
    by what it gives at their lower edges.
    """
    if not grade.total:
        return all_steps(lab.policy, grade.band)
    classes, own = len(lab.classes), grade.parts[0].earned if grade.parts else 0.0
    worth = []
    for stair in all_steps(lab.policy, grade.band):
        most = grade.total if stair.high == 100 else needed(stair.high, grade.total) - 1
        if stair.mine and (own < stair.points or lab.policy.rule != "bands"):
            stair = replace(stair, points=own, with_report=own)
        elif not better_than_guessing(most, grade.total, classes, lab.policy.guessing):
            stair = replace(stair, points=0.0, with_report=0.0)
        worth.append(stair)
    return tuple(worth)


def next_step(grade: Grade, lab: Assignment) -> BandStep | None:
    """The fewest more right answers that earn more; None at full marks, and where nothing ran."""
    if not grade.total or not grade.parts or grade.parts[0].earned >= lab.policy.points:
        return None
    classes, report = len(lab.classes), grade.report
    for count in range(grade.correct + 1, grade.total + 1):
        earned = images_part(count, grade.total, lab.policy, classes, report).earned
        if earned > grade.parts[0].earned:
            return BandStep(count - grade.correct, 100 * count // grade.total, earned)
    return None
