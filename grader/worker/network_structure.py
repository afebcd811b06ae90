"""Whether a network whose name says nothing is the one that is sought: by its layers."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from .building import Built
from .flow import Layer
from .layers import POOLS, trace_layers

GREY = ((1, 32, 32), (1, 28, 28), (32, 32, 1), (28, 28, 1))
MOST_DENSE = 4  # with a dense C5, and one to spare
LEAST_ALIKE = 0.5  # share of the weights of the network sought, by sizes, that it has


class Likeness(NamedTuple):
    """What a network is known by under another name.

    classes: numbers that it makes. weights: sizes that its weights have in the assignment; none
    for LeNet5, which comes in many sizes.
    """

    classes: int
    weights: tuple[tuple[int, ...], ...] = ()

    def of(self, built: Built) -> bool:
        """Whether `built` is like it."""
        if not self.weights:
            return resembles(built)
        layers, _ = trace_layers(built.framework, built.network, built.accepts)
        have = Counter(layer.weight for layer in layers if layer.weight)
        wanted = Counter(self.weights)
        return sum((have & wanted).values()) >= LEAST_ALIKE * len(self.weights)


def resembles(built: Built) -> bool:
    """Whether it has two convolutions (or three, with C5 as one), pooling and at least two dense
    layers; for images in colour, which other small networks take, too, with sizes of the
    lecture's. Of a network that shows no such layers at all, by the sizes of its parameters.
    """
    layers, _ = trace_layers(built.framework, built.network, built.accepts)
    kinds = [layer.kind for layer in layers]
    convolutions, dense = kinds.count("convolution"), kinds.count("dense")
    if not convolutions and not dense:
        return _may_be_hidden(built)
    if convolutions not in (2, 3) or not 2 <= dense <= MOST_DENSE:
        return False
    if not any(kind in POOLS for kind in kinds):
        return False
    return built.accepts in GREY or _has_sizes(layers)


def _has_sizes(layers: list[Layer]) -> bool:
    """Whether convolutions make 6 and 16 maps, or dense layers 120 and 84 numbers."""
    made = {
        kind: [layer.weight[0] for layer in layers if layer.kind == kind and layer.weight]
        for kind in ("convolution", "dense")
    }
    return made["convolution"][:2] == [6, 16] or {120, 84} <= set(made["dense"])


def _may_be_hidden(built: Built) -> bool:
    """Whether parameters that plain functions use may be those of such layers."""
    sizes = [len(parameter.shape) for parameter in built.framework.parameters(built.network)]
    return not sizes or (sizes.count(4) in (2, 3) and sizes.count(2) >= 2)
