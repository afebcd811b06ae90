"""From stored evidence to marks, tables and pages; used after grading and by `grade rescore`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from grader import __version__
from grader.assignment import Assignment
from grader.cli.survey import Survey
from grader.decisions import Decisions
from grader.evidence import Finding
from grader.evidence.findings import find
from grader.report import Context, Marked, Result
from grader.report import publish as publish_report
from grader.scoring import Override, grade
from grader.similarity import alike, handed_out
from grader.store import Store, former_scores


class About(NamedTuple):
    """The run that a report tells of."""

    language: str
    device: str
    level: str
    started: str  # ISO 8601
    hidden: Path | None


def publish(store: Store, assignment: Assignment, about: About, survey: Survey) -> list[Marked]:
    """Write ``grades.csv``, ``grades.json`` and the pages; all stored hand-ins, by id.

    Raises OSError and DecisionError; what was there before is then whole.
    """
    context = context_of(assignment, about, store.out)
    source = stored(store, assignment, survey, about.language)
    return publish_report(source, context, store.out)


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


class Stored(NamedTuple):
    """Stored hand-ins as results: a `grader.report.Source`."""

    out: Path
    assignment: Assignment
    overrides: tuple[Override, ...]
    ids: Sequence[str]
    shared: Mapping[str, tuple[Finding, ...]]  # what hand-ins have in common with others, by id

    def results(self, ids: Sequence[str]) -> Iterator[Result]:
        """Evidence, marks and log of hand-ins, one at a time."""
        store, classes = Store(self.out), len(self.assignment.classes)
        for name in ids:
            evidence = store.read(name)
            if evidence is None:
                raise OSError(f"{self.out}: the evidence of {name} went while it was being read")
            mark = grade(evidence, self.assignment.policy, classes, self.overrides)
            if name in self.shared:
                findings = (*evidence.findings, *self.shared[name])
                evidence = evidence.model_copy(update={"findings": findings})
            yield Result(evidence, mark, store.log(name))


def stored(store: Store, assignment: Assignment, survey: Survey, language: str) -> Stored:
    """The results of all hand-ins of the survey, compared with each other. Raises DecisionError,
    and     OSError where what the teacher handed out cannot be read.
    """
    traces = [seen.trace for seen in survey.hand_ins]
    shared = {
        name: tuple(find(each.code, each.facts, language=language) for each in likenesses)
        for name, likenesses in alike(traces, handed_out(assignment.handed_out)).items()
    }
    return Stored(store.out, assignment, Decisions(store.out).all(), survey.ids, shared)
