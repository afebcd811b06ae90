"""Arrays of numbers in a teacher's lab, and the pictures that their rows may be."""

from __future__ import annotations

import contextlib
import io
import json
import math
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from grader.examine.images import Pixels

LEAST_SIDE = 8  # pixels along a side, from which on an array may be a picture
LEAST_NUMBERS = LEAST_SIDE * LEAST_SIDE  # of a picture
MAX_WRITTEN_BYTES = 64 * 1024 * 1024  # bytes of a text whose numbers are read
_BETWEEN = re.compile(rb"[,;\s]+")
_NUMBER = re.compile(rb"[+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?")
_MAGIC = b"\x93NUMPY"

Array = NDArray[Any]
Size = tuple[int, int]  # height, width


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


def written(data: bytes) -> Arrays:
    """The numbers that a text holds: rows of a table with as many each, or lists in JSON. whole:
    it is no text of too many numbers to be read.
    """
    if len(data) > MAX_WRITTEN_BYTES:
        return Arrays((), whole=False)
    if data.lstrip()[:1] in (b"[", b"{"):
        with contextlib.suppress(ValueError, RecursionError):
            return Arrays(tuple(_lists(json.loads(data))), whole=True)
    tables: defaultdict[int, list[Array]] = defaultdict(list)
    for line in data.splitlines():
        if (
            len(line) >= 2 * LEAST_NUMBERS
            and (row := _row(_BETWEEN.split(line.strip()))) is not None
        ):
            tables[row.size].append(row)
    if not tables and len(data) >= 2 * LEAST_NUMBERS:  # a number on a line, or few
        row = _row(data.split())
        return Arrays(() if row is None else (row,), whole=True)
    return Arrays(tuple(np.stack(rows) for rows in tables.values()), whole=True)


def _row(words: list[bytes]) -> Array | None:
    """The numbers of a line, without a name before or behind them; None where they are none."""
    for some in (words, words[1:], words[:-1]):
        if len(some) >= LEAST_NUMBERS and _NUMBER.fullmatch(some[0]):
            try:
                return np.array(list(map(float, some)), np.float32)
            except ValueError:
                continue
    return None


def _lists(value: Any) -> Iterator[Array]:
    """Lists of numbers, nested or not, that are as long on each level."""
    first = value
    while isinstance(first, list) and first:
        first = first[0]
    if isinstance(value, list) and isinstance(first, int | float):
        with contextlib.suppress(ValueError, TypeError, OverflowError):
            array = np.array(value, np.float32)
            if array.size >= LEAST_NUMBERS:
                yield array
            return
    for each in value.values() if isinstance(value, dict) else value if first is not value else ():
        if isinstance(each, list | dict):
            yield from _lists(each)


def pictures(found: Iterable[Array], sizes: Collection[Size]) -> Iterator[tuple[str, Pixels]]:
    """Pictures that arrays are, or that are rows of them, and the place of each. sizes: what
    pictures may measure whose rows stand one behind another; else they are square.
    """
    for array in found:
        for place, each in _rows(array, sizes):
            for shaped in _shaped(each, sizes) if each.ndim == 1 else (each,):
                if (picture := _picture(shaped)) is not None:
                    yield place, picture
                    if shaped.ndim == 3 and 3 in shaped.shape:  # in the other order of colours
                        yield place, np.ascontiguousarray(picture[:, :, ::-1])


def _rows(array: Array, sizes: Collection[Size]) -> Iterator[tuple[str, Array]]:
    """The array where it may be one picture, and its rows where each may be one."""
    if array.ndim in (1, 2) or (array.ndim == 3 and {*array.shape} & {1, 3}):
        yield "", array
    if array.ndim == 1:
        lengths = {high * wide * of for high, wide in sizes for of in (1, 3)} - {array.size}
        tables = [array.reshape(-1, n) for n in sorted(lengths) if array.size % n == 0]
    elif array.ndim > 4:
        tables = [array.reshape(-1, *array.shape[-3:])]
    elif array.ndim == 4 and array.shape[2] in (1, 3) and array.shape[3] not in (1, 3):
        tables = [array, np.moveaxis(array, 3, 0)]  # pictures on the last axis, as in MATLAB
    else:
        tables = [array]
    for table in tables:
        yield from ((f"[{number}]", row) for number, row in enumerate(table) if row.ndim)


def _shaped(row: Array, sizes: Collection[Size]) -> Iterator[Array]:
    """One row of numbers as the pictures that it may be; a label may stand before or behind."""
    for numbers in (row, row[1:], row[:-1]):
        found = False
        for channels in (3, 1):
            side = math.isqrt(numbers.size // channels)
            for high, wide in {*sizes, (side, side)}:
                if high * wide * channels == numbers.size:
                    found = True
                    yield numbers.reshape(high, wide, channels)
                    if channels == 3:
                        yield numbers.reshape(channels, high, wide)
        if found:
            return


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
