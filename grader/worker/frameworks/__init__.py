"""Frameworks behind one small interface; only those that the submission imported are looked at."""

from __future__ import annotations

import sys
from typing import Callable

from ..hooks import loaded
from .base import Framework, NetworkParameter, Training, TrainingStep, calls_watched
from .keras import Keras, eager_execution
from .mindspore import MindSpore
from .torch import Torch

__all__ = [
    "Framework",
    "NetworkParameter",
    "Training",
    "TrainingStep",
    "calls_watched",
    "eager_execution",
    "loaded_frameworks",
]

_KNOWN: tuple[tuple[str, str, Callable[[], Framework]], ...] = (
    # module that must be loaded, attribute that tells it from a submission's file of that name
    ("mindspore", "Tensor", MindSpore),
    ("torch", "Tensor", Torch),
    ("keras", "Model", Keras),
    ("tf_keras", "Model", lambda: Keras("tf_keras")),
)


def loaded_frameworks() -> list[Framework]:
    """The frameworks that are in memory, each once, whatever names it goes by."""
    found = {
        id(sys.modules[module]): adapter
        for module, attribute, adapter in _KNOWN
        if hasattr(loaded(module), attribute)
    }
    return [adapter() for adapter in found.values()]
