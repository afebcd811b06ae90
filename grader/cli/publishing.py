"""From stored evidence to marks, tables and pages; used after grading and by `grade rescore`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from grader import __version__
from grader.cli.output_folder import now
from grader.cli.survey import Marking, Survey, SurveyEntry, marking, survey
from grader.evidence import Finding
from grader.evidence.findings import make_finding
from grader.language import Sentence
from grader.readers.paths import path_of
from grader.report import Context, MarkedResult, Result
from grader.report import publish as publish_report
from grader.runs import Publication, Run, RunFolder
from grader.runs.changes import PublishedChange, changes
from grader.runs.lock import user
from grader.scoring import Override
from grader.similarity import similarities, unnamed
from grader.similarity.pairs import MIN_CLASS
from grader.store import Store


class Draft(NamedTuple):
    """Marks that follow from what is stored now, not yet published."""

    run: Run  # with the publication that is to be
    survey: Survey
    marking: Marking
    changes: tuple[PublishedChange, ...]  # against what is published
    news: bool  # whether anything differs from what is published
    told: tuple[Sentence, ...] = ()  # what staff should know of the class


def draft(run: Run, store: Store, overrides: Sequence[Override], why: str) -> Draft:
    """The marks of the run by its own assignment. Raises OSError.

    Where nothing differs from what is published, it is that publication again.
    """
    rules = marking(run, store, overrides)
    seen = survey(store, rules.roll.ids, rules)
    former = run.publication
    publication = Publication(
        number=1 if former is None else former.number + 1,
        time=now(),
        author=user(),
        why=why,
        grader=__version__,
        policy=run.assignment.policy,
        marks=seen.marks,
    )
    news = former is None or not _same(former, publication)
    publication = publication if news or former is None else former
    new = run.model_copy(
        update={"publication": publication, "device": seen.devices, "level": seen.level}
    )
    changed = changes(former, publication) if former else ()
    return Draft(new, seen, rules, changed, news, tuple(_about_code(seen, run)))


def publish(folder: RunFolder, made: Draft, language: str) -> list[MarkedResult]:
    """Write ``grades.csv``, ``grades.json``, the pages, and last the run's document.

    Raises OSError; what was there before is then whole.
    """
    run = made.run
    about = replace(context(folder, run, language), told=made.told)
    marked = publish_report(source(made, folder.out, language), about, folder.out)
    folder.write(run)
    return marked


def context(folder: RunFolder, run: Run, language: str) -> Context:
    """What a report needs to know of the run besides its results."""
    lab, number = run.assignment, run.publication.number if run.publication else 0
    former = folder.publication(number - 1)
    place = path_of(run.hidden.place)
    found = changes(former, run.publication) if former and run.publication else ()
    return Context(
        assignment=lab,
        language=language,
        device=run.device,
        confinement=run.level,
        started=run.started,
        version=__version__,
        hidden=place if place.is_dir() else None,
        per_class=lab.pages.per_class,
        run=run.id,
        previous={name: mark.score for name, mark in former.marks.items()} if former else None,
        changes={each.id: each for each in found},
        pictures=run.hidden.images or None,
        roster=run.roster,
        kept=folder.out / "pictures",
    )


class Stored(NamedTuple):
    """Stored submissions as results: a `grader.report.ResultSource`."""

    out: Path
    marking: Marking
    ids: Sequence[str]
    shared: Mapping[str, tuple[Finding, ...]]  # what submissions have in common with others, by id

    def results(self, ids: Sequence[str]) -> Iterator[Result]:
        """Evidence, marks and log of submissions, one at a time."""
        store = Store(self.out)
        for name in ids:
            evidence = self.marking.roll.evidence(store, name)
            if evidence is None:
                raise OSError(f"{self.out}: the evidence of {name} went while it was being read")
            mark = self.marking.grade(evidence)
            if name in self.shared:
                findings = (*evidence.findings, *self.shared[name])
                evidence = evidence.model_copy(update={"findings": findings})
            yield Result(evidence, mark, self.marking.roll.log(store, name))


def source(made: Draft, out: Path, language: str) -> Stored:
    """The results behind the marks, compared with each other."""
    rows = made.survey.submissions
    once = _once(rows)
    found = similarities([seen.trace for seen in once.values()], made.run.handed_out)
    shared = {
        seen.id: tuple(
            make_finding(each.code, each.facts, language=language) for each in likenesses
        )
        for seen in rows
        if (likenesses := found.get(once[seen.source or seen.id].id))
    }
    return Stored(out, made.marking, made.survey.ids, shared)


def _once(rows: Sequence[SurveyEntry]) -> dict[str, SurveyEntry]:
    """One row a submission: a group is no copy of itself."""
    once: dict[str, SurveyEntry] = {}
    for seen in rows:
        once.setdefault(seen.source or seen.id, seen)
    return once


def _about_code(seen: Survey, run: Run) -> Iterator[Sentence]:
    """Why nobody is named for code that several share, and what the teacher can do."""
    traces = [one.trace for one in _once(seen.submissions).values()]
    if not (count := unnamed(traces, run.handed_out)):
        return
    if run.handed_out is None:
        yield Sentence(
            "The code of {count} submissions is much alike, and nobody is named for it: what they "
            "began with is not known. Put the code that you handed out into the folder {folder} "
            "of the assignment (an empty folder, where you handed out none) and run the same "
            "command again.",
            {"count": str(count), "folder": "starter/"},
        )
    else:
        yield Sentence(
            "The code of {count} submissions is much alike, and nobody is named for it: in a class "
            "of fewer than {least} what all were shown cannot be told from what two share.",
            {"count": str(count), "least": str(MIN_CLASS)},
        )


def _same(one: Publication, other: Publication) -> bool:
    """Whether both say the same about everybody, for the same reasons."""
    return (one.grader, one.policy, one.marks) == (other.grader, other.policy, other.marks)
