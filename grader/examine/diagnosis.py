"""Diagnosis: why the answers score as they do. Findings only; marks never follow from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import comb

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from grader.assignment import Interface, Label
from grader.evidence import Answer, Finding, Problem
from grader.evidence.findings import find
from grader.language import Sentence

Answers = Mapping[str, str | None]  # image id -> class name

CLEARLY = 0.01  # level of the exact tests
UNDECIDED = 0.1  # of the way from chance to certainty


def constant(answers: Sequence[Answer]) -> Finding | None:
    """`constant-answers` where at least 10 valid answers are all the same class."""
    words = Counter(answer.answer for answer in answers if answer.answer is not None)
    if len(words) != 1 or words.total() < 10 or len({answer.truth for answer in answers}) < 2:
        return None
    ((word, count),) = words.items()
    return find("constant-answers", count=count, answer=word)


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
        "its outputs hardly differ between the classes: the largest has a share of {share}, "
        "by chance it would have {chance}",
        {"share": f"{share:.0%}", "chance": f"{chance:.0%}"},
    )
    return find("weights-not-loaded", reason=reason)


def channel_order(
    answers: Sequence[Answer], other: Answers, interface: Interface
) -> Finding | None:
    """`channel-order` where the answers to the same images in the other order of channels are
    right clearly more often: McNemar's exact one-sided test over the pairs that differ.
    """
    pairs = [(a.correct, other[a.image] == a.truth) for a in answers if a.image in other]
    gained = sum(then and not now for now, then in pairs)
    lost = sum(now and not then for now, then in pairs)
    if gained <= lost or not _clearly_more(gained, gained + lost):
        return None
    return find(
        "channel-order",
        correct=sum(now for now, _ in pairs),
        other=sum(then for _, then in pairs),
        total=len(pairs),
        channels=interface.channels,
        function=interface.function,
    )


def label_order(answers: Sequence[Answer], classes: Sequence[Label]) -> Finding | None:
    """`label-order` where class names stand in each other's places.

    The renaming with the most hits (assignment problem over the confusion matrix) counts where a
    renamed class gets more than half of its images right by it, where that makes at least 3
    images and 2 % of all, and where 40 % of all images are right then: among the answers of a
    model that knows little, some renaming always fits a little.
    """
    index = {label.en: number for number, label in enumerate(classes)}
    confusion = np.zeros((len(classes), len(classes)), dtype=np.int64)
    for answer in answers:
        if answer.answer is not None:
            confusion[index[answer.answer], index[answer.truth]] += 1
    images_of = Counter(index[answer.truth] for answer in answers)
    # Where two renamings hit as often, the one that leaves more names in their places counts.
    hits_first = confusion * (len(classes) + 1) + np.eye(len(classes), dtype=np.int64)
    said, meant = linear_sum_assignment(hits_first, maximize=True)
    moved = [
        (int(s), int(m))
        for s, m in zip(said, meant, strict=True)
        if s != m and 2 * confusion[s, m] > images_of[int(m)]
    ]
    gain = sum(int(confusion[s, m] - confusion[m, m]) for s, m in moved)
    hits = sum(answer.correct for answer in answers)
    if gain < max(3, 0.02 * len(answers)) or hits + gain < 0.4 * len(answers):
        return None
    swaps = [f"{classes[s].en} → {classes[m].en}" for s, m in moved]
    return find(
        "label-order",
        correct=hits,
        other=hits + gain,
        total=len(answers),
        swaps=", ".join(swaps[:3]) + (", …" if len(swaps) > 3 else ""),
        cause=_cause(moved, classes),
    )


def _cause(moved: Sequence[tuple[int, int]], classes: Sequence[Label]) -> Sentence:
    """How the names came into each other's places; `moved` are pairs of indices, said and meant."""
    names = [label.en for label in classes]
    ranks = [sorted(names).index(name) for name in names]
    if all(meant == said + 1 for said, meant in moved):
        missing = classes[min(said for said, _ in moved)].folder
        return Sentence(
            "a data set without the folder {missing} shifts all later indices", {"missing": missing}
        )
    if all(said == ranks[meant] for said, meant in moved) or all(
        meant == ranks[said] for said, meant in moved
    ):
        return Sentence("here they are in the order of the alphabet on one side only")
    return Sentence("here they are in another order than in training")


def nondeterministic(answers: Sequence[Answer], again: Answers) -> Finding | None:
    """`nondeterministic` where an image put twice got two answers."""
    first = {answer.image: answer.answer for answer in answers}
    differ = sum(first[image] != word for image, word in again.items())
    return find("nondeterministic", count=differ, total=len(again)) if differ else None


def slow(answers: Sequence[Answer], function: str, limit: float) -> Finding | None:
    """`slow` where the median answer takes over a tenth of its limit and half a second."""
    times = sorted(answer.seconds for answer in answers if answer.answer is not None)
    if not times:
        return None
    median = times[len(times) // 2]
    if median <= max(limit / 10, 0.5):
        return None
    return find("slow", function=function, seconds=f"{median:.1f}")


def problems(answers: Sequence[Answer], problem: Problem) -> list[Answer]:
    """The answers that have this problem."""
    return [answer for answer in answers if answer.problem is problem]


def _clearly_more(gained: int, differing: int) -> bool:
    """Whether `gained` of `differing` fair coins is more than chance: P(X >= gained) <= CLEARLY."""
    tail = sum(comb(differing, k) for k in range(gained, differing + 1))
    return bool(tail <= CLEARLY * 2**differing)
