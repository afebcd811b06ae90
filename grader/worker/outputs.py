"""What the submission's networks give while its function answers: the numbers behind a name."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import Any, Callable, Iterator

import numpy as np

from .frameworks import Framework, calls_watched, loaded_frameworks, loaded_runners


@contextmanager
def outputs_watched(classes: int) -> Iterator[list[np.ndarray[Any, Any]]]:
    """For the duration the list grows by what leaves a network, not a layer within one, where
    that is `classes` numbers an image: float32 (N, classes), in the order of the calls.
    """
    found: list[np.ndarray[Any, Any]] = []
    depth = [0]

    def watch_for(framework: Framework) -> Callable[[Any, Callable[[], Any], Any], Any]:
        def watch(layer: Any, call: Callable[[], Any], given: Any) -> Any:
            depth[0] += 1
            try:
                made = call()
            finally:
                depth[0] -= 1
            if depth[0] == 0:
                found.extend(_rows(framework, made, classes))
            return made

        return watch

    with ExitStack() as stack:
        for framework in (*loaded_frameworks(), *loaded_runners()):
            for owner, name in framework.entrances():
                stack.enter_context(calls_watched(owner, name, watch_for(framework)))
        yield found


def _rows(framework: Framework, made: Any, classes: int) -> list[np.ndarray[Any, Any]]:
    """The output as rows of `classes` numbers, if it is that. Whatever a network gives, finding
    out must not disturb who asked it.
    """
    try:
        values = framework.array(made)
        if values is None or values.size == 0 or values.shape[-1] != classes:
            return []
        return [np.array(values, np.float32).reshape(-1, classes)]
    except Exception:
        return []
