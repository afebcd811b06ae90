"""Whether a network learns at all: a short training on patterns that are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from grader.examine.layer_reports import LayerReport
from grader.examine.submitted_network import SubmittedNetwork

EXAMPLES, STEPS = 24, 20  # of a short training
RATES = (0.05, 0.005)  # of plain descent: the second where the first leads nowhere
MOST_MULTIPLY_ADDS = 4e10  # for which that is tried: seconds of one processor
CLASSES_LEARNED = 4  # patterns that are told apart
LEAST_GAIN = 0.001  # of the first loss, by which a later one is less


class ShortTraining(NamedTuple):
    """Losses of the steps up to the first that is not finite, and the error that kept it from being
    trained. Neither where it would take too long.
    """

    losses: tuple[float, ...] = ()
    error: str = ""

    @property
    def learns(self) -> bool:
        """Whether any later loss is less than the first."""
        return bool(self.losses) and min(self.losses) < (1 - LEAST_GAIN) * self.losses[0]


def trained(
    network: SubmittedNetwork, taken: Sequence[int], layers: Sequence[LayerReport]
) -> ShortTraining:
    """A short training that tells drawn patterns apart, of a network as it is built."""
    work = 3 * EXAMPLES * STEPS * sum(layer.multiply_adds for layer in layers)
    if not taken or work > MOST_MULTIPLY_ADDS or network.asked.outputs < CLASSES_LEARNED:
        return ShortTraining()
    random = np.random.default_rng(0)
    patterns = random.uniform(-1, 1, (CLASSES_LEARNED, *taken))
    labels = [number % CLASSES_LEARNED for number in range(EXAMPLES)]
    noise = random.normal(0, 0.2, (EXAMPLES, *taken))
    inputs = (patterns[labels] + noise).astype(np.float32)
    found = ShortTraining()
    for rate in RATES:
        network.find()  # built anew: nothing that was put in is left
        report = network.train(inputs, labels, STEPS, batch=EXAMPLES, rate=rate)
        losses = tuple(round(loss, 4) for loss in report.losses)
        found = ShortTraining(losses, report.error.told if report.error else "")
        if found.learns:
            break
    return found
