"""What can be said of a lab's other parts before a class meets them, and of the marks in all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from grader.assignment import Assignment, MarkRule, Part
from grader.examine.images import PartSet
from grader.labs.image_survey import MIN_PER_CLASS, Line, listed
from grader.language import Sentence
from grader.scoring import worth
from grader.scoring.counts import better_than_guessing


def about_parts(assignment: Assignment, read: Sequence[PartSet]) -> Iterator[Line]:
    """What each part asks for, and what its hidden inputs are good for. read: the inputs of the
    parts that could be read; of the others nothing is said.
    """
    found = {one.id: one for one in read}
    for part in assignment.parts:
        if part.id in found:
            yield from _part(part, found[part.id], assignment.policy.of_part(part.id))


def _part(part: Part, found: PartSet, rule: MarkRule) -> Iterator[Line]:
    counts = Counter(one.truth for one in found.inputs)
    each = sorted(counts.values())
    facts = {
        "part": part.id,
        "function": part.function,
        "inputs": part.inputs,
        "total": str(len(found.inputs)),
        "classes": str(len(part.classes)),
        "least": str(each[0]),
        "most": str(each[-1]),
        "points": f"{rule.points:g}",
    }
    yield Line(
        True,
        Sentence(
            "part {part}: {function} gets {inputs}, names one of {classes} classes, up to {points} "
            "marks; {total} hidden, {least} to {most} of each",
            facts,
        ),
    )
    none = [label.folder for label in part.classes if not counts[label.en]]
    if none:
        yield Line(
            False,
            Sentence("part {part}: no hidden input of {names}", facts | {"names": listed(none)}),
            Sentence("Put some into these folders, or remove the classes."),
        )
    few = [one.folder for one in part.classes if 0 < counts[one.en] < MIN_PER_CLASS]
    if few:
        more = {"part": part.id, "least": str(MIN_PER_CLASS), "names": listed(few)}
        yield Line(None, Sentence("part {part}: fewer than {least} hidden of {names}", more))
    total = len(found.inputs)
    if not better_than_guessing(total, total, len(part.classes), rule.guessing):
        yield Line(
            False,
            Sentence(
                "part {part}: even with all {total} inputs right nobody is better than guessing",
                facts,
            ),
            Sentence("Add inputs, or raise guessing in [policy.parts.{part}].", facts),
        )
    if worth(total, total, rule) < rule.points:
        more = facts | {"most": f"{worth(total, total, rule):g}"}
        yield Line(
            False,
            Sentence("part {part}: all right earn {most} of {points} by the formula", more),
            Sentence("Correct the formula or the points in [policy.parts.{part}].", facts),
        )
