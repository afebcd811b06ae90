"""Trains LeNet5, measures it and writes it in the forms that other programs read."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mindspore as ms
import numpy as np

from reference.framework import Epoch, IntArray, Plan, fit, infer, save
from reference.lenet5.mnist import SIDE, Digits, prepare
from reference.lenet5.network import LeNet5

PLAN = Plan(epochs=3, batch=32, rate=2e-3)


class ExportError(RuntimeError):
    """The installed MindSpore cannot write this form; the message says what it can."""


def predictions(network: LeNet5, images: Any) -> IntArray:
    """Return the digit, 0..9, for each uint8 image (N, H, W): int32 (N,)."""
    prepared = np.stack([prepare(image) for image in images])
    logits = infer(network, lambda chosen: prepared[chosen], len(prepared))
    return np.asarray(logits.argmax(axis=1), np.int32)


def train(network: LeNet5, digits: Digits, plan: Plan, out: Path) -> Iterator[Epoch]:
    """Train, and save `out/lenet5-<epoch>.ckpt` after each epoch."""
    prepared = np.stack([prepare(image) for image in digits.images])
    for epoch in fit(network, lambda chosen: prepared[chosen], digits.labels, plan):
        save(network, out / f"lenet5-{epoch.number}.ckpt")
        yield epoch


def export(network: LeNet5, path: Path) -> None:
    """Write `path` as MindIR or ONNX, by its suffix, for one image (1, 1, 32, 32).

    Raises `ExportError` where the installed MindSpore cannot.
    """
    form = path.suffix.removeprefix(".").upper()
    if form not in {"MINDIR", "ONNX"}:
        raise ExportError(f"{path.name}: expected a name that ends in .mindir or .onnx")
    path.parent.mkdir(parents=True, exist_ok=True)
    example = ms.Tensor(np.zeros((1, 1, SIDE, SIDE), np.float32))
    network.set_train(False)
    try:
        ms.export(network, example, file_name=str(path.with_suffix("")), file_format=form)
    except (ValueError, RuntimeError, TypeError) as error:
        raise ExportError(
            f"MindSpore {ms.__version__} does not export {form}: {str(error).splitlines()[0]}"
        ) from error
