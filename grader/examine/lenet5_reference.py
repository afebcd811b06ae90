"""The lecture's LeNet5 in numpy: what a submission's network must compute with the same weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Array = NDArray[np.float32]

# Sizes (out, in, height, width) or (out, in); LeCun et al. 1998 as the lecture builds it.
KERNELS: dict[str, tuple[int, ...]] = {
    "conv1": (6, 1, 5, 5),
    "conv2": (16, 6, 5, 5),
    "dense1": (120, 400),
    "dense2": (84, 120),
    "dense3": (10, 84),
}


class Variant(NamedTuple):
    """The accepted ways to build it.

    padding: of images before the first convolution, 2 for 28 x 28. pool: "max" or "average".
    conv_activation, dense_activation: "relu", "tanh" or "none".
    """

    padding: int = 0
    pool: str = "max"
    conv_activation: str = "relu"
    dense_activation: str = "relu"


def some_weights(seed: int = 0) -> dict[str, Array]:
    """Weights by role, "conv1.w" to "dense3.b", float32, large enough that every layer matters."""
    generator = np.random.default_rng(seed)
    weights = {}
    for role, shape in KERNELS.items():
        spread = np.sqrt(2 / np.prod(shape[1:]))
        weights[f"{role}.w"] = (spread * generator.normal(size=shape)).astype(np.float32)
        weights[f"{role}.b"] = generator.normal(scale=0.1, size=shape[0]).astype(np.float32)
    return weights


def forward(images: Array, weights: Mapping[str, Array], variant: Variant) -> Array:
    """Outputs (N, 10) for float32 images (N, 1, H, W). Roles without biases have none."""
    pad = variant.padding
    x = np.pad(images, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    for role in ("conv1", "conv2"):
        x = _bent(_convolution(x, weights, role), variant.conv_activation)
        x = _pooled(x, variant.pool)
    x = x.reshape(len(x), -1)
    for role in ("dense1", "dense2", "dense3"):
        x = x @ weights[f"{role}.w"].reshape(KERNELS[role]).T + weights.get(f"{role}.b", 0)
        if role != "dense3":
            x = _bent(x, variant.dense_activation)
    return x.astype(np.float32)


def digits(count: int, size: int, seed: int = 0) -> tuple[Array, list[int]]:
    """`count` written digits, float32 (count, 1, size, size) in 0 to 1, and what they are.

    Drawn with Pillow's font at varied places, sizes and strengths: MNIST does not come with the
    grader, and to see whether a network learns at all these do.
    """
    generator = np.random.default_rng(seed)
    labels = [number % 10 for number in range(count)]
    images = np.zeros((count, 1, size, size), np.float32)
    for image, label in zip(images, labels, strict=True):
        canvas = Image.new("L", (size, size))
        place = (int(generator.integers(4, 10)), int(generator.integers(size - 8, size - 3)))
        font = ImageFont.load_default(float(generator.uniform(22, 28)))
        stroke = int(generator.integers(0, 2))
        ImageDraw.Draw(canvas).text(
            place, str(label), fill=255, font=font, anchor="ls", stroke_width=stroke
        )
        image[0] = np.asarray(canvas, np.float32) / 255
    return images, labels


def _convolution(x: Array, weights: Mapping[str, Array], role: str) -> Array:
    windows = sliding_window_view(x, (5, 5), axis=(2, 3))  # type: ignore[call-overload]
    made: Array = np.einsum("nchwij,ocij->nohw", windows, weights[f"{role}.w"], optimize=True)
    bias = weights.get(f"{role}.b")
    return made if bias is None else made + bias[None, :, None, None]


def _pooled(x: Array, kind: str) -> Array:
    n, c, h, w = x.shape
    blocks = x[:, :, : h // 2 * 2, : w // 2 * 2].reshape(n, c, h // 2, 2, w // 2, 2)
    made: Array = blocks.max(axis=(3, 5)) if kind == "max" else blocks.mean(axis=(3, 5))
    return made


def _bent(x: Array, activation: str) -> Array:
    if activation == "relu":
        return np.maximum(x, 0)
    return np.tanh(x) if activation == "tanh" else x
