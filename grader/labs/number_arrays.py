"""Arrays of numbers in a teacher's lab, and the pictures that their rows may be."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from grader.examine.images import Pixels

LEAST_SIDE = 8  # pixels along a side, from which on an array may be a picture
_MAGIC = b"\x93NUMPY"

Array = NDArray[Any]


class Arrays(NamedTuple):
    """Arrays of numbers that np.save wrote, one behind another. whole: nothing else is there."""

    found: tuple[Array, ...]
    whole: bool


def arrays(data: bytes) -> Arrays:
    """The arrays that the bytes hold, where np.save wrote them."""
    found: list[Array] = []
    file = io.BytesIO(data)
    while data.startswith(_MAGIC, file.tell()):
        try:
            array = np.load(file, allow_pickle=False)
        except (ValueError, OSError, EOFError, SyntaxError):
            return Arrays(tuple(found), whole=False)
        if array.dtype.kind not in "biuf":
            return Arrays(tuple(found), whole=False)
        found += [array] if array.size else []
    return Arrays(tuple(found), whole=file.tell() == len(data) > 0)


def pictures(data: bytes) -> Iterator[tuple[str, Pixels]]:
    """Pictures that arrays in `data` are, or that are rows of them, and the place of each."""
    for array in arrays(data).found:
        many = array.ndim == 4 or (array.ndim == 3 and array.shape[2] not in (1, 3))
        for number, each in enumerate(array if many else [array]):
            if (picture := _picture(each)) is not None:
                yield f"[{number}]" if many else "", picture


def _picture(array: Array) -> Pixels | None:
    """An array as a picture in grey or colour, its channels last or first, its values stretched."""
    if array.ndim == 3 and array.shape[0] in (1, 3) and array.shape[2] not in (1, 3):
        array = np.moveaxis(array, 0, 2)
    if array.ndim == 2:
        array = array[:, :, None]
    if array.ndim != 3 or array.shape[2] not in (1, 3) or min(array.shape[:2]) < LEAST_SIDE:
        return None
    values = np.nan_to_num(np.asarray(array, np.float32))
    if array.dtype != np.uint8:
        values = values - values.min()
        values *= 255 / max(float(values.max()), 1e-6)
    return np.ascontiguousarray(np.broadcast_to(values, (*values.shape[:2], 3)).astype(np.uint8))
