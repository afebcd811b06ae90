"""Whether an answer is the class with the largest output of the network: seen at images of ours,
without any label.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.examine.observing import Observed
from grader.examine.remedies import Remedy

LARGEST = "largest-not-taken"
MIN_ANSWERS = 5  # with their outputs, from which anything is concluded


def taken_otherwise(looked: Observed, constant: bool) -> list[Remedy]:
    """The largest output in the answer's place, where the answers do not follow it; the smallest
    turned into it, where they follow that. `constant`: whether the answers to the hidden images
    are nearly all one.

    Each class has to have an answer of its own, whichever: names in another order are no mistake
    of this kind.
    """
    outputs = [
        ([value for value in one.output if value is not None], len(one.output), one.word)
        for one in looked.reports.values()
    ]
    whole = [(values, word) for values, count, word in outputs if word and count == len(values) > 1]
    if len(whole) < MIN_ANSWERS:
        return []
    if not constant and _follow([(_place(values, max(values)), word) for values, word in whole]):
        return []
    smallest = [(_place(values, min(values)), word) for values, word in whole]
    if len(set(smallest)) > 1 and _follow(smallest):
        return [Remedy("smallest-taken", ({"kind": "negate"},), {}, shown=True)]
    return [Remedy(LARGEST, (), {}, shown=True)]


def _place(values: Sequence[float], value: float) -> int:
    return list(values).index(value)


def _follow(pairs: Sequence[tuple[int, str]]) -> bool:
    """Whether each class has one word and each word one class."""
    return len(set(pairs)) == len({place for place, _ in pairs}) == len({word for _, word in pairs})
