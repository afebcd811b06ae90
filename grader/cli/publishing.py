"""From stored evidence to marks, tables and pages; used after grading and by `grade rescore`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from grader import __version__
from grader.assignment import Assignment
from grader.evidence import Evidence
from grader.report import Context, Result
from grader.report import publish as publish_report
from grader.scoring import Grade, Override, grade
from grader.store import Store, former_scores


class About(NamedTuple):
    """The run that a report tells of."""

    language: str
    device: str
    level: str
    started: str  # ISO 8601, UTC
    hidden: Path | None


def grades(store: Store, assignment: Assignment) -> list[Grade]:
    """The marks of all stored hand-ins, by id."""
    overrides = store.overrides()
    return [_grade(evidence, assignment, overrides) for evidence in store]


def publish(store: Store, assignment: Assignment, about: About) -> Path:
    """Write ``grades.csv``, ``grades.json`` and the pages; the path of the class page.

    Raises OSError; what was there before is then whole.
    """
    context = context_of(assignment, about, store.out)
    return publish_report(results(store, assignment), context, store.out)


def context_of(assignment: Assignment, about: About, out: Path) -> Context:
    """What a report needs to know of the run besides its results; `out` has the former marks."""
    return Context(
        assignment=assignment,
        language=about.language,
        device=about.device,
        confinement=about.level,
        started=about.started,
        version=__version__,
        hidden=about.hidden,
        per_class=assignment.pages.per_class,
        previous=former_scores(out) or None,
    )


def results(store: Store, assignment: Assignment) -> Iterator[Result]:
    """Evidence, marks and log of every stored hand-in, one at a time."""
    overrides = store.overrides()
    for evidence in store:
        yield Result(
            evidence=evidence,
            grade=_grade(evidence, assignment, overrides),
            log=store.log(evidence.submission.id),
        )


def _grade(evidence: Evidence, assignment: Assignment, overrides: tuple[Override, ...]) -> Grade:
    return grade(evidence, assignment.policy, len(assignment.classes), overrides)
