"""PyTorch: checkpoints of graphics cards and of releases before 2.6."""

from __future__ import annotations

import functools
import pickle
from types import ModuleType
from typing import Any, Callable

from ..text import text_of

Use = Callable[[str], None]


def tolerant_load(torch: ModuleType, use: Use) -> None:
    """`torch.load` as it was when hand-ins called it with a path alone.

    Tensors saved on a card are put into memory where there is no card; a whole pickled network is
    read, as before 2.6. Both only where the plain call fails and the hand-in asked for nothing
    else: this process is confined, so that a pickle can do no more than the code beside it.
    """
    load = torch.load

    @functools.wraps(load)
    def tolerant(*arguments: Any, **options: Any) -> Any:
        for _ in range(3):
            try:
                return load(*arguments, **options)
            except (RuntimeError, pickle.UnpicklingError) as error:
                option, value = _remedy(error)
                if not option or option in options or (option == "map_location" and arguments[1:]):
                    raise
                use(f"torch.load({option}={value!r})")
                options[option] = value
                _rewind(arguments)
        return load(*arguments, **options)

    torch.load = tolerant  # type: ignore[attr-defined]


def _remedy(error: Exception) -> tuple[str, Any]:
    """The option that makes a failed load succeed, and its value; ("", None) if none would."""
    message = text_of(error, 4000)
    if "deserialize object on a CUDA device" in message:
        return "map_location", "cpu"
    if "weights_only" in message:
        return "weights_only", False
    return "", None


def _rewind(arguments: tuple[Any, ...]) -> None:
    if arguments and hasattr(arguments[0], "seek"):
        arguments[0].seek(0)
