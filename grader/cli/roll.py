"""Who is a row: each student once, with the submission that counts, or with none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from grader.evidence import Evidence, Stage, Submission
from grader.intake import Student
from grader.intake.handins import natural
from grader.intake.ids import id_for, unique
from grader.runs import Entry, Run
from grader.scoring import Override, grade
from grader.store import Store


class Roll(NamedTuple):
    """The rows of a run."""

    ids: tuple[str, ...]  # of all rows, in order
    absent: Mapping[str, Submission]  # by id: students of the roster who submitted nothing
    others: Mapping[str, tuple[str, ...]]  # by id: what else the same student submitted, or did

    def evidence(self, store: Store, name: str) -> Evidence | None:
        """The evidence of a row; None where it is not examined yet."""
        if name in self.absent:
            return Evidence(key="", submission=self.absent[name], stage=Stage.ABSENT)
        return store.read(name)


def roll(run: Run, store: Store, overrides: Sequence[Override]) -> Roll:
    """The rows of the run: of several submissions of one student, the one that counts by
    ``policy.attempts``. Whatever is gone is no row; decisions about it are shown with what came in
    its place. Raises OSError.
    """
    theirs: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in run.submissions:
        theirs[f"number:{entry.number}" if entry.number else f"id:{entry.id}"].append(entry)
    renamed = _renamed(run)
    others: dict[str, tuple[str, ...]] = {}
    for entries in theirs.values():
        present = [entry for entry in entries if entry.state == "present"]
        if not present:
            continue
        counts = _counting(present, run, store, overrides)
        beside = [entry.id for entry in entries if entry.id != counts.id]
        before = [renamed[counts.id]] if counts.id in renamed else []
        others[counts.id] = tuple(dict.fromkeys([*beside, *before]))
    absent = _absent(run)
    return Roll(tuple(sorted([*others, *absent])), absent, others)


def _renamed(run: Run) -> dict[str, str]:
    """Id of a submission that is there -> the id under which the same files were there before.

    Only where the files tell who it is: of several with the same ones, a decision about one must
    never count for another.
    """
    alike: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in run.submissions:
        if entry.digest:
            alike[entry.digest].append(entry)
    return {
        pair["present"]: pair["gone"]
        for entries in alike.values()
        if len(entries) == len(pair := {entry.state: entry.id for entry in entries}) == 2
    }


def _counting(
    present: Sequence[Entry], run: Run, store: Store, overrides: Sequence[Override]
) -> Entry:
    """The submission that counts: by its time where the platform tells it, else by its id."""
    if len(present) == 1:
        return present[0]
    read = [(entry, store.read(entry.id)) for entry in present]
    known = [(entry, evidence) for entry, evidence in read if evidence is not None]
    if not known:
        return present[0]
    known.sort(key=lambda pair: (pair[1].submission.origin.time, natural(pair[0].id)))
    rule, classes = run.assignment.policy.attempts, len(run.assignment.classes)
    if rule == "first":
        return known[0][0]
    if rule == "best":
        scores = [
            grade(evidence, run.assignment.policy, classes, overrides).score
            for _, evidence in known
        ]
        best = max(range(len(known)), key=lambda n: (scores[n] is not None, scores[n] or 0, n))
        return known[best][0]
    return known[-1][0]


def _absent(run: Run) -> dict[str, Submission]:
    """Students of the roster without a submission, by the id of their row."""
    if run.roster is None:
        return {}
    there = {entry.number for entry in run.submissions if entry.state == "present"}
    taken = {entry.id.casefold() for entry in run.submissions}
    rows = {}
    for each in run.roster.people:
        number, name = each.number, each.name
        if not number or number in there:
            continue
        student = Student(number, name)
        row = unique(id_for(student, f"{number}_{name}"), taken)
        taken.add(row.casefold())
        rows[row] = Submission(
            id=row, name=name or number, number=number, source="", digest="", size=0, files=0
        )
    return rows
