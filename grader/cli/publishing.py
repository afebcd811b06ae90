"""From stored evidence to marks, tables and pages; used after grading and by `grade rescore`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from grader import __version__
from grader.assignment import Assignment
from grader.evidence import Evidence, Severity
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


class Marked(NamedTuple):
    """What is kept in mind of one hand-in that was published."""

    grade: Grade
    key: str  # of its evidence
    codes: tuple[str, ...]  # of its findings, but for notes


def publish(store: Store, assignment: Assignment, about: About) -> list[Marked]:
    """Write ``grades.csv``, ``grades.json`` and the pages; all stored hand-ins, by id.

    Raises OSError and StoreError; what was there before is then whole.
    """
    context = context_of(assignment, about, store.out)
    marked: list[Marked] = []
    publish_report(_marking(results(store, assignment), marked), context, store.out)
    return marked


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


def _marking(results: Iterator[Result], marked: list[Marked]) -> Iterator[Result]:
    """The results on their way; what is kept in mind of each is added to `marked`."""
    for result in results:
        evidence = result.evidence
        codes = (f.code for f in evidence.findings if f.severity is not Severity.INFO)
        marked.append(Marked(result.grade, evidence.key, tuple(codes)))
        yield result


def _grade(evidence: Evidence, assignment: Assignment, overrides: tuple[Override, ...]) -> Grade:
    return grade(evidence, assignment.policy, len(assignment.classes), overrides)
