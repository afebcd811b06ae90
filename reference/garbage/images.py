"""Reads a folder of classes into arrays."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from reference.console import track
from reference.garbage.labels import INDEX_OF_FOLDER
from reference.garbage.preprocessing import prepare


class LabelledImages(NamedTuple):
    """`images`: uint8 (N, size, size, 3), BGR; `labels`: int32 (N,), 0..25."""

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int32]

    def prepared(self, numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """Return the network's input for these samples: float32 (len(numbers), 3, size, size)."""
        size = self.images.shape[1]
        return np.stack([prepare(self.images[number], size) for number in numbers])


class NoImagesError(ValueError):
    """A folder holds no image of a class; the message says what was expected."""


def read_image(path: Path) -> npt.NDArray[np.uint8]:
    """Return an image as uint8 (H, W, 3), BGR; raises `NoImagesError` where it is none."""
    # Through numpy, because cv2.imread cannot open names outside the code page on Windows.
    image = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise NoImagesError(f"{path}: not an image that OpenCV can decode")
    return np.asarray(image, np.uint8)


def read_files(files: Sequence[Path], labels: Sequence[int], size: int) -> LabelledImages:
    """Read images and resize them to `size` pixels a side. Raises `NoImagesError`."""
    images = [
        cv2.resize(read_image(path), (size, size), interpolation=cv2.INTER_AREA)
        for path in track(files, "images")
    ]
    return LabelledImages(np.stack(images).astype(np.uint8), np.array(labels, np.int32))


def read_folder(folder: Path, size: int) -> LabelledImages:
    """Read `folder/00_00/*` .. `folder/03_03/*`, class by class, in order of name.

    A class may be missing, as 03_02 is in the public train set. Raises `NoImagesError`.
    """
    found = [
        (path, index)
        for name, index in INDEX_OF_FOLDER.items()
        for path in sorted((folder / name).glob("*"))
        if path.suffix.lower() in {".jpg", ".jpeg", ".png", ".bmp"}
    ]
    if not found:
        raise NoImagesError(f"{folder}: expected images in folders 00_00 .. 03_03, found none")
    files, labels = zip(*found, strict=True)
    return read_files(files, labels, size)
