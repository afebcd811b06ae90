"""A series as it is read from a record of training, and the curve that is kept of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple, TypeGuard

MAX_POINTS = 200  # points of a curve
MAX_NAME_CHARS = 40  # characters of its name
PERCENT = 1.5  # accuracies above are no shares of 1
MAX_VALUE = 1e30  # a value above is as good as infinite

LOSS_WORDS = r"loss(?:es)?|损失(?:函数)?值?"
ACCURACY_WORDS = r"acc(?:uracy|s)?(?:@?[15])?|准确[率度]|正确率|精度"
_LOSS = re.compile(rf"(?:{LOSS_WORDS})(?![a-z])", re.IGNORECASE)
_ACCURACY = re.compile(rf"(?:{ACCURACY_WORDS})(?![a-z])", re.IGNORECASE)


class Point(NamedTuple):
    """One value and where in the training it stands, as far as the record says."""

    value: float
    epoch: float | None = None
    step: int | None = None


@dataclass
class Series:
    """The values of one quantity in their order."""

    name: str
    cell: int = 0  # of a notebook, from 1
    run: int = 1  # of a record that holds several trainings
    points: list[Point] = field(default_factory=list)


def quantity(name: str) -> str:
    """What a series of this name is: "loss", "accuracy", or "" for anything else."""
    if _LOSS.search(name):
        return "loss"
    return "accuracy" if _ACCURACY.search(name) else ""


def curve(series: Series, file: str) -> dict[str, Any] | None:
    """What is kept of `series`, read from `file`: in the form of `evidence.Curve`, or None where
    none of its values is a number.
    """
    read = _once(series.points)
    points = [point for point in read if abs(point.value) < MAX_VALUE]
    if not points:
        return None
    kind = quantity(series.name)
    values = [point.value for point in points]
    if kind == "accuracy" and PERCENT < max(values) <= 100:
        values = [value / 100 for value in values]
    unit, places = _places(points)
    shown = _thinned(values)
    return {
        "file": file,
        "cell": series.cell,
        "run": series.run,
        "name": " ".join(series.name.split())[:MAX_NAME_CHARS],
        "quantity": kind,
        "unit": unit,
        "x": [float(f"{places[index]:.12g}") for index in shown],
        "y": [_rounded(values[index]) for index in shown],
        "count": len(points),
        "lost": len(read) - len(points),
    }


def _once(points: Sequence[Point]) -> list[Point]:
    """The points without those that say again what the one before said of the same place."""
    placed = [point.epoch is not None or point.step is not None for point in points]
    return [
        point
        for place, point in enumerate(points)
        if not (place and placed[place] and point == points[place - 1])
    ]


def _places(points: Sequence[Point]) -> tuple[str, Sequence[float]]:
    """What the points are counted in, and where each stands: steps, else epochs, else numbers.

    Steps that begin anew with each epoch are added up.
    """
    steps = [point.step for point in points if _finite(point.step)]
    epochs = [point.epoch for point in points if _finite(point.epoch)]
    if len(steps) == len(points):
        if _rises(steps):
            return "step", steps
        if len(epochs) == len(points):
            length = max(steps)
            together = [
                (epoch - epochs[0]) * length + step
                for epoch, step in zip(epochs, steps, strict=True)
            ]
            if _rises(together):
                return "step", together
    if len(epochs) == len(points) and _rises(epochs):
        return "epoch", epochs
    return "", range(1, len(points) + 1)


def _finite(place: float | None) -> TypeGuard[float]:
    """Whether a place is there and can be drawn; a record may say anything ("inf", 1e999)."""
    return place is not None and abs(place) < MAX_VALUE


def _rises(places: Sequence[float]) -> bool:
    return all(before < after for before, after in pairwise(places))


def _thinned(values: Sequence[float]) -> list[int]:
    """Indices of at most MAX_POINTS values: the first, the last, the least and largest of each
    part.
    """
    count = len(values)
    if count <= MAX_POINTS:
        return list(range(count))
    parts = MAX_POINTS // 2 - 1
    kept = {0, count - 1}
    for part in range(parts):
        indices = range(part * count // parts, (part + 1) * count // parts)
        kept |= {min(indices, key=values.__getitem__), max(indices, key=values.__getitem__)}
    return sorted(kept)


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")
