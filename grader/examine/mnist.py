"""MNIST's test images, in the forms that the lab feeds LeNet5 with."""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

MEAN, SPREAD = (
    0.1307,
    0.3081,
)  # of MNIST's pixels in 0 to 1, as the lecture's create_dataset has them


@cache
def read_mnist(folder: Path) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Images uint8 (N, 28, 28) and labels uint8 (N,) of ``t10k-*`` in `folder`, gz or not.

    Raises OSError where a file is absent and ValueError where it is no idx file.
    """
    images = _idx(folder, "t10k-images-idx3-ubyte", 16)
    labels = _idx(folder, "t10k-labels-idx1-ubyte", 8)
    if len(images) != 784 * len(labels):
        raise ValueError(f"{folder}: images and labels of MNIST do not belong together")
    return images.reshape(-1, 28, 28), labels


def prepared(images: NDArray[np.uint8], size: int, *, centred: bool) -> NDArray[np.float32]:
    """float32 (N, 1, size, size): resized bilinearly, scaled to 0 to 1 and, if `centred`, to
    mean 0 and spread 1 as the lecture does.
    """
    bilinear = Image.Resampling.BILINEAR
    resized = np.stack(
        [np.asarray(Image.fromarray(image).resize((size, size), bilinear)) for image in images]
    )
    scaled = resized[:, None].astype(np.float32) / 255
    made: NDArray[np.float32] = (scaled - MEAN) / SPREAD if centred else scaled
    return made.astype(np.float32)


def _idx(folder: Path, name: str, header: int) -> NDArray[np.uint8]:
    path = folder / name
    packed = path.with_name(f"{name}.gz")
    data = path.read_bytes() if path.exists() else gzip.decompress(packed.read_bytes())
    if data[:3] != b"\0\0\x08":
        raise ValueError(f"{path}: expected an idx file of bytes")
    return np.frombuffer(data, np.uint8, offset=header)
