"""Reads MNIST in its own file form (IDX, gzipped or not) and feeds it to LeNet5."""

import gzip
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import mindspore.dataset as ds
import numpy as np
import numpy.typing as npt

SIDE = 32
"""LeNet5 sees 32x32 pixels: MNIST's 28 are enlarged, as in the lecture."""

_MEAN, _DEVIATION = 0.1307, 0.3081  # of MNIST's training images, on a scale of 0 to 1
_UNSIGNED_BYTES = 8  # the type code of IDX for uint8; MNIST has no other


class MnistError(ValueError):
    """A file of MNIST is absent or damaged; the message says what was expected where."""


class Digits(NamedTuple):
    """`images`: uint8 (N, 28, 28); `labels`: int32 (N,), 0..9."""

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int32]


def _read_idx(folder: Path, name: str) -> npt.NDArray[np.uint8]:
    """Read `name` or `name.gz`: two zeros, type, rank, a big-endian length per axis, the items."""
    plain, packed = folder / name, folder / f"{name}.gz"
    if plain.exists():
        content = plain.read_bytes()
    elif packed.exists():
        content = gzip.decompress(packed.read_bytes())
    else:
        raise MnistError(f"{folder}: expected {name} or {name}.gz, found neither")
    rank = content[3] if len(content) > 3 else 0
    shape = np.frombuffer(content[4 : 4 + 4 * rank], ">u4").astype(int)
    items = np.frombuffer(content, np.uint8, offset=min(4 + 4 * rank, len(content)))
    if content[:3] != bytes((0, 0, _UNSIGNED_BYTES)) or shape.prod() != len(items):
        raise MnistError(f"{folder / name}: not an IDX file of bytes, or cut short")
    return items.reshape(shape)


def read_mnist(folder: Path, train: bool) -> Digits:
    """Read the 60,000 training or 10,000 test digits from a folder. Raises `MnistError`."""
    prefix = "train" if train else "t10k"
    images = _read_idx(folder, f"{prefix}-images-idx3-ubyte")
    labels = _read_idx(folder, f"{prefix}-labels-idx1-ubyte").astype(np.int32)
    if images.ndim != 3 or len(images) != len(labels):
        raise MnistError(f"{folder}: {images.shape} images do not fit {labels.shape} labels")
    return Digits(images, labels)


def prepare(image: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Turn a uint8 image (H, W) into LeNet5's input: float32 (1, 32, 32), normalised."""
    enlarged = cv2.resize(image, (SIDE, SIDE)).astype(np.float32)
    normalised = enlarged / np.float32(255 * _DEVIATION) - np.float32(_MEAN / _DEVIATION)
    return np.asarray(normalised[np.newaxis], np.float32)


def create_dataset(
    folder: Path, train: bool = True, batch_size: int = 32, repeat_size: int = 1
) -> Any:
    """Return a MindSpore data set of (images, labels).

    Images are float32 (batch_size, 1, 32, 32), normalised; labels int32 (batch_size,). Training
    digits are shuffled and a last batch that is not full is dropped. Raises `MnistError`.
    """
    digits = read_mnist(folder, train)
    # Arrays without axes, not scalars: MindSpore 2 cannot take NumPy 2's scalars in.
    pairs = [(image, np.array(label)) for image, label in zip(*digits, strict=True)]
    samples = ds.GeneratorDataset(pairs, column_names=["image", "label"], shuffle=train)
    samples = samples.map(prepare, input_columns="image")
    return samples.batch(batch_size, drop_remainder=train).repeat(repeat_size)
