"""Runs inside a runtime's interpreter, in a sandbox: a small network on a device.

`python -s compute.py FRAMEWORK KIND MIB` prints one line of JSON and then holds MIB MiB of the
device's memory until it is ended. `python -s compute.py "" KIND` looks for a device that it was not
given. Plain Python >= 3.7 with numpy.

The same weights and images go through the framework on the device and through numpy in float64,
which is the processor's word: a wrong driver, library or card gives other numbers.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

IMAGES, CHANNELS, SIDE, FILTERS, CLASSES = 8, 3, 32, 16, 26
EPSILON = 1e-5  # of the batch normalisation
PASSES = 20  # forward passes that are timed, after the first

Array = Any  # an array of numpy; its type cannot be written for Python 3.7
Network = Callable[[], Array]
Facts = dict[str, Any]


def numbers() -> dict[str, Array]:
    """Images (N, C, H, W) and the weights of convolution, batch normalisation and dense layer."""
    random = np.random.RandomState(26)
    sizes = {
        "images": (IMAGES, CHANNELS, SIDE, SIDE),
        "kernel": (FILTERS, CHANNELS, 3, 3),
        "gamma": (FILTERS,),
        "beta": (FILTERS,),
        "mean": (FILTERS,),
        "dense": (CLASSES, FILTERS),
    }
    made = {name: random.standard_normal(size).astype(np.float32) for name, size in sizes.items()}
    made["variance"] = random.uniform(0.5, 2, FILTERS).astype(np.float32)
    return made


def reference(given: dict[str, Array]) -> Array:
    """What the network gives, in float64: (N, classes). Convolution 3x3 without padding, batch
    normalisation in evaluation mode, ReLU, mean over the map, dense layer without bias.
    """
    x = {name: value.astype(np.float64) for name, value in given.items()}
    side = SIDE - 2
    maps = np.zeros((IMAGES, FILTERS, side, side))
    for row in range(3):
        for column in range(3):
            part = x["images"][:, :, row : row + side, column : column + side]
            maps += np.einsum("nchw,fc->nfhw", part, x["kernel"][:, :, row, column])
    shape = (1, FILTERS, 1, 1)
    scale = x["gamma"] / np.sqrt(x["variance"] + EPSILON)
    maps = (maps - x["mean"].reshape(shape)) * scale.reshape(shape) + x["beta"].reshape(shape)
    return np.maximum(maps, 0).mean((2, 3)) @ x["dense"].T


def torch(kind: str, hold: int, given: dict[str, Array]) -> tuple[Network, Facts]:
    """The network in PyTorch."""
    torch = import_module("torch")
    name = {"CPU": "cpu", "GPU": "cuda", "Ascend": "npu"}[kind]
    card, count = "", None
    if kind != "CPU":
        backend = torch.npu if import_npu(kind) else torch.cuda
        if not backend.is_available():
            backend.init()  # says why not
            raise RuntimeError(f"torch.{name}.is_available() is False")
        card, count = backend.get_device_name(0), backend.device_count()
    nn = torch.nn
    network = nn.Sequential(
        nn.Conv2d(CHANNELS, FILTERS, 3, bias=False), nn.BatchNorm2d(FILTERS, EPSILON), nn.ReLU(),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(FILTERS, CLASSES, bias=False),
    )  # fmt: skip
    names = ("kernel", "gamma", "beta", "mean", "variance", "dense")
    state = network.state_dict()
    keys = [key for key in state if "num_batches" not in key]
    for key, value in dict(zip(keys, names)).items():  # noqa: B905 - Python 3.7 knows no strict
        state[key] = torch.from_numpy(given[value])
    network.load_state_dict(state)
    network = network.to(name).eval()
    images = torch.from_numpy(given["images"]).to(name)
    held = torch.empty(max(hold, 1) * 2**20, dtype=torch.uint8, device=name).zero_()

    def answer() -> Array:
        with torch.no_grad():
            out: Array = network(images).cpu().numpy()
        return out

    facts = {
        "framework": "PyTorch " + torch.__version__,
        "card": card,
        "count": count,
        "held": held.numel(),
    }
    answer.held = held  # type: ignore[attr-defined]
    return answer, facts


def import_npu(kind: str) -> bool:
    """Whether the device is an NPU; then what teaches PyTorch to use it is imported."""
    return kind == "Ascend" and bool(import_module("torch_npu"))


def mindspore(kind: str, hold: int, given: dict[str, Array]) -> tuple[Network, Facts]:
    """The network in MindSpore."""
    mindspore = import_module("mindspore")
    mindspore.set_context(device_target=kind)
    nn, tensor = mindspore.nn, mindspore.Tensor
    network = nn.SequentialCell(
        nn.Conv2d(CHANNELS, FILTERS, 3, pad_mode="valid", weight_init=tensor(given["kernel"])),
        nn.BatchNorm2d(
            FILTERS, EPSILON,
            gamma_init=tensor(given["gamma"]), beta_init=tensor(given["beta"]),
            moving_mean_init=tensor(given["mean"]), moving_var_init=tensor(given["variance"]),
        ),
        nn.ReLU(),
    )  # fmt: skip
    dense = nn.Dense(FILTERS, CLASSES, weight_init=tensor(given["dense"]), has_bias=False)
    network.set_train(False)
    images = tensor(given["images"])
    held = mindspore.ops.zeros((max(hold, 1) * 2**18,), mindspore.float32)

    def answer() -> Array:
        out: Array = dense(network(images).mean((2, 3))).asnumpy()
        return out

    facts = {
        "framework": "MindSpore " + mindspore.__version__,
        "card": "",
        "count": None,  # it has no word for it
        "held": held.asnumpy().nbytes,
    }
    answer.held = held  # type: ignore[attr-defined]
    return answer, facts


def tensorflow(kind: str, hold: int, given: dict[str, Array]) -> tuple[Network, Facts]:
    """The network in TensorFlow."""
    tf = import_module("tensorflow")
    cards = tf.config.list_physical_devices(kind)
    if not cards:
        raise RuntimeError("TensorFlow lists no " + kind)
    for card in tf.config.list_physical_devices("GPU"):
        tf.config.experimental.set_memory_growth(card, True)
    place = f"/{kind}:0"
    with tf.device(place):
        x = {name: tf.constant(value) for name, value in given.items()}
        images = tf.transpose(x["images"], (0, 2, 3, 1))
        kernel = tf.transpose(x["kernel"], (2, 3, 1, 0))
        held = tf.zeros((max(hold, 1) * 2**18,), tf.float32)

    def answer() -> Array:
        with tf.device(place):
            maps = tf.nn.conv2d(images, kernel, 1, "VALID")
            maps = tf.nn.batch_normalization(
                maps, x["mean"], x["variance"], x["beta"], x["gamma"], EPSILON
            )
            means = tf.reduce_mean(tf.nn.relu(maps), (1, 2))
            out: Array = tf.matmul(means, x["dense"], transpose_b=True).numpy()
        return out

    details = tf.config.experimental.get_device_details(cards[0])
    facts = {
        "framework": "TensorFlow " + tf.__version__,
        "card": details.get("device_name", ""),
        "count": None if kind == "CPU" else len(cards),
        "held": int(held.shape[0]) * 4,
    }
    answer.held = held  # type: ignore[attr-defined]
    return answer, facts


FRAMEWORKS = {"mindspore": mindspore, "torch": torch, "tensorflow": tensorflow}


def compute(framework: str, kind: str, hold: int) -> Facts:
    """What came of it; `difference` is the largest one, as a part of the largest output."""
    given = numbers()
    expected = reference(given)
    started = time.perf_counter()
    network, facts = FRAMEWORKS[framework](kind, hold, given)
    found = network()
    facts["first"] = time.perf_counter() - started
    started = time.perf_counter()
    for _ in range(PASSES):
        network()
    facts["later"] = (time.perf_counter() - started) / PASSES
    facts["difference"] = float(np.abs(found - expected).max() / np.abs(expected).max())
    compute.network = network  # type: ignore[attr-defined] # keeps what it holds
    return facts


def driver_code() -> int | None:
    """What CUDA's driver answers when it is started: 0 where it works; None where it is not there
    (CUDA Driver API, cuInit).
    """
    try:
        return int(ctypes.CDLL("libcuda.so.1").cuInit(0))
    except OSError:
        return None


def driver_facts(kind: str) -> Facts:
    """Device files that can be opened, and what the driver says."""
    start = {"GPU": ("nvidia", "dxg"), "Ascend": ("davinci", "devmm_svm", "hisi_hdc")}[kind]
    opened = []
    for name in sorted(path.name for path in Path("/dev").iterdir()):
        if name.startswith(start):
            try:
                os.close(os.open("/dev/" + name, os.O_RDWR))
            except OSError:
                continue
            opened.append(name)
    code = driver_code() if kind == "GPU" else None
    return {"opened": opened, "driver": code}


def main(framework: str, kind: str, hold: int) -> None:
    """Print what came of it; then hold on."""
    if not framework:
        print(json.dumps(driver_facts(kind)), flush=True)  # noqa: T201
        return
    try:
        facts = compute(framework, kind, hold)
    except Exception as error:  # whatever a framework raises is told
        code = driver_code() if kind == "GPU" else None
        facts = {"error": f"{type(error).__name__}: {error}"[:600], "driver": code}
    print(json.dumps(facts), flush=True)  # noqa: T201
    sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int((sys.argv[3:] or ["0"])[0]))
