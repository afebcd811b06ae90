"""Believable values for tests: an assignment, evidence, answers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from grader.assignment import Assignment, read_assignment
from grader.evidence import Answer, Evidence, Records, Stage, SubmissionRecord

ROOT = Path(__file__).parents[1]
HOME = ROOT / "hidden_tests"
SHARED = ROOT.parent / "shared"  # real images and checkpoints, beside the checkout


def assignment(*settings: str) -> Assignment:
    """The sample assignment."""
    return read_assignment(HOME, settings)


def answers(correct: int, total: int = 130) -> tuple[Answer, ...]:
    """`total` answers over the 26 classes in turn, the first `correct` of them right."""
    names = assignment().names
    return tuple(
        answer(number, names[number % 26], names[(number + (number >= correct)) % 26])
        for number in range(total)
    )


def answer(number: int, truth: str, said: str | None) -> Answer:
    """One valid answer, or none."""
    return Answer(image=f"{number}", truth=truth, answer=said)


def evidence(
    answers: Sequence[Answer] = (), *, reports: Sequence[str] = (), **changes: object
) -> Evidence:
    """Evidence of a submission that went through."""
    base = Evidence(
        key="k",
        submission=SubmissionRecord(id="s", name="S", source="s.zip", digest="d", size=1, files=1),
        stage=Stage.DONE,
        answers=tuple(answers),
        records=Records(reports=tuple(reports), records=tuple(reports)),
    )
    return base.model_copy(update=changes)


def handed_in_late(evidence: Evidence, late: bool = True) -> Evidence:
    """The evidence of what a platform says is late."""
    origin = evidence.submission.origin.model_copy(update={"late": late})
    submission = evidence.submission.model_copy(update={"origin": origin})
    return evidence.model_copy(update={"submission": submission})
