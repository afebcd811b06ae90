"""Names that the standard library and NumPy got in versions after those that run here."""

from __future__ import annotations

import itertools
import sys
from functools import partial
from importlib import import_module
from types import ModuleType
from typing import Any, Callable, Iterable, Iterator, Mapping

import numpy as np

from ..workdir import Workdir

Use = Callable[[str], None]


def _batched(values: Iterable[Any], n: int, *, strict: bool = False) -> Iterator[Any]:
    rest = iter(values)
    for batch in iter(lambda: tuple(itertools.islice(rest, n)), ()):
        if strict and len(batch) < n:
            raise ValueError("batched(): incomplete batch")
        yield batch


def _pairwise(values: Iterable[Any]) -> Iterator[Any]:
    first, second = itertools.tee(values)
    next(second, None)
    return zip(first, second)


_NEW: Mapping[str, Mapping[str, Callable[[], Any]]] = {
    "datetime": {"UTC": lambda: import_module("datetime").timezone.utc},
    "itertools": {"batched": lambda: _batched, "pairwise": lambda: _pairwise},
    "math": {
        "cbrt": lambda: lambda x: x ** (1 / 3) if x >= 0 else -((-x) ** (1 / 3)),
        "exp2": lambda: lambda x: 2.0**x,
        "sumprod": lambda: lambda p, q: sum(x * y for x, y in zip(p, q)),
    },
    "warnings": {"deprecated": lambda: _of_extensions("deprecated")},
}


_RENAMED_IN_NUMPY = {  # by 2.0 and 2.1, beside what they are called here
    **{f"a{name}": f"arc{name}" for name in ("cos", "sin", "tan", "cosh", "sinh", "tanh", "tan2")},
    "bitwise_invert": "invert",
    "bitwise_left_shift": "left_shift",
    "bitwise_right_shift": "right_shift",
    "concat": "concatenate",
    "cumulative_prod": "cumprod",
    "cumulative_sum": "cumsum",
    "permute_dims": "transpose",
    "pow": "power",
    "trapezoid": "trapz",
    "unique_values": "unique",
}
_KINDS: Mapping[Any, Any] = {
    "bool": np.bool_,
    "signed integer": np.signedinteger,
    "unsigned integer": np.unsignedinteger,
    "integral": np.integer,
    "real floating": np.floating,
    "complex floating": np.complexfloating,
    "numeric": np.number,
}
_NUMPY: Mapping[str, Callable[[], Any]] = {
    **{new: partial(getattr, np, old) for new, old in _RENAMED_IN_NUMPY.items()},
    "astype": lambda: lambda x, dtype, *, copy=True, device=None: x.astype(dtype, copy=copy),
    "isdtype": lambda: lambda dtype, kind: np.issubdtype(dtype, _KINDS.get(kind, kind)),
    "matrix_transpose": lambda: lambda x: np.swapaxes(x, -1, -2),
    "unstack": lambda: lambda x, *, axis=0: tuple(np.moveaxis(x, axis, 0)),
    "vecdot": lambda: lambda x, y, *, axis=-1: (np.conjugate(x) * y).sum(axis=axis),
}


def _of_extensions(name: str) -> Any:
    """What `typing_extensions`, with which the frameworks come, has for older versions."""
    try:
        return getattr(import_module("typing_extensions"), name)
    except ImportError:
        raise AttributeError(name) from None


def offer(place: Workdir, use: Use) -> None:
    """Let the submission's code have what newer versions of the standard library and of NumPy have.
    Libraries look for such names to tell the version, and find none.
    """
    _offer(np, _NUMPY.get, place, use)
    for name, new in _NEW.items():
        _offer(import_module(name), new.get, place, use)
    _offer(sys.modules["typing"], lambda name: lambda: _of_extensions(name), place, use)


def _offer(module: ModuleType, new: Callable[[str], Any], place: Workdir, use: Use) -> None:
    before = vars(module).get("__getattr__")

    def __getattr__(name: str) -> Any:  # noqa: N807
        made = new(name) if not name.startswith("_") else None
        if made is not None and place.source(sys._getframe(1).f_code.co_filename) is not None:
            found = made()
            use(f"{module.__name__}.{name}")
            return found
        if before is not None:
            return before(name)
        raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")

    module.__getattr__ = __getattr__  # type: ignore[method-assign]
