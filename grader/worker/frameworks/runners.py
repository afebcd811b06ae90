"""Packages that only run networks which others have exported: what they are asked and answer."""

from __future__ import annotations

from typing import Any

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
