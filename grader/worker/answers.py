"""What `predict` gave back, as an ANSWER: a word, or a short description of what is no word."""

from __future__ import annotations

from typing import Any

import numpy as np

from .protocol import RAISED, WORD, WRONG_TYPE, Answer
from .text import clean, text_of, type_name

MAX_ANSWER_CHARS = 230  # characters
# They show nothing: a line of a file made on Windows, read as bytes, ends in one.
_CONTROLS = dict.fromkeys((*range(32), *range(127, 160)), " ")


def answer_of(value: Any) -> Answer:
    """The answer that `value` is. A `str`, of whatever subclass, is a word; nothing else is."""
    try:
        if isinstance(value, str):
            return Answer(WORD, clean(str.translate(value, _CONTROLS), MAX_ANSWER_CHARS))
        return Answer(WRONG_TYPE, clean(_described(value), MAX_ANSWER_CHARS))
    except BaseException as error:
        return Answer(
            RAISED, clean(f"{type_name(value)} that raises {type_name(error)}", MAX_ANSWER_CHARS)
        )


def _described(value: Any) -> str:
    name = type_name(value)
    if value is None:
        return "None"
    if isinstance(value, (bool, int, float, complex, bytes, np.generic)):
        return f"{name} {text_of(value, 60)}"
    if isinstance(value, (list, tuple, set, frozenset, dict)):
        return _collection(name, value)
    array = _array(value)
    if array is not None:
        return f"{name} of shape {array.shape}{_largest(array)}"
    return f"{name} object"


def _collection(name: str, value: Any) -> str:
    items = list(value)[:3]
    if not items:
        return f"empty {name}"
    shown = ", ".join(
        repr(clean(item, 40)) if isinstance(item, str) else text_of(item, 40) for item in items
    )
    more = ", …" if len(value) > len(items) else ""
    types = ", ".join(dict.fromkeys(map(type_name, items)))
    return f"{name} of {len(value)} {types}: {shown}{more}"


def _array(value: Any) -> np.ndarray[Any, Any] | None:
    """The value as an array, if it is one or a framework's tensor."""
    if isinstance(value, np.ndarray):
        return value
    for method in ("detach", "cpu", "asnumpy", "numpy"):
        if hasattr(value, method):
            value = getattr(value, method)()
    return value if isinstance(value, np.ndarray) else None


def _largest(array: np.ndarray[Any, Any]) -> str:
    if array.dtype.kind in "US" and array.size:
        return f": {clean(str(array.reshape(-1)[0]), 40)!r}"
    if array.dtype.kind not in "biuf" or not array.size:
        return ""
    return f", value {array.item()}" if array.size == 1 else f", argmax {int(array.argmax())}"
