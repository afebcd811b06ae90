"""Trains the small network as each sample student did: honestly, some of them not long enough."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from reference import framework
from reference.framework import Epoch, Plan
from reference.garbage.images import LabelledImages
from reference.garbage.networks import Classifier, build
from reference.garbage.training import Score, evaluate, train_whole

NETWORK = "mobilenet-v2-small"
SIZE = 64
PER_CLASS = 120

Weights = dict[str, npt.NDArray[np.float32]]


class Recipe(NamedTuple):
    """Train by `epochs` and stop after `stop` of them; or stop once `band` is met.

    `band` is (least, most) right answers on the hidden images: a submission that should earn 80-85
    % is the first checkpoint that does. `grey` is the share of training images without colours.
    """

    seed: int
    epochs: int = 12
    stop: int | None = None
    band: tuple[int, int] | None = None
    grey: float = 0.0


class Trained(NamedTuple):
    """What a training left behind, epoch by epoch; `weights[-1]` is handed in."""

    weights: tuple[Weights, ...]
    epochs: tuple[tuple[Epoch, Score], ...]


class BandMissedError(RuntimeError):
    """No epoch fell into the band; another seed of the recipe will do."""


class Images(NamedTuple):
    """`train` and the students' own `validation` are pictograms; `hidden` is the grader's set."""

    train: LabelledImages
    validation: LabelledImages
    hidden: LabelledImages


def _weights(network: Classifier) -> Weights:
    return {name: each.asnumpy().copy() for name, each in network.parameters_dict().items()}


def _run(recipe: Recipe, images: Images) -> Iterator[tuple[Weights, Epoch, Score]]:
    framework.set_up(recipe.seed)
    network = build(NETWORK)
    plan = Plan(recipe.epochs, batch=64, rate=3e-3, decay=1e-5, seed=recipe.seed)
    for epoch in train_whole(network, images.train, plan, recipe.grey):
        yield _weights(network), epoch, evaluate(network, images.validation)
        if epoch.number == (recipe.stop or recipe.epochs):
            return
        if recipe.band:
            correct = evaluate(network, images.hidden).correct
            if recipe.band[0] <= correct <= recipe.band[1]:
                return
    if recipe.band:
        raise BandMissedError(f"{recipe}: no epoch had {recipe.band} of the hidden images right")


def train(recipe: Recipe, images: Images, kept: Path | None) -> Trained:
    """Train, or read from the folder `kept` what an earlier call with the same input wrote there.

    Raises `BandMissedError`.
    """
    digest = hashlib.sha256(repr(recipe).encode())
    for each in images:
        digest.update(each.images.tobytes())
    path = kept / f"{digest.hexdigest()[:16]}.npz" if kept else None
    if path is not None and path.exists():
        return _read(path)
    weights, epochs, scores = zip(*_run(recipe, images), strict=True)
    trained = Trained(weights, tuple(zip(epochs, scores, strict=True)))
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, trained)
    return trained


def _write(path: Path, trained: Trained) -> None:
    arrays = {
        f"{place}/{name}": array
        for place, weights in enumerate(trained.weights)
        for name, array in weights.items()
    }
    log = np.array([(epoch.number, epoch.loss, *score) for epoch, score in trained.epochs])
    np.savez(path, log=log, **arrays)


def _read(path: Path) -> Trained:
    with np.load(path, allow_pickle=False) as stored:
        log = stored["log"]
        weights: list[Weights] = [{} for _ in log]
        for key in stored.files:
            place, _, name = key.partition("/")
            if name:
                weights[int(place)][name] = stored[key]
    epochs = tuple(
        (Epoch(int(number), float(loss)), Score(int(correct), int(total)))
        for number, loss, correct, total in log
    )
    return Trained(tuple(weights), epochs)
