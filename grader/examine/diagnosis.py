"""Diagnosis: why the answers score as they do. Findings only; marks never follow from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from grader.assignment import Assignment
from grader.evidence import Answer, Finding, Problem
from grader.evidence.findings import make_finding
from grader.language import Sentence
from grader.scoring.counts import better_than_guessing, clearly_more

Answers = Mapping[str, str | None]  # image id -> class name

CLEARLY = 0.01  # level of the exact tests
MOST_RIGHT = 0.75  # share of right answers from which on no other cause is looked for
LOST_PROBLEMS = (Problem.TIMEOUT, Problem.CRASHED, Problem.MEMORY, Problem.NOT_ASKED)
UNDECIDED = 0.1  # of the way from chance to certainty


def constant(answers: Sequence[Answer]) -> Finding | None:
    """`constant-answers` where at least 10 valid answers are all the same class."""
    words = Counter(answer.answer for answer in answers if answer.answer is not None)
    if len(words) != 1 or words.total() < 10 or len({answer.truth for answer in answers}) < 2:
        return None
    ((word, count),) = words.items()
    return make_finding("constant-answers", count=count, answer=word)


def lost_after_the_network(finding: Finding, outputs: NDArray[np.float32]) -> Finding:
    """The finding `constant-answers` with another cure where `outputs` (N, classes), the numbers
    behind some of the answers, have their largest for different classes.
    """
    if outputs.ndim != 2 or not outputs.size or len(set(outputs.argmax(axis=1).tolist())) < 2:
        return finding
    cure = Sentence(
        "The network itself tells these images apart: the mistake is in what follows. softmax and "
        "argmax go along the last axis, not along the batch (axis=0)."
    )
    return make_finding(finding.code, {**finding.facts, "cure": cure})


def near_uniform(outputs: NDArray[np.float32]) -> Finding | None:
    """`weights-not-loaded` for outputs (N, classes), logits or probabilities, whose largest share
    is on average hardly above that of chance. Trained networks are far above it, even where they
    are wrong.
    """
    if outputs.ndim != 2 or outputs.size == 0 or not np.isfinite(outputs).all():
        return None
    values = outputs.astype(np.float64)
    shares = values
    if values.min() < 0 or not np.allclose(values.sum(axis=1), 1, atol=1e-3):
        powers = np.exp(values - values.max(axis=1, keepdims=True))
        shares = powers / powers.sum(axis=1, keepdims=True)
    share, chance = float(shares.max(axis=1).mean()), 1 / values.shape[1]
    if share >= chance + UNDECIDED * (1 - chance):
        return None
    reason = Sentence(
        "its outputs hardly differ between the classes: the largest has hardly more than its "
        "share; by chance it would have {chance}",
        {"chance": f"{chance:.0%}"},
    )
    return make_finding("weights-not-loaded", reason=reason)


def still_wrong(right: int, total: int) -> Sentence | str:
    """What is added to a gain that leaves many answers wrong: one mistake hides another."""
    if right >= MOST_RIGHT * total:
        return ""
    facts = {"left": str(total - right)}
    return Sentence(" {left} would still be wrong: there is another cause, too.", facts)


def channel_order(
    answers: Sequence[Answer], other: Answers, assignment: Assignment
) -> Finding | None:
    """`channel-order` where the answers to the same images in the other order of channels are
    right clearly more often (McNemar's exact one-sided test over the pairs that differ), and more
    often than by guessing: a model that can read them in neither has another fault.
    """
    interface, classes = assignment.interface, len(assignment.classes)
    pairs = [(a.correct, other[a.image] == a.truth) for a in answers if a.image in other]
    gained = sum(then and not now for now, then in pairs)
    lost = sum(now and not then for now, then in pairs)
    if gained <= lost or not clearly_more(gained, gained + lost, CLEARLY):
        return None
    right = sum(then for _, then in pairs)
    if not better_than_guessing(right, len(pairs), classes, assignment.policy.guessing):
        return None
    return make_finding(
        "channel-order",
        correct=sum(now for now, _ in pairs),
        other=right,
        total=len(pairs),
        rest=still_wrong(right, len(pairs)),
        channels=interface.channels,
        function=interface.function,
    )


def state_between_calls(answers: Sequence[Answer], alone: Answers, function: str) -> Finding | None:
    """`state-between-calls` where most images get another answer alone than among the others."""
    first = {answer.image: answer.answer for answer in answers}
    differ = sum(word != first.get(image) for image, word in alone.items())
    if 2 * differ <= len(alone):
        return None
    return make_finding("state-between-calls", count=differ, total=len(alone), function=function)


def nondeterministic(answers: Sequence[Answer], again: Answers) -> Finding | None:
    """`nondeterministic` where an image put twice got two answers. An image whose answer was lost
    with the process, whoever ended it, got none.
    """
    first = {
        answer.image: answer.answer for answer in answers if answer.problem not in LOST_PROBLEMS
    }
    pairs = [(first[image], word) for image, word in again.items() if image in first]
    differ = sum(one != other for one, other in pairs)
    return make_finding("nondeterministic", count=differ, total=len(pairs)) if differ else None


def slow(answers: Sequence[Answer], function: str, limit: float) -> Finding | None:
    """`slow` where the median answer takes over a tenth of its limit and half a second."""
    times = sorted(answer.seconds for answer in answers if answer.answer is not None)
    if not times:
        return None
    median = times[len(times) // 2]
    if median <= max(limit / 10, 0.5):
        return None
    return make_finding("slow", function=function, seconds=f"{median:.1f}")


def problems(answers: Sequence[Answer], problem: Problem) -> list[Answer]:
    """The answers that have this problem."""
    return [answer for answer in answers if answer.problem is problem]
