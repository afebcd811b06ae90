"""Normalisations over batches while a network answers: how far what arrives at each is from the
statistics that it stored in training. They tell where a network is no longer the one that was
trained, without a label.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from typing import Any, Callable, Iterator

import numpy as np

from .frameworks import Framework, Norm, calls_watched, loaded_frameworks
from .text import clean

MOST = 1_000  # normalisations that are told of
MOST_PLACES = 1_000  # of a channel of an image, evenly through it, that are counted
DEAD = 1e-3  # of the median variance, below which a channel tells nothing
MOST_MISFIT = 1e6
NO_STATISTICS = -1.0  # the misfit where nothing was stored in training, or nothing arrived

TRAINED = "trained"
UNTOUCHED = "untouched"  # as it was built: statistics, scale and offset
STATISTICS_UNTOUCHED = "statistics untouched"  # as in a training in evaluation mode

Doubles = np.ndarray[Any, Any]


def divergence(mean: Doubles, variance: Doubles, stored: Doubles, spread: Doubles) -> float:
    """How far normal distributions by channel of `mean` and `variance` are from those of `stored`
    and `spread`: the median of their divergence (Kullback, Leibler), 0 for none. All float64
    (channels,).
    """
    alive = spread > DEAD * np.median(spread)
    if not alive.any():
        return NO_STATISTICS
    ratio = np.maximum(variance[alive], 1e-30) / spread[alive]
    away = (mean - stored)[alive] ** 2 / spread[alive]
    return float(np.median((ratio + away - 1 - np.log(ratio)) / 2))


class Normalisations:
    """Those of the networks that answer while it watches, in the order in which they are asked
    first.
    """

    def __init__(self) -> None:
        self._seen: dict[int, _Seen] = {}
        self._networks: list[Any] = []

    @contextmanager
    def watched(self) -> Iterator[None]:
        """For the duration what arrives is counted."""
        depth = [0]
        with ExitStack() as stack:
            for framework in loaded_frameworks():
                watch = partial(self._watch, framework, depth)
                stack.enter_context(framework.eager())
                stack.enter_context(calls_watched(framework.network_type(), "__call__", watch))
            yield

    def _watch(
        self,
        framework: Framework,
        depth: list[int],
        layer: Any,
        call: Callable[[], Any],
        given: Any,
    ) -> Any:
        with suppress(Exception):  # to look must not disturb who is looked at
            self._look(framework, layer, given, outermost=not depth[0])
        depth[0] += 1
        try:
            return call()
        finally:
            depth[0] -= 1

    def _look(self, framework: Framework, layer: Any, given: Any, *, outermost: bool) -> None:
        if outermost and not any(layer is known for _, known in self._networks):
            self._networks.append((framework, layer))
        seen = self._seen.get(id(layer))
        if seen is None:
            norm = framework.norm(layer)
            if norm is None or len(self._seen) >= MOST:
                return
            seen = self._seen[id(layer)] = _Seen(layer, norm)
        values = framework.array(given)
        if values is not None:
            seen.add(values)

    def told(self) -> list[dict[str, str]]:
        """{name, state} of each; a layer that has but a place in a sequence is called by its class,
        too.
        """
        names: dict[int, str] = {}
        for framework, network in self._networks:
            names.update(framework.names(network))
        return [
            {"name": clean(_named(names.get(key, ""), seen.layer), 200), "state": _state(seen.norm)}
            for key, seen in self._seen.items()
        ]

    def misfits(self) -> list[float]:
        """By `divergence`, of all that arrived; NO_STATISTICS where that can't be said."""
        return [seen.misfit() for seen in self._seen.values()]


class _Seen:
    """One normalisation, and the sums of what arrived at it."""

    def __init__(self, layer: Any, norm: Norm) -> None:
        self.layer, self.norm = layer, norm
        self._count, self._sum, self._squares = 0, 0.0, 0.0

    def add(self, values: np.ndarray[Any, Any]) -> None:
        """`values`: (N, C, ...)."""
        channels = len(self.norm.mean)
        if values.ndim < 2 or values.shape[1] != channels:
            return
        places = values.reshape(len(values), channels, -1)
        each = places[:, :, :: -(-places.shape[2] // MOST_PLACES)].astype(np.float64)
        self._count += each[:, 0].size
        self._sum = self._sum + each.sum((0, 2))
        self._squares = self._squares + (each**2).sum((0, 2))

    def misfit(self) -> float:
        if not self._count or _state(self.norm) != TRAINED:
            return NO_STATISTICS
        mean = np.asarray(self._sum / self._count)
        variance = np.maximum(self._squares / self._count - mean**2, 0)
        stored, spread = (np.asarray(each, np.float64) for each in self.norm[:2])
        found = divergence(mean, variance, stored, spread)
        return min(found, MOST_MISFIT) if np.isfinite(found) else MOST_MISFIT


def _named(name: str, layer: Any) -> str:
    kind = type(layer).__name__
    if any(map(str.isalpha, name)):
        return name
    return f"{name} ({kind})" if name else kind


def _state(norm: Norm) -> str:
    if norm.mean.any():
        return TRAINED
    gamma, beta = norm.gamma, norm.beta
    as_built = (gamma is None or bool((gamma == 1).all())) and (beta is None or not beta.any())
    return UNTOUCHED if as_built else STATISTICS_UNTOUCHED
