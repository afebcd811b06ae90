"""Which finding explains which: the one place that decides what is told first, what not at all.

Three kinds. A cause was seen, or confirmed by replays. An order (of channels, of labels) is
confirmed by counting answers that would be right. An effect describes answers, or guesses why.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.evidence import Finding

# What is wrong with the image that enters the network.
INPUTS = (
    *("pixel-scale", "axes-swapped", "axes-reshaped", "image-flipped", "image-cut", "image-size"),
    *("image-detail", "image-padded", "random-input", "values-wrapped", "values-rounded"),
    *("values-changed", "colours-changed"),
)
# Where the image that was given never gets there.
UNREACHED = ("exception-swallowed", "not-finite", "image-ignored")
# Beside one of these no effect is told.
CAUSES = (
    *UNREACHED,
    "training-mode",
    "state-between-calls",
    *INPUTS,
    "smallest-taken",
    "largest-not-taken",
    "network-altered",
)
ORDERS = ("channel-order", "label-order")  # each says how many are right in the `other` order
# What is left out beside the first: answers that are all one because nothing was loaded; names that
# would be right in another order by chance; an answer that changes with the mode.
EXPLAINS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(CAUSES, ("constant-answers", "weights-not-loaded", *ORDERS)),
    "channel-order": ("constant-answers",),
    "weights-not-loaded": ("constant-answers", "label-order"),
}
for _code in UNREACHED:
    EXPLAINS[_code] += INPUTS  # any change helps that puts the image in the place of what arrives
for _code in ("training-mode", "random-input", "state-between-calls"):
    EXPLAINS[_code] += ("nondeterministic",)


def explained(findings: Sequence[Finding]) -> list[Finding]:
    """The findings, causes first, without what another explains. Of the orders only the one that
    makes most answers right counts, and it takes the place of causes that make fewer right.
    """
    orders = sorted((each for each in findings if each.code in ORDERS), key=_right, reverse=True)
    causes = [each for each in findings if each.code in CAUSES]
    passed_over = orders[1:]
    if orders and causes and _right(orders[0]) > max(map(_right, causes)) > 0:
        passed_over += causes
    left = [each for each in findings if not any(each is other for other in passed_over)]
    hidden = {code for each in left for code in EXPLAINS.get(each.code, ())}
    kept = [each for each in left if each.code not in hidden]
    return sorted(kept, key=lambda each: each.code not in CAUSES)


def _right(finding: Finding) -> float:
    """The share of answers that are right with that mended, of those it was tried on."""
    return int(finding.facts.get("other", 0)) / max(1, int(finding.facts.get("total", 1)))
