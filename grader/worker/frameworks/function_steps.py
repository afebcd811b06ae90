"""Functions that stand for layers, noted among the steps of a trace."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Callable, Mapping, Sequence

import numpy as np

from .functions import Function, function_of, is_sum, is_watched
from .values import NetworkParameter, TrainingStep

if TYPE_CHECKING:
    from .base import Framework


class FunctionSteps:
    """Adds functions that stand for a layer to the `steps` of a trace, where no layer is `running`
    that they are part of.
    """

    def __init__(
        self, framework: Framework, network: Any, steps: list[TrainingStep], running: list[Any]
    ) -> None:
        self._framework, self._steps, self._running = framework, steps, running
        items = framework.parameters(network)
        self._held = {framework.identity(item.value): item for item in items}
        self._last: Any = None  # what the last step made, where that was a function with weights

    def watch(
        self,
        name: str,
        arguments: Sequence[Any],
        options: Mapping[str, Any],
        call: Callable[[], Any],
    ) -> Any:
        """Make the call, and note it."""
        if self._running or not is_watched(name):
            return call()
        if is_sum(name):
            return self._sum(arguments, call)
        function, given = function_of(name, arguments, options)
        before = self._framework.array(given)
        held = [self._parameter(part) for part in (function.weight, function.bias)]
        if before is None or (held[0] is None and function.weight is not None):
            return call()
        before, begun = np.array(before), time.perf_counter()
        self._running.append(function)
        try:
            made = call()
        finally:
            self._running.pop()
        after = self._framework.array(made)
        if after is not None:
            took = time.perf_counter() - begun
            function.held = [(item.name, item.value) for item in held if item is not None]
            name = function.held[0][0] if function.held else ""
            step = TrainingStep(function, name, before, np.array(after), False, took)
            self._steps.append(step)
            self._last = made if function.weight is not None else None
        return made

    def _sum(self, arguments: Sequence[Any], call: Callable[[], Any]) -> Any:
        """The sum with a bias belongs to the function before it."""
        of_last = [one is self._last for one in arguments[:2]]
        made = call()
        if self._last is None or not any(of_last) or len(of_last) != 2:
            return made
        item = self._parameter(arguments[of_last.index(True) ^ 1])
        function = self._steps[-1].layer
        after = self._framework.array(made)
        if item is None or not isinstance(function, Function) or function.bias is not None:
            return made
        if after is not None and after.shape == self._steps[-1].made.shape:
            function.add(item.value)
            function.held.append((item.name, item.value))
            self._steps[-1] = self._steps[-1]._replace(made=np.array(after))
            self._last = made
        return made

    def _parameter(self, value: Any) -> NetworkParameter | None:
        if value is None:
            return None
        return self._held.get(self._framework.identity(value))
