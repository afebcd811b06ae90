"""What a person should know of decisions that were just recorded: of those that change no mark,
why; of those that another machine dated, whether its clock can be right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone

from grader.cli.survey import Marking
from grader.language import Sentence
from grader.readers.notices import notice
from grader.scoring import Override, Standing, standing
from grader.store import Store

CLOCKS_DIFFER = timedelta(minutes=5)  # by which clocks of two machines that are right may differ


def about_decisions(new: Sequence[Override], marking: Marking, store: Store) -> Iterator[Sentence]:
    """What to tell of `new`; `marking` marks with them. Raises OSError."""
    latest = datetime.now(timezone.utc) + CLOCKS_DIFFER
    ahead = [each for each in new if each.moment > latest]
    if ahead:
        yield notice(
            "decided in the future, by what they say: {decisions}. Is the clock of that machine "
            "right? Whatever is decided about the same students from now on is dated after these.",
            decisions=[_named(each) for each in ahead],
        )
    for each in new:
        row = marking.roll.rows.get(each.id)
        evidence = marking.roll.evidence(store, each.id) if row is not None else None
        if row is None or evidence is None or not each.says_something:
            continue
        come_to = standing(marking.overrides, evidence, row.others)
        if each in come_to.earlier:
            yield notice(
                "{decision}: recorded, but it is about an earlier submission or examination. If it "
                "holds for this one, too: grade override {id} --confirm",
                decision=_named(each),
                id=each.id,
            )
        elif each in come_to.undone:
            yield notice("{decision}: recorded, but it was taken back", decision=_named(each))
        for later in _instead(each, come_to):
            yield notice(
                "{decision}: recorded, but a later decision stands: {later}",
                decision=_named(each),
                later=_named(later),
            )


def _instead(decision: Override, come_to: Standing) -> Iterator[Override]:
    """The later decisions that count in place of one about the same."""
    if decision not in come_to.counting:
        return
    if decision.report is not None:
        last = next(each for each in reversed(come_to.counting) if each.report is not None)
        if last.report != decision.report:
            yield last
    about_points = decision.points or decision.set_points is not None
    if about_points and decision not in come_to.points:
        yield come_to.points[0]


def _named(decision: Override) -> str:
    return f"{decision.id} ({decision.author}, {decision.time[:16]}, {decision.reason})"
