"""Packages that only run networks which others have exported: what they are asked and answer."""

from __future__ import annotations

import sys
from typing import Any, Iterator

import numpy as np

from .base import Framework


class Runner(Framework):
    """Networks are objects of `owner`; the method `asks` gives what they answer.

    takes: the method that is given the image, where that is another one. given_at: which of its
    arguments the image is.
    """

    def __init__(self, owner: type, asks: str, takes: str = "", given_at: int = 0) -> None:
        self._owner, self._asks = owner, asks
        self.takes, self.given_at = takes, given_at

    def entrances(self) -> list[tuple[Any, str]]:
        """The one method that asks."""
        return [(self._owner, self._asks)]

    def holds_weights(self, network: Any) -> bool:
        """Nobody exports one without."""
        return True

    def array(self, value: Any) -> np.ndarray[Any, Any] | None:
        """Arrays are as they are, alone, in a list of outputs or as the one input by name."""
        if isinstance(value, dict) and len(value) == 1:
            value = next(iter(value.values()))
        if isinstance(value, (list, tuple)) and value:
            value = value[0]
        return value if isinstance(value, np.ndarray) else None

    def values(self, value: Any) -> np.ndarray[Any, Any] | None:
        """The same: no order of axes is another one."""
        return self.array(value)

    def like(self, values: np.ndarray[Any, Any], other: Any) -> Any:
        """In the place of the array in `other`, with its kind of numbers."""
        before = self.array(other)
        made = values if before is None else values.astype(before.dtype)
        if isinstance(other, dict):
            return dict.fromkeys(other, made)
        return [made, *other[1:]] if isinstance(other, (list, tuple)) else made


class TensorFlow(Runner):
    """Functions that TensorFlow compiled, as those of a SavedModel."""

    def __init__(self) -> None:
        super().__init__(object, "__call__")
        self._tf: Any = sys.modules["tensorflow"]

    def entrances(self) -> list[tuple[Any, str]]:
        """Those that this release has."""
        package = "tensorflow.python.eager."
        owners = [
            getattr(sys.modules.get(package + module), kind, None)
            for module, kind in (
                ("polymorphic_function.polymorphic_function", "Function"),
                ("polymorphic_function.concrete_function", "ConcreteFunction"),
                ("def_function", "Function"),
                ("function", "ConcreteFunction"),
            )
        ]
        return [(owner, "__call__") for owner in dict.fromkeys(owners) if isinstance(owner, type)]

    def holds_weights(self, network: Any) -> bool:
        """A function of a preparation captures no variable."""
        return any(len(each.captured_inputs) > 0 for each in _compiled(network))

    def array(self, value: Any) -> np.ndarray[Any, Any] | None:
        """Values of a Tensor, too."""
        if isinstance(value, dict) and value:
            value = next(iter(value.values()))
        if hasattr(value, "numpy"):
            return np.asarray(value.numpy())
        return super().array(value)

    def like(self, values: np.ndarray[Any, Any], other: Any) -> Any:
        """A Tensor, or an array, of the same kind of numbers."""
        if isinstance(other, dict):
            return {name: self.like(values, one) for name, one in other.items()}
        if not hasattr(other, "numpy"):
            return super().like(values, other)
        kind = other.dtype if other.dtype.is_floating else self._tf.float32
        return self._tf.constant(values, dtype=kind)

    def stored(self, network: Any) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
        """The variables of a function."""
        for compiled in _compiled(network)[:1]:
            for variable in compiled.variables:
                yield str(variable.name).partition(":")[0], np.asarray(variable.numpy())


def _compiled(function: Any) -> list[Any]:
    """The traces of a function, one for each form of what it was given."""
    if hasattr(function, "captured_inputs"):
        return [function]
    traces = getattr(function, "_list_all_concrete_functions", None)
    return list(traces() if traces is not None else getattr(function, "concrete_functions", []))
