"""Twins: validation images that training has seen, all but for a crop or a filter."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from grader.examine.images import SUFFIXES, Pixels, decode

One = TypeVar("One", bound=Hashable)
Other = TypeVar("Other", bound=Hashable)

MIN_CORRELATION = 0.98  # of two thumbnails; in the lab's public data 10 of 130 pairs lie above
THUMBNAIL_PIXELS = 16  # pixels of a thumbnail


def pictures(folder: Path) -> list[Path]:
    """All images below `folder`, in order."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)


def near_duplicates(images: Sequence[Path], others: Sequence[Path]) -> list[tuple[Path, Path]]:
    """Pairs of an image and the one of `others` that looks the same, where there is one.

    Grey thumbnails are compared by correlation; files that are no images are passed over.
    """
    return _matches(_thumbnails(images), _thumbnails(others))


def alike(images: Mapping[One, Pixels], others: Mapping[Other, Pixels]) -> list[tuple[One, Other]]:
    """The same of pictures that are decoded already, by whatever names them."""
    return _matches(
        {name: _thumbnail(pixels) for name, pixels in images.items()},
        {name: _thumbnail(pixels) for name, pixels in others.items()},
    )


def _matches(
    ours: Mapping[One, NDArray[np.float32]], theirs: Mapping[Other, NDArray[np.float32]]
) -> list[tuple[One, Other]]:
    if not ours or not theirs:
        return []
    likeness = np.stack(list(ours.values())) @ np.stack(list(theirs.values())).T
    names = list(theirs)
    nearest = likeness.argmax(axis=1)
    return [
        (image, names[int(best)])
        for image, best, row in zip(ours, nearest, likeness, strict=True)
        if row[best] >= MIN_CORRELATION
    ]


def near_duplicates_within(images: Sequence[Path]) -> list[tuple[Path, Path]]:
    """Pairs of different images that look the same, each image beside the first that it is like."""
    ours = _thumbnails(images)
    if not ours:
        return []
    names, rows = list(ours), np.stack(list(ours.values()))
    alike = np.tril(rows @ rows.T >= MIN_CORRELATION, -1)
    return [
        (names[int(row.argmax())], names[place]) for place, row in enumerate(alike) if row.any()
    ]


def _thumbnails(paths: Sequence[Path]) -> dict[Path, NDArray[np.float32]]:
    """Vectors of length 1 with mean 0, by path."""
    decoded = ((path, decode(path.read_bytes())) for path in paths)
    return {path: _thumbnail(pixels) for path, pixels in decoded if pixels is not None}


def _thumbnail(pixels: Pixels) -> NDArray[np.float32]:
    grey = Image.fromarray(pixels[:, :, ::-1]).convert("L")
    means = grey.resize((THUMBNAIL_PIXELS, THUMBNAIL_PIXELS), Image.Resampling.BOX)
    small = np.array(means, np.float32)
    small -= small.mean()
    return (small / max(float(np.linalg.norm(small)), 1e-6)).ravel()
