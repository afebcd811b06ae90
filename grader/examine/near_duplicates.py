"""Twins: validation images that training has seen, all but for a crop or a filter."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from grader.examine.images import SUFFIXES, decode

MIN_CORRELATION = 0.98  # of two thumbnails; in the lab's public data 10 of 130 pairs lie above
THUMBNAIL_PIXELS = 16  # pixels of a thumbnail


def pictures(folder: Path) -> list[Path]:
    """All images below `folder`, in order."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)


def near_duplicates(images: Sequence[Path], others: Sequence[Path]) -> list[tuple[Path, Path]]:
    """Pairs of an image and the one of `others` that looks the same, where there is one.

    Grey thumbnails are compared by correlation; files that are no images are passed over.
    """
    ours, theirs = _thumbnails(images), _thumbnails(others)
    if not ours or not theirs:
        return []
    alike = np.stack(list(ours.values())) @ np.stack(list(theirs.values())).T
    names = list(theirs)
    nearest = alike.argmax(axis=1)
    return [
        (image, names[int(best)])
        for image, best, row in zip(ours, nearest, alike, strict=True)
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
    found = {}
    for path in paths:
        pixels = decode(path.read_bytes())
        if pixels is None:
            continue
        grey = Image.fromarray(pixels[:, :, ::-1]).convert("L")
        means = grey.resize((THUMBNAIL_PIXELS, THUMBNAIL_PIXELS), Image.Resampling.BOX)
        small = np.array(means, np.float32)
        small -= small.mean()
        found[path] = (small / max(float(np.linalg.norm(small)), 1e-6)).ravel()
    return found
