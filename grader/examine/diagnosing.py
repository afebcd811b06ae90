"""Asking more where it can explain a score, and saying what the answers show."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from grader.assignment import Assignment
from grader.evidence import Answer, Finding, Problem
from grader.evidence.findings import find
from grader.examine import diagnosis
from grader.examine.conversation import ConversationEndedError
from grader.examine.cures import IN_CALL, cure
from grader.examine.images import HiddenImage, pixels_of
from grader.examine.label_order import label_order
from grader.examine.loading import elsewhere
from grader.examine.predicting import Predictions, ask_again
from grader.examine.replies import LoadReport
from grader.examine.session import Clock, Session
from grader.examine.words import Vocabulary
from grader.language import Sentence
from grader.sandbox.contract import Cause, End
from grader.scoring.counts import better_than_guessing, needed

_WEIGHTS = (".ckpt", ".pth", ".pt", ".h5", ".keras", ".mindir", ".npz", ".safetensors", ".weights")
PARTS = 4  # of the images, one of which tells whether the others are worth asking
TWICE = 13  # images that are put a second time
ORDERS = ("channel-order", "label-order")  # each says how many are right in the `other` order
LOOKED_INTO = 5  # images whose answers' numbers are looked at


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
        return find(
            "out-of-memory",
            memory=limits.memory,
            when=Sentence("in {function}", {"function": function}),
        )
    return find("crashed", detail=told(end), when=Sentence("in {function}", {"function": function}))


def answer_findings(predictions: Predictions, assignment: Assignment) -> list[Finding]:
    """What the answers show by themselves, the most telling first."""
    answers = list(predictions.answers.values())
    function, total = assignment.interface.function, len(answers)
    rules: list[Callable[[], Finding | None]] = [
        lambda: _raised(predictions, assignment),
        lambda: _wrong_type(answers, function),
        lambda: _unknown(answers, Vocabulary(assignment.classes)),
        lambda: diagnosis.constant(answers),
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
    session: Session, predictions: Predictions, order: Sequence[HiddenImage], clock: Clock
) -> list[Finding]:
    """What only more questions can tell, before `clock` runs out: another order of channels, chance
    in the answers, another order of labels. Of the two orders only the one that explains more.

    The answers in the other order stay in `predictions`. A worker that does not survive the
    questions ends the diagnosis, nothing else.
    """
    answers = [predictions.answers[image.id] for image in order]
    if all(answer.answer is None for answer in answers):
        return []
    assignment = session.setup.assignment
    found = [label_order(answers, assignment.classes)]
    try:
        again = ask_again(session, order[:TWICE], assignment.interface.channels, clock)
        found.append(diagnosis.nondeterministic(answers, again))
        if not _has_full_marks(answers, assignment):
            other = _other_order(session, answers, order, clock)
            predictions.keep_other(other)
            found.append(diagnosis.channel_order(answers, other, assignment.interface))
    except (ConversationEndedError, OSError):
        pass
    orders = [finding for finding in found if finding and finding.code in ORDERS]
    best = max(orders, key=lambda finding: int(finding.facts["other"]), default=None)
    return [each for each in found if each and (each is best or each.code not in ORDERS)]


def without_effects(findings: Sequence[Finding]) -> list[Finding]:
    """The findings but for those that another explains: a network whose channels are swapped may
    well give one answer to everything, though its weights were loaded.
    """
    codes = {finding.code for finding in findings}
    effects = {"constant-answers"} if "channel-order" in codes else set()
    return [finding for finding in findings if finding.code not in effects]


def behind_guesses(
    session: Session, found: Sequence[Finding], order: Sequence[HiddenImage], clock: Clock
) -> list[Finding]:
    """What was `found` about answers no better than guessing, and what the numbers behind them
    tell: `weights-not-loaded` where they hardly differ between the classes; where the answer is
    always the same one, whether they are, too.

    A worker that does not survive the questions, or whose networks give no such numbers, tells
    nothing; nor do very few images, such as those of a self-check.
    """
    outputs = _outputs(session, order, clock)
    if not len(outputs):
        return list(found)
    unloaded = diagnosis.near_uniform(outputs)
    if unloaded is not None:
        return [*found, unloaded]
    return [
        diagnosis.lost_after_the_network(each, outputs) if each.code == "constant-answers" else each
        for each in found
    ]


def _outputs(session: Session, order: Sequence[HiddenImage], clock: Clock) -> NDArray[np.float32]:
    """The numbers behind some answers, (N, classes); none where there are none."""
    none = np.empty((0, 0), np.float32)
    if len(order) < 2 * LOOKED_INTO:
        return none
    assignment = session.setup.assignment
    found = []
    try:
        for image in order[:LOOKED_INTO]:
            if clock.left <= 0:
                break
            pixels = pixels_of(image, assignment.interface.channels)
            found.append(session.outputs(pixels, assignment.limits.answer))
    except (ConversationEndedError, OSError):
        return none
    rows = [rows for rows in found if rows is not None and rows.size]
    return np.concatenate(rows) if rows else none


def _has_full_marks(answers: Sequence[Answer], assignment: Assignment) -> bool:
    correct = sum(answer.correct for answer in answers)
    return correct >= needed(assignment.policy.full_at, len(answers))


def _other_order(
    session: Session, answers: Sequence[Answer], order: Sequence[HiddenImage], clock: Clock
) -> dict[str, str | None]:
    """The answers in the other order of channels: a part of the images, and all of them only
    where that part reads better.
    """
    channels = session.setup.assignment.interface.channels[::-1]
    part = max(len(order) // PARTS, 1)
    other = ask_again(session, order[:part], channels, clock)
    asked = [answer for answer in answers if answer.image in other]
    now = sum(answer.correct for answer in asked)
    then = sum(other[answer.image] == answer.truth for answer in asked)
    if then > now:
        other |= ask_again(session, order[part:], channels, clock)
    return other


def told(end: End) -> str:
    """How a process ended, for the student."""
    return f"{end.cause.value}: {end.detail}" if end.detail else end.cause.value


def no_better_than_guessing(predictions: Predictions, assignment: Assignment) -> bool:
    """Whether the answers look guessed, by the rule of the policy."""
    answers = list(predictions.answers.values())
    correct, classes = sum(answer.correct for answer in answers), len(assignment.classes)
    return not better_than_guessing(correct, len(answers), classes, assignment.policy.guessing)


def weights_not_loaded(report: LoadReport) -> Finding | None:
    """`weights-not-loaded` where the import left parameters without a value or looked in vain for
    a file. For answers no better than guessing.
    """
    for attempt in report.attempts.unloaded[:1]:
        facts = {name: str(value) for name, value in attempt.model_dump().items()}
        told = Sentence("{count} of {total} parameters, such as {name}", facts)
        if attempt.file:
            told = Sentence(
                "{count} of {total} parameters, such as {name} ({file}, line {line})", facts
            )
        return find("weights-not-loaded", reason=told)
    weights = [path for path in report.attempts.missing if path.lower().endswith(_WEIGHTS)]
    if weights:
        return find(
            "weights-not-loaded", reason=Sentence("{path} is not there", {"path": weights[0]})
        )
    return None


def _raised(predictions: Predictions, assignment: Assignment) -> Finding | None:
    raised = diagnosis.problems(list(predictions.answers.values()), Problem.RAISED)
    if not raised:
        return None
    error, interface = predictions.error, assignment.interface
    facts: dict[str, object] = {"count": len(raised), "total": len(predictions.answers)}
    cured = cure(error, interface, IN_CALL) if error is not None else None
    if cured is not None:
        facts["cure"] = cured
    elif error is not None and error.missing_path and len(raised) == len(predictions.answers):
        return find(
            "weights-missing",
            path=error.missing_path,
            file=error.file,
            line=error.line,
            source=error.source,
            found=elsewhere(error),
            entry=interface.entry,
        )
    return find(
        "predict-failed",
        facts,
        function=interface.function,
        error=error.summary if error else raised[0].said,
        file=(error and error.file) or interface.entry,
        line=(error and error.line) or "?",
        source=error.source if error else "",
        channels=interface.channels,
    )


def _wrong_type(answers: Sequence[Answer], function: str) -> Finding | None:
    wrong = diagnosis.problems(answers, Problem.WRONG_TYPE)
    if not wrong:
        return None
    facts = {"said": wrong[0].said, "count": len(wrong), "total": len(answers)}
    return find("wrong-return-type", facts, function=function)


def _unknown(answers: Sequence[Answer], vocabulary: Vocabulary) -> Finding | None:
    unknown = diagnosis.problems(answers, Problem.UNKNOWN_CLASS)
    if not unknown:
        return None
    words = sorted({answer.said for answer in unknown})
    likely = [name for word in words if (name := vocabulary.nearest(word))]
    foreign = len(words) > 1 and 2 * len(likely) < len(words) and not words[0].isdecimal()
    if len(unknown) == len(answers) and foreign:
        return find("other-classes", said=words[0])
    near = likely[0] if likely else None
    nearest = Sentence(" (nearest: '{name}')", {"name": near}) if near else ""
    said = next((word for word in words if vocabulary.nearest(word)), words[0])
    return find("unknown-class", count=len(unknown), total=len(answers), said=said, nearest=nearest)
