"""Runs inside a runtime's interpreter: one network of LeNet5's size, forward, on CPU.

`python -I speed_trial.py FRAMEWORK` prints one line of JSON: framework, version, devices that the
framework itself can use, seconds. Python 3.7 or newer.
"""

from __future__ import annotations

import json
import sys
import time
from importlib import import_module
from typing import Any

import numpy as np

IMAGES = np.zeros((1, 1, 32, 32), np.float32)


def mindspore() -> tuple[Any, str, list[str]]:
    """LeNet5 by MindSpore."""
    mindspore = import_module("mindspore")
    nn = mindspore.nn
    mindspore.set_context(device_target="CPU")
    network = nn.SequentialCell(
        nn.Conv2d(1, 6, 5, pad_mode="valid"), nn.ReLU(), nn.MaxPool2d(2, 2),
        nn.Conv2d(6, 16, 5, pad_mode="valid"), nn.ReLU(), nn.MaxPool2d(2, 2),
        nn.Flatten(), nn.Dense(400, 120), nn.Dense(120, 84), nn.Dense(84, 10),
    )  # fmt: skip
    answer = network(mindspore.Tensor(IMAGES)).asnumpy()
    devices = ["CPU"]
    if mindspore.__version__.startswith("1."):  # takes any name now and fails at the first network
        return answer, mindspore.__version__, devices
    for device in ("GPU", "Ascend"):
        try:
            mindspore.set_context(device_target=device)
        except Exception:  # noqa: S112 - whatever it raises, that device is not usable
            continue
        devices.append(device)
    return answer, mindspore.__version__, devices


def torch() -> tuple[Any, str, list[str]]:
    """LeNet5 by PyTorch."""
    torch = import_module("torch")
    nn = torch.nn
    network = nn.Sequential(
        nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(),
        nn.MaxPool2d(2), nn.Flatten(), nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10),
    )  # fmt: skip
    with torch.no_grad():
        answer = network(torch.from_numpy(IMAGES)).numpy()
    return answer, torch.__version__, ["CPU"] + ["GPU"] * torch.cuda.is_available()


def tensorflow() -> tuple[Any, str, list[str]]:
    """LeNet5 by TensorFlow."""
    tf = import_module("tensorflow")
    layers = tf.keras.layers
    network = tf.keras.Sequential(
        [
            layers.Conv2D(6, 5, activation="relu"), layers.MaxPool2D(),
            layers.Conv2D(16, 5, activation="relu"), layers.MaxPool2D(), layers.Flatten(),
            layers.Dense(120), layers.Dense(84), layers.Dense(10),
        ]
    )  # fmt: skip
    answer = network(tf.constant(IMAGES.transpose(0, 2, 3, 1))).numpy()
    found = bool(tf.config.list_physical_devices("GPU"))
    return answer, tf.__version__, ["CPU"] + ["GPU"] * found


def main(framework: str) -> None:
    """Run it and print."""
    start = time.perf_counter()
    networks = {"mindspore": mindspore, "torch": torch, "tensorflow": tensorflow}
    answer, version, devices = networks[framework]()
    if answer.shape != (1, 10) or not np.isfinite(answer).all():
        raise SystemExit(f"LeNet5 answered with shape {answer.shape}")
    facts = {
        "framework": framework,
        "version": version,
        "devices": ", ".join(devices),
        "seconds": round(time.perf_counter() - start, 2),
    }
    print(json.dumps(facts))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1])
