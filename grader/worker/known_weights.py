"""Weights that can be drawn anywhere: two networks that have them must compute the same."""

from __future__ import annotations

from typing import Any, Sequence

import numpy as np

from .flow import Layer
from .frameworks import Framework
from .layers import WEIGHTY, put_in

SEED = 20  # of NumPy's old generator, whose numbers are the same in every release
NORM = "batch-norm"


def put_known(framework: Framework, layers: Sequence[Layer], order: Sequence[int]) -> str:
    """Put weights into the layers numbered (from 1) in `order`: into the n-th the same values in
    every network whose n-th has those sizes. The name of a layer that has weights of another kind
    or none of its own in `order`, "" where all are put.
    """
    for number, layer in enumerate(layers, 1):
        if layer.parameters and (number not in order or layer.kind not in (*WEIGHTY, NORM)):
            return layer.name or layer.kind
    random = np.random.RandomState(SEED)
    for number in order:
        layer = layers[number - 1]
        if layer.kind == NORM and layer.step is not None:
            framework.set_norm(layer.step.layer, _norm(random, layer.output[0]))
        elif layer.weight:
            _put(framework, layers, layer, random)
    return ""


def _put(
    framework: Framework, layers: Sequence[Layer], layer: Layer, random: np.random.RandomState
) -> None:
    """Weights that keep the size of what flows; no biases, which some leave out before a norm."""
    spread = np.sqrt(2 / max(int(np.prod(layer.weight[1:])), 1))
    values = spread * random.normal(size=int(np.prod(layer.weight)))
    put_in(framework, layers, layer, "w", values.reshape(layer.weight).astype(np.float32))
    if layer.bias:
        put_in(framework, layers, layer, "b", np.zeros(_outputs(layer), np.float32))


def _outputs(layer: Layer) -> int:
    return layer.output[0] if layer.kind != "dense" else layer.output[-1]


def _norm(random: np.random.RandomState, channels: int) -> dict[str, np.ndarray[Any, Any]]:
    """Large variances: what frameworks add to them (1e-5, Keras 1e-3) must not be seen."""
    drawn = {
        "gamma": random.uniform(5, 15, channels),
        "beta": random.normal(0, 0.5, channels),
        "mean": random.normal(0, 1, channels),
        "variance": random.uniform(50, 150, channels),
    }
    return {name: values.astype(np.float32) for name, values in drawn.items()}
