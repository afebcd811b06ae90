"""MindSpore as the reference uses it: set up for a CPU, with one training loop and one file form.

Import this module before `mindspore` itself.
"""

import os

# oneDNN's AVX-512 code lacks MindSpore 2's k x k convolutions and falls back to a reference kernel,
# some forty times slower. It is read once, when MindSpore is imported.
os.environ.setdefault("ONEDNN_MAX_CPU_ISA", "AVX2")
# Deprecation warnings of MindSpore's own optimisers, one for each step.
os.environ.setdefault("GLOG_v", "3")

import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import mindspore as ms
import numpy as np
import numpy.typing as npt
from mindspore import nn

from reference.console import track

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int32]
Inputs = Callable[[npt.NDArray[np.int64]], FloatArray]
"""Gives the network's input, float32, for the numbers of the samples of one batch."""


class WeightsMismatchError(ValueError):
    """Weights do not belong to the network; the message names the first parameters in question."""


class Plan(NamedTuple):
    """How to train: `rate` is the first learning rate of Adam, which falls to 0 as a cosine."""

    epochs: int
    batch: int = 32
    rate: float = 1e-3
    decay: float = 0.0
    seed: int = 1


class Epoch(NamedTuple):
    """An epoch that ended: its number from 1, and the mean loss of its batches."""

    number: int
    loss: float


def set_up(seed: int, graph: bool = True) -> None:
    """Choose the CPU and fix every random number.

    Graph mode compiles once and is faster for training; PyNative starts at once.
    """
    # Waiting for each operation is what makes PyNative fast on a CPU: 1.5 ms instead of 30 ms for
    # a small network, because its threads no longer wake each other.
    ms.set_context(mode=ms.GRAPH_MODE if graph else ms.PYNATIVE_MODE, pynative_synchronize=True)
    ms.set_device("CPU")
    ms.set_seed(seed)


def fit(network: Any, inputs: Inputs, labels: IntArray, plan: Plan) -> Iterator[Epoch]:
    """Train `network` (a cell: input to logits (N, classes)) on samples 0..len(labels)-1.

    Yields after each epoch, so that the caller may save or measure; the network is then in
    evaluation mode. A batch that would not be full is left out: its samples come another time.
    """
    batches = len(labels) // plan.batch
    if batches == 0:
        raise ValueError(f"expected at least {plan.batch} samples (one batch), got {len(labels)}")
    steps = plan.epochs * batches
    rates = [plan.rate * (1 + math.cos(math.pi * step / steps)) / 2 for step in range(steps)]
    optimizer = nn.Adam(network.trainable_params(), rates, weight_decay=plan.decay)
    with_loss = nn.WithLossCell(network, nn.CrossEntropyLoss())
    train_one_step = nn.TrainOneStepCell(with_loss, optimizer)
    rng = np.random.default_rng(plan.seed)
    for number in range(1, plan.epochs + 1):
        train_one_step.set_train(True)
        order = rng.permutation(len(labels))[: batches * plan.batch].reshape(batches, plan.batch)
        total = 0.0
        for chosen in track(list(order), f"epoch {number}/{plan.epochs}"):
            loss = train_one_step(ms.Tensor(inputs(chosen)), ms.Tensor(labels[chosen]))
            total += float(loss.asnumpy())
        network.set_train(False)
        yield Epoch(number, total / batches)


def infer(network: Any, inputs: Inputs, count: int, description: str = "reading") -> FloatArray:
    """Return the outputs (count, ...) of a cell for samples 0..count-1, in evaluation mode."""
    network.set_train(False)
    # Always full batches: Graph mode would compile anew for another size.
    batch = min(32, count)
    starts = [min(start, count - batch) for start in range(0, count, batch)]
    outputs: list[FloatArray] = []
    for place, start in enumerate(track(starts, description)):
        output = network(ms.Tensor(inputs(np.arange(start, start + batch)))).asnumpy()
        outputs.append(output[place * batch - start :])
    return np.concatenate(outputs)


def save(network: Any, path: Path) -> None:
    """Write a checkpoint, and the folder for it where there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    ms.save_checkpoint(network, str(path))
    # MindSpore lets only the owner read it; a grader that runs as somebody else could not.
    path.chmod(0o644)


def load(network: Any, path: Path, ignore: tuple[str, ...] = ()) -> None:
    """Read a checkpoint into `network`; parameters that begin with one of `ignore` stay as is.

    MindSpore itself loads nothing and succeeds where no name fits. Here each parameter has to be
    there with its shape, else `WeightsMismatchError` (what else the file holds does not matter).
    """
    stored = {name: each.asnumpy() for name, each in ms.load_checkpoint(str(path)).items()}
    assign(network, stored, str(path), ignore)


def assign(
    network: Any,
    weights: Mapping[str, npt.NDArray[Any]],
    source: str,
    ignore: tuple[str, ...] = (),
) -> None:
    """Set each parameter of `network` from `weights`; as strict as `load`."""
    wanted = {
        name: parameter
        for name, parameter in network.parameters_dict().items()
        if not name.startswith(ignore)
    }
    wrong = [
        f"{name} {tuple(parameter.shape)}"
        for name, parameter in wanted.items()
        if name not in weights or weights[name].shape != tuple(parameter.shape)
    ]
    if wrong:
        raise WeightsMismatchError(
            f"{source}: {len(wrong)} of {len(wanted)} parameters are missing or have another "
            f"shape, the first: {', '.join(wrong[:3])}. Is it a checkpoint of this network?"
        )
    for name, parameter in wanted.items():
        parameter.set_data(ms.Tensor(weights[name].astype(np.float32)))
