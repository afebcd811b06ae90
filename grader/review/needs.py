"""What needs a person, computed from evidence and grades: nobody has to search for it."""

from __future__ import annotations

from typing import Final

from grader.assignment import Policy
from grader.evidence import Evidence
from grader.runs import PublishedMark, mark_of
from grader.scoring import Grade, Status, images_part

EDGE_ANSWERS: Final = (
    1  # right answers that a mark may be away from a better one, to be near an edge
)

# What a person is needed for, the most urgent first, and how the pages say it.
NEEDS: Final = {
    "again": "decided about earlier evidence",
    "ungraded": "no mark",
    "look": "somebody wishes another look",
    "claim": "number claimed twice",
    "version": "which version counts",
    "report": "the report decides the mark",
    "fell": "the mark fell",
    "copies": "alike another's",
    "edge": "near an edge",
}
SIMILARITY_CODES: Final = ("similar-weights", "similar-answers", "similar-code")


def mark_is_settled(grade: Grade) -> bool:
    """Whether a person has looked at the mark itself, of this evidence: said that it stands, or
    changed it.
    """
    return any(
        each.word == "stands" or each.points or each.set_points is not None
        for each in grade.overrides
    )


def needs(
    evidence: Evidence,
    grade: Grade,
    policy: Policy,
    classes: int,
    published: PublishedMark | None,
    alike: bool,
) -> tuple[str, ...]:
    """Keys of NEEDS, the most urgent first.

    Args:
        evidence: of the row.
        grade: its mark now.
        policy: the rules of the lab.
        classes: how many there are to guess among.
        published: the mark of the publication before, None for none.
        alike: whether it shares code, weights or wrong answers with another one.
    """
    looked = mark_is_settled(grade)
    found = {
        "again": any(each.about_mark for each in grade.earlier),
        "ungraded": grade.status is Status.UNGRADED and grade.score is None,
        "look": _wished(grade),
        "claim": bool(evidence.submission.origin.contested) and not looked,
        "version": not looked and _has_versions(evidence),
        "report": grade.if_report_complete is not None,
        "fell": not looked and fell(mark_of(evidence, grade), published),
        "copies": alike and not looked,
        "edge": not looked and _near(grade, policy, classes),
    }
    return tuple(need for need in NEEDS if found[need])


def _has_versions(evidence: Evidence) -> bool:
    """Whether it was handed in in several versions, of which the grader took one."""
    return any(
        each.code == "handed-in-twice"
        or (each.code == "entry-elsewhere" and each.facts.get("others"))
        for each in evidence.findings
    )


def _wished(grade: Grade) -> bool:
    """Whether the last wish for another look came after all that was decided about the mark."""
    words = [each for each in grade.overrides if each.word or each.about_mark]
    return bool(words) and words[-1].word == "look"


def fell(mark: PublishedMark, published: PublishedMark | None) -> bool:
    """Whether the mark is lower than it was, and no person's word made it so."""
    if published is None or published.score is None or published.overrides != mark.overrides:
        return False
    return mark.score is None or mark.score < published.score


def _near(grade: Grade, policy: Policy, classes: int) -> bool:
    """Whether EDGE_ANSWERS more right answers would be worth more."""
    if grade.status is Status.ABSENT or not grade.total or grade.score is None:
        return False
    more = min(grade.correct + EDGE_ANSWERS, grade.total)
    worth = [
        images_part(correct, grade.total, policy, classes, grade.report).earned
        for correct in (grade.correct, more)
    ]
    return worth[1] > worth[0]
