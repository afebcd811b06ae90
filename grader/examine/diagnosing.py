"""Asking more where it can explain a score, and saying what the answers show."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grader.assignment import Assignment
from grader.evidence import Answer, Finding, Problem
from grader.evidence.findings import find
from grader.examine import diagnosis
from grader.examine.conversation import ConversationEndedError
from grader.examine.images import HiddenImage
from grader.examine.loading import elsewhere
from grader.examine.predicting import Predictions, ask_again
from grader.examine.session import Session
from grader.examine.words import Vocabulary
from grader.sandbox.contract import Cause, End

SHARE = 0.5  # of the time that the images took, for one diagnosis
TWICE = 13  # images that are put a second time


def why_stopped(predictions: Predictions, assignment: Assignment) -> Finding | None:
    """The finding that kept images from their turn, where any had none."""
    answers = list(predictions.answers.values())
    waiting = diagnosis.problems(answers, Problem.NOT_ASKED)
    end, limits = predictions.end, assignment.limits
    function, total = assignment.interface.function, len(answers)
    ended_badly = end is not None and end.cause is not Cause.CLOSED
    if not waiting and not ended_badly:
        return None
    if predictions.out_of_time:
        return find(
            "timeout-total",
            seconds=f"{limits.total:g}",
            count=len(waiting),
            total=total,
            function=function,
        )
    assert end is not None  # noqa: S101 - asking stops early only for these two reasons
    if end.cause is Cause.TIME:
        hung = len(diagnosis.problems(answers, Problem.TIMEOUT))
        first = len(waiting) + hung == total
        return find(
            "timeout-predict",
            function=function,
            seconds=f"{limits.first_answer if first else limits.answer:g}",
            count=hung,
            total=total,
        )
    if end.cause is Cause.MEMORY:
        return find("out-of-memory", memory=limits.memory, when=f"in {function}")
    return find("crashed", detail=told(end), when=f"in {function}")


def answer_findings(predictions: Predictions, assignment: Assignment) -> list[Finding]:
    """What the answers show by themselves, the most telling first."""
    answers = list(predictions.answers.values())
    function, total = assignment.interface.function, len(answers)
    rules: list[Callable[[], Finding | None]] = [
        lambda: _raised(predictions, assignment),
        lambda: _wrong_type(answers, function),
        lambda: _unknown(answers, Vocabulary(assignment.classes)),
        lambda: diagnosis.constant(answers),
        lambda: diagnosis.label_order(answers, assignment.classes),
        lambda: diagnosis.slow(answers, function, assignment.limits.answer),
    ]
    if predictions.end is None and (hung := diagnosis.problems(answers, Problem.TIMEOUT)):
        seconds = f"{assignment.limits.answer:g}"
        rules.append(
            lambda: find(
                "timeout-predict", function=function, seconds=seconds, count=len(hung), total=total
            )
        )
    return [finding for rule in rules if (finding := rule()) is not None]


def behind_answers(
    session: Session, predictions: Predictions, order: Sequence[HiddenImage]
) -> list[Finding]:
    """What only more questions can tell: another order of channels, chance in the answers.

    Stays within a share of the time that the images took. A worker that does not survive the
    questions ends the diagnosis, nothing else.
    """
    answers = [predictions.answers[image.id] for image in order]
    if all(answer.answer is None for answer in answers):
        return []
    assignment = session.setup.assignment
    seconds = sum(answer.seconds for answer in answers) / len(answers)
    asked = order[: max(int(SHARE * len(order)), min(len(order), int(20 / max(seconds, 1e-3))))]
    channels = assignment.interface.channels
    try:
        other = ask_again(session, asked, assignment, channels[::-1])
        again = ask_again(session, order[:TWICE], assignment, channels)
    except (ConversationEndedError, OSError):
        return []
    found = [
        diagnosis.channel_order(answers, other, channels),
        diagnosis.nondeterministic(answers, again),
    ]
    return [finding for finding in found if finding is not None]


def told(end: End) -> str:
    """How a process ended, for the student."""
    return f"{end.cause.value}: {end.detail}" if end.detail else end.cause.value


def _raised(predictions: Predictions, assignment: Assignment) -> Finding | None:
    raised = diagnosis.problems(list(predictions.answers.values()), Problem.RAISED)
    if not raised:
        return None
    error, interface = predictions.error, assignment.interface
    facts: dict[str, object] = {"count": len(raised), "total": len(predictions.answers)}
    if error is not None and error.missing_path and len(raised) == len(predictions.answers):
        return find(
            "weights-missing",
            path=error.missing_path,
            file=error.file,
            line=error.line,
            found=elsewhere(error),
            entry=interface.entry,
        )
    return find(
        "predict-failed",
        function=interface.function,
        error=error.summary if error else raised[0].said,
        file=error.file if error else "?",
        line=error.line if error else "?",
        channels=interface.channels,
        **facts,
    )


def _wrong_type(answers: Sequence[Answer], function: str) -> Finding | None:
    wrong = diagnosis.problems(answers, Problem.WRONG_TYPE)
    if not wrong:
        return None
    facts = {"said": wrong[0].said, "count": len(wrong), "total": len(answers)}
    return find("wrong-return-type", function=function, **facts)


def _unknown(answers: Sequence[Answer], vocabulary: Vocabulary) -> Finding | None:
    unknown = diagnosis.problems(answers, Problem.UNKNOWN_CLASS)
    if not unknown:
        return None
    words = sorted({answer.said for answer in unknown})
    near = next((name for word in words if (name := vocabulary.nearest(word))), None)
    if len(unknown) == len(answers) and len(words) > 1 and near is None:
        return find("other-classes", said=words[0])
    nearest = f" (nearest: '{near}')" if near else ""
    said = next((word for word in words if vocabulary.nearest(word)), words[0])
    return find("unknown-class", count=len(unknown), total=len(answers), said=said, nearest=nearest)
