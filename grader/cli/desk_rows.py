"""Rows of a class, read from what is stored: by several processes where there are many."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from grader.cli.survey import Marking
from grader.evidence import Evidence, Severity
from grader.report.text import file_name
from grader.review.desk import QueueRow, handle, version
from grader.review.needs import NEEDS, fell, mark_is_settled, needs
from grader.runs import PublishedMark, Run, mark_of
from grader.runs.notes import RowNote, waits
from grader.scoring import Override, taken_back
from grader.similarity import ComparedPrints, trace
from grader.store import Store


class RowFacts(NamedTuple):
    """What is kept of one row's evidence, so that it need not be read again."""

    row: QueueRow  # without what does not follow from this evidence alone
    mark: PublishedMark
    settled: bool  # whether a person has looked at the mark itself
    trace: ComparedPrints
    source: str  # id of the submission


class RowReader:
    """Reads rows in a process of its own."""

    def __init__(
        self, out: Path, marking: Marking, decided: Mapping[str, Sequence[Override]], run: Run
    ) -> None:
        self._store, self._marking, self._decided = Store(out), marking, decided
        self._run = run

    def __call__(self, names: Sequence[str]) -> tuple[int, list[RowFacts]]:
        """How many were asked for, and those of them that have evidence."""
        found = []
        for name in names:
            evidence = self._marking.roll.evidence(self._store, name)
            if evidence is not None:
                marking = with_decisions(self._marking, self._decided, name)
                found.append(facts_of(self._run, evidence, marking))
        return len(names), found


def facts_of(run: Run, evidence: Evidence, marking: Marking) -> RowFacts:
    """What follows from `evidence` and the decisions about it; see `grader.review.needs`."""
    name, grade = evidence.submission.id, marking.grade(evidence)
    policy, classes = marking.policy, marking.classes
    back = taken_back(marking.overrides)
    said = [e for e in marking.overrides if e.says_something and e.decision not in back]
    codes = (each.code for each in evidence.findings if each.severity is not Severity.INFO)
    row = QueueRow(
        id=name,
        page=file_name(name),
        handle=handle(run.id, name),
        name=grade.name,
        number=grade.number,
        status=grade.status.value,
        score=grade.score,
        possible=grade.possible,
        if_complete=grade.if_report_complete,
        correct=grade.correct,
        total=grade.total,
        needs=needs(evidence, grade, policy, classes, None, alike=False),
        codes=tuple(dict.fromkeys(codes)),
        version=version(evidence.key, marking.overrides),
        decided=said[-1].author if said else "",
        late=evidence.submission.origin.late,
    )
    source = marking.roll.rows[name].source
    return RowFacts(row, mark_of(evidence, grade), mark_is_settled(grade), trace(evidence), source)


def rows_shown(
    facts: RowFacts,
    published: PublishedMark | None,
    alike: bool,
    given: RowNote | None,
    again: RowNote | None,
) -> QueueRow:
    """The row with what the rest of the class and the team add to it."""
    more = set(facts.row.needs)
    if not facts.settled:
        more |= {"copies"} if alike else set()
        more |= {"fell"} if fell(facts.mark, published) else set()
    return facts.row._replace(
        needs=tuple(need for need in NEEDS if need in more),
        given=given.to if given is not None else "",
        waits=waits(again, facts.mark.examined),
    )


def with_decisions(
    marking: Marking,
    decided: Mapping[str, Sequence[Override]],
    name: str,
    more: Sequence[Override] = (),
) -> Marking:
    """The marking with the decisions about one row alone, in order."""
    ids = (name, *marking.roll.rows[name].others)
    mine = [each for one in ids for each in decided.get(one, ())]
    return marking.given(sorted([*mine, *more], key=lambda each: (each.moment, each.decision)))


def by_id(known: Sequence[Override]) -> dict[str, list[Override]]:
    """The decisions by the submission that each names."""
    found: defaultdict[str, list[Override]] = defaultdict(list)
    for each in known:
        found[each.id].append(each)
    return dict(found)


def stamp(path: Path) -> tuple[int, int]:
    """What is different once a file was written anew."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return 0, 0
    return status.st_mtime_ns, status.st_ino


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    """The same of each document in a folder, by id."""
    found = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".json"):
                status = entry.stat()
                found[entry.name.removesuffix(".json")] = status.st_mtime_ns, status.st_ino
    return found
