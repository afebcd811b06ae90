"""The one array of a message: how it is described, and the strict reading of it.

Apart from `protocol`, so that who exchanges no arrays needs no numpy.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from . import protocol


def packed(array: np.ndarray[Any, Any]) -> tuple[protocol.Meta, bytes]:
    """What a message says of `array`, and the bytes that follow."""
    array = np.ascontiguousarray(array)
    return {"dtype": array.dtype.name, "shape": list(array.shape)}, array.tobytes()


def unpacked(about: Any, data: bytes) -> np.ndarray[Any, Any]:
    """The array that `about` describes, of `data`. Raises FrameError where they do not fit."""
    if not isinstance(about, dict) or set(about) != {"dtype", "shape"}:
        raise protocol.FrameError("an array is described by dtype and shape")
    dtype, shape = about["dtype"], about["shape"]
    if dtype not in protocol.DTYPES:
        raise protocol.FrameError(f"dtype {dtype!r} is not one of {', '.join(protocol.DTYPES)}")
    if not isinstance(shape, list) or len(shape) > 8:
        raise protocol.FrameError("a shape is a list of at most 8 sizes")
    if not all(type(size) is int and 0 <= size <= protocol.MAX_ARRAY for size in shape):
        raise protocol.FrameError("sizes in a shape are whole numbers from 0 up")
    count = 1
    for size in shape:
        count *= size
    if count * np.dtype(dtype).itemsize != len(data):
        raise protocol.FrameError(f"shape {shape} of {dtype} does not fit {len(data)} bytes")
    return np.frombuffer(data, dtype=dtype).reshape(shape)
