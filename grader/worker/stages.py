"""The stages of a network to be looked at: kernels, and what layers make of one image."""

from __future__ import annotations

import itertools
from typing import Any, Sequence

import numpy as np

from .flow import Layer
from .frameworks import Framework, TrainingStep
from .layers import POOLS

MOST_STAGES = 24
MOST_VALUES = 60_000  # of all kernels and maps together
OUTPUTS, INPUTS = 16, 6  # kernels of a convolution: of so many outputs, for so many inputs each
MAPS, SIDE = 16, 32  # maps of a layer, and their height and width in pixels, at most


class Stages:
    """Convolutions and poolings in order of execution, within what a page can show.

    Attributes:
        report: {layer: number from 1, kernels: [outputs, inputs, height, width] or [], maps:
            [count, height, width]} each.
    """

    def __init__(self, framework: Framework, layers: Sequence[Layer]) -> None:
        self.report: list[dict[str, Any]] = []
        self._values: list[np.ndarray[Any, Any]] = []
        drawn = [(n, step) for n, step in map(_drawn, itertools.count(1), layers) if step]
        room = MOST_VALUES // max(len(drawn[:MOST_STAGES]), 1)
        for number, step in drawn[:MOST_STAGES]:
            self._take(number, step, framework, room)

    def _take(self, number: int, step: TrainingStep, framework: Framework, room: int) -> None:
        """Note a layer: as many of its kernels as fit into half of the `room` (numbers), and as
        many of its maps as then fit.
        """
        kernels = framework.weight(step.layer)
        if kernels is None or kernels.ndim != 4:
            kernels = np.zeros((0, 0, 0, 0), np.float32)
        kernels = kernels[:OUTPUTS, :INPUTS]
        kernels = kernels[: room // 2 // max(int(np.prod(kernels.shape[1:])), 1)]
        maps = step.made[0]
        maps = maps[:, :: -(-maps.shape[1] // SIDE), :: -(-maps.shape[2] // SIDE)]
        maps = maps[: min(MAPS, (room - kernels.size) // max(int(np.prod(maps.shape[1:])), 1))]
        sizes = list(kernels.shape) if kernels.size else []
        self.report.append({"layer": number, "kernels": sizes, "maps": list(maps.shape)})
        self._values += [kernels.ravel(), maps.ravel()]

    def values(self) -> np.ndarray[Any, Any] | None:
        """All values, float32, in the report's order, kernels before maps; None where there are
        none.
        """
        if not self._values:
            return None
        made: np.ndarray[Any, Any] = np.concatenate(self._values).astype(np.float32)
        return made


def _drawn(number: int, layer: Layer) -> tuple[int, TrainingStep | None]:
    """The layer's number, and its step where it is one to be looked at."""
    step = layer.step if layer.kind in ("convolution", *POOLS) else None
    return number, step if step is not None and step.made.ndim == 4 else None
