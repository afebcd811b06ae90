"""What changed: one publication against another, one attempt of a student against another."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from grader import __version__
from grader.cli.diff import kept_publication
from grader.cli.output_folder import now
from grader.cli.survey import Marking
from grader.evidence import Answer, Evidence
from grader.review.desk import AttemptChange, AttemptMark, ChangesView
from grader.runs import Publication, PublishedMark, Run, RunFolder
from grader.runs.changes import changes
from grader.store import Store

PRESENT = 0  # stands for a publication of the marks as they are now
MAX_LISTED = 50  # publications that are offered


def between(
    folder: RunFolder,
    run: Run,
    marks: Mapping[str, PublishedMark],
    before: int | None,
    after: int | None,
) -> ChangesView:
    """What changed from one publication to another; see `grader.review.desk.Desk.changes`.

    Args:
        folder: of the run.
        run: with its assignment, whose policy holds now.
        marks: as they are now, by id.
        before: a number; None for the one before `after`.
        after: a number; None for the latest, where marks differ from it for the present ones.

    Raises UsageError for a publication that is not kept.
    """
    numbers = folder.numbers()
    latest = run.publication
    if latest is None:
        return ChangesView((), None, None, (), {})
    if after is None:
        after = PRESENT if _differ(latest.marks, marks) else latest.number
    if before is None:
        older = [number for number in numbers if after == PRESENT or number < after]
        before = older[-1] if older else latest.number
    one, other = (
        _present(run, marks) if number == PRESENT else kept_publication(folder, number)
        for number in (before, after)
    )
    offered = [folder.publication(number) for number in numbers[-MAX_LISTED:]]
    listed = tuple(publication for publication in offered if publication is not None)
    return ChangesView(listed, one, other, changes(one, other), {})


def _differ(one: Mapping[str, PublishedMark], other: Mapping[str, PublishedMark]) -> bool:
    return any(
        name not in one or (one[name].score, one[name].possible) != (mark.score, mark.possible)
        for name, mark in other.items()
    )


def _present(run: Run, marks: Mapping[str, PublishedMark]) -> Publication:
    policy = run.assignment.policy
    return Publication(
        number=PRESENT, time=now(), author="", why="", grader=__version__, policy=policy,
        marks=dict(marks),
    )  # fmt: skip


def attempts(
    store: Store, marking: Marking, name: str, counting: Evidence
) -> tuple[AttemptChange, ...]:
    """What each attempt of the student of a row changed against the one before it: other
    submissions, and the same one examined again; one of them is `counting`. The latest first.
    """
    source = marking.roll.rows[name].source

    def told(submission: str, each: Evidence) -> AttemptMark:
        counts = (submission, each.started) == (source, counting.started)
        return AttemptMark(submission, each.started, marking.grade(each).score, counts)

    tried = [(told(*one), one[1]) for one in marking.roll.attempts(store, name)]
    found = [_step(*one, *other) for one, other in pairwise(tried)]
    return tuple(reversed(found))


def _step(
    before: AttemptMark, then: Evidence, after: AttemptMark, since: Evidence
) -> AttemptChange:
    gained, lost = _answers(then, since)
    theirs, codes = ({f.code for f in each.findings} for each in (then, since))
    return AttemptChange(
        before=before,
        after=after,
        gone=tuple(f for f in then.findings if f.code not in codes),
        new=tuple(f for f in since.findings if f.code not in theirs),
        gained=gained,
        lost=lost,
    )


def _answers(before: Evidence, after: Evidence) -> tuple[tuple[Answer, ...], tuple[Answer, ...]]:
    """Images gained and lost, as they were answered wrongly."""
    then = {answer.image: answer for answer in before.answers}
    both = [(then[answer.image], answer) for answer in after.answers if answer.image in then]
    gained = tuple(was for was, is_ in both if is_.correct and not was.correct)
    return gained, tuple(is_ for was, is_ in both if was.correct and not is_.correct)
