"""What a framework tells of its networks and their layers."""

from __future__ import annotations

from typing import Any, Iterator, NamedTuple

import numpy as np


class NetworkParameter(NamedTuple):
    """A trainable parameter: its name, its sizes in the framework's own order, and itself."""

    name: str
    shape: tuple[int, ...]
    value: Any = None


class TrainingStep(NamedTuple):
    """One layer as it was run: the layer, its name in the network, what went in and came out.

    Arrays are as (N, C, H, W) or (N, F), whatever the framework's own order is. `inside` is True
    for a layer that ran within another layer, such as the activation of a dense layer. `seconds`:
    wall clock, with what ran within it.
    """

    layer: Any
    name: str
    given: np.ndarray[Any, Any]
    made: np.ndarray[Any, Any]
    inside: bool
    seconds: float = 0.0


class Norm(NamedTuple):
    """What a normalisation over batches holds, float (channels,): the statistics that it stored in
    training, its scale and its offset; None for what it lacks.
    """

    mean: np.ndarray[Any, Any]
    variance: np.ndarray[Any, Any]
    gamma: np.ndarray[Any, Any] | None
    beta: np.ndarray[Any, Any] | None


class LayerTrace(NamedTuple):
    """The layers that ran, what came out, and the error that kept it from coming out."""

    steps: list[TrainingStep]
    output: np.ndarray[Any, Any] | None
    error: BaseException | None


class Training(NamedTuple):
    """A short training: steps, images in each, and the step's size."""

    steps: int = 30
    batch: int = 32
    rate: float = 0.1

    def batches(self, count: int) -> Iterator[np.ndarray[Any, Any]]:
        """Indexes of the images of each step, walking round `count` images."""
        for step in range(self.steps):
            yield (np.arange(self.batch) + step * self.batch) % count
