"""The one array of a message: how it is described, and the strict reading of it.

Apart from `frames`, so that who exchanges no arrays needs no numpy.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from . import frames


def packed(array: np.ndarray[Any, Any]) -> tuple[frames.Meta, bytes]:
    """What a message says of `array`, and the bytes that follow."""
    array = np.ascontiguousarray(array)
    return {"dtype": array.dtype.name, "shape": list(array.shape)}, array.tobytes()


def unpacked(about: Any, data: bytes) -> np.ndarray[Any, Any]:
    """The array that `about` describes, of `data`. Raises FrameError where they do not fit."""
    if not isinstance(about, dict) or set(about) != {"dtype", "shape"}:
        raise frames.FrameError("an array is described by dtype and shape")
    dtype, shape = about["dtype"], about["shape"]
    if dtype not in frames.DTYPES:
        raise frames.FrameError(f"dtype {dtype!r} is not one of {', '.join(frames.DTYPES)}")
    if not isinstance(shape, list) or len(shape) > 8:
        raise frames.FrameError("a shape is a list of at most 8 sizes")
    if not all(type(size) is int and 0 <= size <= frames.MAX_ARRAY for size in shape):
        raise frames.FrameError("sizes in a shape are whole numbers from 0 up")
    count = 1
    for size in shape:
        count *= size
    if count * np.dtype(dtype).itemsize != len(data):
        raise frames.FrameError(f"shape {shape} of {dtype} does not fit {len(data)} bytes")
    return np.frombuffer(data, dtype=dtype).reshape(shape)
