"""Runs inside a runtime's interpreter: times 3x3 convolutions, 32 to 32 channels, 56x56.

`python -I convolutions.py FRAMEWORK` prints one line of JSON: seconds of one convolution (the
least of some), and a sample of its results. Python 3.7 or newer.
"""

from __future__ import annotations

import json
import sys
import time
from importlib import import_module
from typing import Any, Callable  # noqa: UP035 - Python 3.7

import numpy as np

REPEAT = 5
MAX_SECONDS = 3.0  # seconds in all; a reference kernel takes 0.06 s and more for one


def inputs() -> tuple[Any, Any]:
    """Images (1, 32, 56, 56) and weights (32, 32, 3, 3), the same in every process."""
    random = np.random.RandomState(0)
    image = random.standard_normal((1, 32, 56, 56)).astype(np.float32)
    return image, random.standard_normal((32, 32, 3, 3)).astype(np.float32)


def mindspore() -> Callable[[], Any]:
    """A convolution by MindSpore."""
    mindspore = import_module("mindspore")
    mindspore.set_context(device_target="CPU")
    image, weights = inputs()
    layer = mindspore.nn.Conv2d(32, 32, 3, pad_mode="same", weight_init=mindspore.Tensor(weights))
    tensor = mindspore.Tensor(image)
    return lambda: layer(tensor).asnumpy()


def torch() -> Callable[[], Any]:
    """A convolution by PyTorch."""
    torch = import_module("torch")
    image, weights = map(torch.from_numpy, inputs())
    with torch.no_grad():
        return lambda: torch.nn.functional.conv2d(image, weights, padding=1).numpy()


def tensorflow() -> Callable[[], Any]:
    """A convolution by TensorFlow."""
    tf = import_module("tensorflow")
    image, weights = inputs()
    left = tf.constant(image.transpose(0, 2, 3, 1))
    right = tf.constant(weights.transpose(2, 3, 1, 0))
    return lambda: tf.nn.conv2d(left, right, 1, "SAME").numpy().transpose(0, 3, 1, 2)


def main(framework: str) -> None:
    """Time it and print."""
    convolve = {"mindspore": mindspore, "torch": torch, "tensorflow": tensorflow}[framework]()
    result = convolve()  # the first call makes the kernel
    best, end = float("inf"), time.perf_counter() + MAX_SECONDS
    for _ in range(REPEAT):
        start = time.perf_counter()
        convolve()
        best = min(best, time.perf_counter() - start)
        if time.perf_counter() > end:
            break
    values = [float(value) for value in result.ravel()[:: result.size // 50]]
    print(json.dumps({"seconds": best, "values": values}))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1])
