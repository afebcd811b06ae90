"""The test submission of a new lab: an image is of the class whose mean image is nearest.

It is a submission as students make them, with weights beside its code, and learns from the public
images alone, so that its mark says what the simplest honest work is worth.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from string import Template

import numpy as np
from numpy.typing import NDArray

from grader.assignment import Label
from grader.examine.images import Pixels, decode

SIDE = 12  # pixels that an image is looked at with
WEIGHTS = "means.npz"

_MAIN = Template('''"""The nearest mean image: what the simplest submission is worth."""

from pathlib import Path

import numpy as np

SIDE = $side  # pixels that an image is looked at with
WEIGHTS = np.load(Path(__file__).with_name("$weights"))


def small(image):
    """The image as SIDE x SIDE pixels, in one row."""
    rows, columns = (np.linspace(0, size - 1, SIDE).astype(int) for size in image.shape[:2])
    return image[rows][:, columns].astype(np.float32).ravel() / 255


def $function(image):
    """The class of `image`, uint8 (height, width, 3) in $channels."""
    distances = ((WEIGHTS["means"] - small(image)) ** 2).sum(axis=1)
    return str(WEIGHTS["names"][distances.argmin()])
''')


def write(
    folder: Path, public: Path, classes: Sequence[Label], entry: str, function: str, channels: str
) -> None:
    """Write the submission into `folder`, trained on the images below `public`."""
    means = np.stack([_mean(public / label.folder, channels) for label in classes])
    data = io.BytesIO()
    np.savez(data, means=means, names=np.array([label.en for label in classes]))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / WEIGHTS).write_bytes(data.getvalue())
    text = _MAIN.substitute(side=SIDE, weights=WEIGHTS, function=function, channels=channels)
    (folder / entry).write_text(text, encoding="utf-8")


def _mean(folder: Path, channels: str) -> NDArray[np.float32]:
    images = [decode(path.read_bytes()) for path in sorted(folder.iterdir())]
    rows = [_small(image, channels) for image in images if image is not None]
    return np.asarray(np.mean(rows, axis=0), np.float32)


def _small(image: Pixels, channels: str) -> NDArray[np.float32]:
    """As `small` in the submission does it."""
    ordered = image if channels == "BGR" else image[:, :, ::-1]
    rows, columns = (np.linspace(0, size - 1, SIDE).astype(int) for size in ordered.shape[:2])
    return np.asarray(ordered[rows][:, columns].ravel() / 255, np.float32)
