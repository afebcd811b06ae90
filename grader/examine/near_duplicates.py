"""Twins: validation images that training has seen, all but for a crop or a filter."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from grader.examine.images import SUFFIXES, Pixels, decode

One = TypeVar("One", bound=Hashable)
Other = TypeVar("Other", bound=Hashable)

MIN_CORRELATION = 0.98  # of two thumbnails; in the lab's public data 10 of 130 pairs lie above
# Of the same two in colours, where both have some: a copy in grey is one still, and the pattern in
# other colours is another picture. Of those 10 pairs, 10 lie above 0.99.
MIN_COLOUR_CORRELATION = 0.95
GREY = 0.05  # of a thumbnail's contrast: what its channels may differ by where it has no colours
THUMBNAIL_PIXELS = 16  # pixels of a thumbnail


def pictures(folder: Path) -> list[Path]:
    """All images below `folder`, in order."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)


def near_duplicates(images: Sequence[Path], others: Sequence[Path]) -> list[tuple[Path, Path]]:
    """Pairs of an image and the one of `others` that looks the same, where there is one.

    Thumbnails are compared by correlation, in grey and in colours; files that are no images are
    passed over.
    """
    return _matches(_thumbnails(images), _thumbnails(others))


def alike(images: Mapping[One, Pixels], others: Mapping[Other, Pixels]) -> list[tuple[One, Other]]:
    """The same of pictures that are decoded already, by whatever names them."""
    return _matches(
        {name: _thumbnail(pixels) for name, pixels in images.items()},
        {name: _thumbnail(pixels) for name, pixels in others.items()},
    )


class _Thumbnail(NamedTuple):
    """Small versions of a picture, as vectors of length 1 whose channels have the mean 0."""

    grey: NDArray[np.float32]
    colours: NDArray[np.float32]  # nothing but 0 where the picture has none


def _matches(
    ours: Mapping[One, _Thumbnail], theirs: Mapping[Other, _Thumbnail]
) -> list[tuple[One, Other]]:
    if not ours or not theirs:
        return []
    likeness = _likeness(list(ours.values()), list(theirs.values()))
    names = list(theirs)
    nearest = likeness.argmax(axis=1)
    return [
        (image, names[int(best)])
        for image, best, row in zip(ours, nearest, likeness, strict=True)
        if row[best] >= MIN_CORRELATION
    ]


def _likeness(ours: Sequence[_Thumbnail], theirs: Sequence[_Thumbnail]) -> NDArray[np.float32]:
    """Correlations in grey, a row for each of ours; -1 where the colours are others."""
    grey, colours = (
        np.stack([one[which] for one in ours]) @ np.stack([one[which] for one in theirs]).T
        for which in (0, 1)
    )
    first, second = (np.array([bool(one.colours.any()) for one in each]) for each in (ours, theirs))
    coloured = first[:, None] & second[None, :]
    return np.where(coloured & (colours < MIN_COLOUR_CORRELATION), np.float32(-1), grey)


def near_duplicates_within(images: Sequence[Path]) -> list[tuple[Path, Path]]:
    """Pairs of different images that look the same, each image beside the first that it is like."""
    ours = _thumbnails(images)
    if not ours:
        return []
    names, thumbnails = list(ours), list(ours.values())
    alike = np.tril(_likeness(thumbnails, thumbnails) >= MIN_CORRELATION, -1)
    return [
        (names[int(row.argmax())], names[place]) for place, row in enumerate(alike) if row.any()
    ]


def _thumbnails(paths: Sequence[Path]) -> dict[Path, _Thumbnail]:
    """Small versions of what can be decoded, by path."""
    decoded = ((path, decode(path.read_bytes())) for path in paths)
    return {path: _thumbnail(pixels) for path, pixels in decoded if pixels is not None}


def _thumbnail(pixels: Pixels) -> _Thumbnail:
    picture = Image.fromarray(pixels[:, :, ::-1])
    colours = _small(picture)
    apart = float(np.linalg.norm(colours - colours.mean(axis=2, keepdims=True)))
    has_colours = apart > GREY * float(np.linalg.norm(colours))
    return _Thumbnail(_unit(_small(picture.convert("L"))), _unit(colours * has_colours))


def _small(picture: Image.Image) -> NDArray[np.float32]:
    """The picture in few pixels, less the mean of each channel."""
    size = (THUMBNAIL_PIXELS, THUMBNAIL_PIXELS)
    small = np.array(picture.resize(size, Image.Resampling.BOX), np.float32)
    small -= small.mean(axis=(0, 1))
    return small


def _unit(values: NDArray[np.float32]) -> NDArray[np.float32]:
    unit: NDArray[np.float32] = values / max(float(np.linalg.norm(values)), 1e-6)
    return unit.ravel()
