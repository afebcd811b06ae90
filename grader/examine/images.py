"""The hidden images: read, checked, and put in an order that no hand-in can foresee."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.assignment import Assignment, AssignmentError
from grader.language import Sentence

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp"})

Pixels = NDArray[np.uint8]


class HiddenImage(NamedTuple):
    """One image of the hidden set: "<folder>/<file>", the class name that is right, the file and
    the sha256 of its bytes.
    """

    id: str
    truth: str
    path: Path
    sha256: str = ""


class HiddenSet(NamedTuple):
    """The images in the order of their ids, and a digest of their ids and bytes."""

    images: tuple[HiddenImage, ...]
    digest: str


def read_hidden(assignment: Assignment, folder: Path) -> HiddenSet:
    """All images below `folder`, one folder a class named as in the assignment.

    Every image is decoded once, so that a bad one is known before the first hand-in runs.
    Raises AssignmentError for a folder that is absent or empty, a class folder that the
    assignment does not know and for images that cannot be read; all of them at once.
    """
    if not folder.is_dir():
        raise AssignmentError(
            Sentence(
                "{folder}: not found. Expected the hidden images, one folder a class; name it with "
                "--hidden or as images.hidden in the assignment.",
                {"folder": str(folder)},
            )
        )
    truths = {label.folder: label.en for label in assignment.classes}
    found = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    folders = [path for path in found if path.is_dir()]
    wrong = [
        Sentence(
            "{path}: the assignment has no class with this folder. Rename or remove it.",
            {"path": str(path)},
        )
        for path in folders
        if path.name not in truths
    ]
    images = [
        HiddenImage(f"{inner.name}/{path.name}", truths.get(inner.name, ""), path)
        for inner in folders
        for path in sorted(inner.iterdir())
        if path.suffix.lower() in SUFFIXES
    ]
    digest, read = hashlib.sha256(), []
    for image in images:
        data = image.path.read_bytes()
        own = hashlib.sha256(data)
        digest.update(image.id.encode() + b"\0" + own.digest())
        read.append(image._replace(sha256=own.hexdigest()))
        if decode(data) is None:
            wrong.append(
                Sentence(
                    "{path}: not an image that can be read. Replace or remove it.",
                    {"path": str(image.path)},
                )
            )
    if not images:
        wrong.append(
            Sentence(
                "{folder}: no images. Expected folders of images such as {example}; put them "
                "there, or name another folder with --hidden.",
                {"folder": str(folder), "example": assignment.classes[0].folder},
            )
        )
    if wrong:
        raise AssignmentError(*wrong)
    return HiddenSet(tuple(read), digest.hexdigest())


def decode(data: bytes) -> Pixels | None:
    """uint8 (H, W, 3) in BGR, as OpenCV reads it; None where the bytes are no image."""
    if not data:
        return None
    pixels: Pixels | None = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)  # type: ignore[assignment]
    return pixels


def pixels_of(image: HiddenImage, channels: str) -> Pixels:
    """uint8 (H, W, 3) of `image` in the order `channels`, "BGR" or "RGB".

    Raises OSError where the file is gone or no longer an image: a fault of ours.
    """
    pixels = decode(image.path.read_bytes())
    if pixels is None:
        raise OSError(f"{image.path}: no longer an image that can be read")
    return pixels if channels == "BGR" else np.ascontiguousarray(pixels[:, :, ::-1])


def shuffled(images: Sequence[HiddenImage], secret: str) -> list[HiddenImage]:
    """The images in an order that follows from `secret`: the same input gives the same mark, and
    who does not know the hidden set's digest cannot foresee it.
    """
    order = list(images)
    random.Random(secret).shuffle(order)  # noqa: S311 - no cryptography: the secret is the digest
    return order
