"""Trains a classifier: its head on the features of a frozen backbone, or all of it."""

import csv
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from mindspore import Tensor, nn

from reference.framework import Epoch, FloatArray, IntArray, Plan, fit, infer, save
from reference.garbage.images import LabelledImages
from reference.garbage.networks import Classifier

HEAD_PLAN = Plan(epochs=30, rate=3e-3, decay=1e-3)
"""On features of a frozen backbone: seconds."""

WHOLE_PLAN = Plan(epochs=25, batch=64, rate=3e-3, decay=1e-5)
"""The small network from random weights: minutes."""


class _Backbone(nn.Cell):  # type: ignore[misc]
    """A classifier without its head."""

    def __init__(self, network: Classifier) -> None:
        # With a prefix MindSpore would rename the parameters of the classifier itself, and no
        # checkpoint of it could be read again.
        super().__init__(auto_prefix=False)
        self.features = network.features
        self.pool = network.pool

    def construct(self, x: Tensor) -> Tensor:
        """Images (N, 3, size, size) to pooled features (N, C)."""
        return self.pool(self.features(x))


class Score(NamedTuple):
    """How many of `total` images got the right class."""

    correct: int
    total: int

    def __str__(self) -> str:
        return f"{self.correct} of {self.total} ({100 * self.correct / self.total:.2f} %)"


def predictions(network: Classifier, data: LabelledImages) -> IntArray:
    """Return the index of the class, 0..25, for each image: int32 (N,)."""
    logits = infer(network, data.prepared, len(data.labels))
    return np.asarray(logits.argmax(axis=1), np.int32)


def evaluate(network: Classifier, data: LabelledImages) -> Score:
    """Count the images whose class the network names."""
    return Score(int((predictions(network, data) == data.labels).sum()), len(data.labels))


def pooled_features(network: Classifier, data: LabelledImages, cache: Path | None) -> FloatArray:
    """Return the backbone's pooled output (N, C) for each image.

    It is kept below the folder `cache`, under a digest of weights and images, so that a second
    training on the same data starts at once.
    """
    digest = hashlib.sha256(data.images.tobytes())
    for parameter in network.features.get_parameters():
        digest.update(parameter.asnumpy().tobytes())
    path = cache / f"features-{digest.hexdigest()[:16]}.npy" if cache else None
    if path is not None and path.exists():
        stored: FloatArray = np.load(path, allow_pickle=False)
        return stored
    features = infer(_Backbone(network), data.prepared, len(data.labels), "features")
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, features)
    return features


def train_head(
    network: Classifier, data: LabelledImages, plan: Plan, cache: Path | None = None
) -> Iterator[Epoch]:
    """Train only the last layer, on features that are computed once."""
    features = pooled_features(network, data, cache)
    return fit(network.head, lambda chosen: features[chosen], data.labels, plan)


def train_whole(
    network: Classifier, data: LabelledImages, plan: Plan, grey: float = 0.0
) -> Iterator[Epoch]:
    """Train every layer, on images of which about half are mirrored, at random.

    `grey` is the share of images, 0 to 1, that lose their colours, so that shapes are learned too.
    """
    rng = np.random.default_rng(plan.seed)

    def varied(chosen: npt.NDArray[np.int64]) -> FloatArray:
        inputs = data.prepared(chosen)
        mirror = rng.random(len(chosen)) < 0.5
        inputs[mirror] = inputs[mirror, :, :, ::-1]
        if grey:
            dull = rng.random(len(chosen)) < grey
            inputs[dull] = inputs[dull].mean(axis=1, keepdims=True)
        return inputs

    return fit(network, varied, data.labels, plan)


def record(
    epochs: Iterator[Epoch], network: Classifier, validation: LabelledImages | None, out: Path
) -> Iterator[tuple[Epoch, Score | None]]:
    """After each epoch save `out/epoch-NN.ckpt` and add a row to `out/training.csv`."""
    out.mkdir(parents=True, exist_ok=True)
    with (out / "training.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(("epoch", "loss", "correct", "total"))
        for epoch in epochs:
            network.set_train(False)
            score = evaluate(network, validation) if validation else None
            table.writerow((epoch.number, f"{epoch.loss:.4f}", *(score or ("", ""))))
            file.flush()
            save(network, out / f"epoch-{epoch.number:02d}.ckpt")
            yield epoch, score
