"""Frameworks behind one small interface; only those that the submission imported are looked at."""

from __future__ import annotations

import sys
from typing import Any, Callable

from ..hooks import loaded
from .base import Framework, calls_watched
from .keras import Keras, eager_execution
from .mindspore import MindSpore
from .runners import Runner, TensorFlow
from .torch import Torch
from .values import LayerTrace, NetworkParameter, Norm, Training, TrainingStep

__all__ = [
    "Framework",
    "LayerTrace",
    "NetworkParameter",
    "Norm",
    "Training",
    "TrainingStep",
    "calls_watched",
    "eager_execution",
    "loaded_frameworks",
    "loaded_runners",
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


_RUNNERS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    # module that must be loaded, its class of networks, how they are asked
    ("onnxruntime", "InferenceSession", {"asks": "run", "given_at": 1}),
    ("cv2.dnn", "Net", {"asks": "forward", "takes": "setInput"}),
    (
        "tensorflow.lite.python.interpreter",
        "Interpreter",
        {"asks": "get_tensor", "takes": "set_tensor", "given_at": 1},
    ),
)


def loaded_runners() -> list[Framework]:
    """What is in memory and only runs networks: nothing can be built or trained by it."""
    owners = ((getattr(loaded(module), name, None), how) for module, name, how in _RUNNERS)
    found: list[Framework] = [
        Runner(owner, **how) for owner, how in owners if isinstance(owner, type)
    ]
    return [*found, TensorFlow()] if hasattr(loaded("tensorflow"), "Tensor") else found
