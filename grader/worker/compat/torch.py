"""PyTorch: checkpoints of devices that are not here and of releases before 2.6."""

from __future__ import annotations

import functools
import pickle
import re
from types import ModuleType
from typing import Any, Callable

from ..text import text_of

Use = Callable[[str], None]


def tolerant_load(torch: ModuleType, use: Use) -> None:
    """`torch.load` as it was when submissions called it with a path alone.

    Tensors saved on a device that is not here, whoever made it, are put into memory, those of a
    traced network, too; a whole pickled network is read, as before 2.6. Only where the plain call
    fails and the submission asked for nothing else: this process is confined, so that a pickle can
    do no more than the code beside it.
    """
    torch.load = _tolerant(torch.load, "torch.load", _remedy, use)  # type: ignore[attr-defined]
    torch.jit.load = _tolerant(torch.jit.load, "torch.jit.load", _remedy_of_traced, use)


def _tolerant(
    load: Callable[..., Any], name: str, remedy: Callable[[Exception], tuple[str, Any]], use: Use
) -> Callable[..., Any]:
    @functools.wraps(load)
    def tolerant(*arguments: Any, **options: Any) -> Any:
        for _ in range(3):
            try:
                return load(*arguments, **options)
            except (RuntimeError, NotImplementedError, pickle.UnpicklingError) as error:
                option, value = remedy(error)
                if not option or option in options or (option == "map_location" and arguments[1:]):
                    raise
                use(f"{name}({option}={value!r})")
                options[option] = value
                _rewind(arguments)
        return load(*arguments, **options)

    return tolerant


# What PyTorch says of storages of CUDA, XPU, HPU, …, of mps, and of backends that it has never
# heard of, such as Ascend's npu.
_ELSEWHERE = re.compile(
    "deserialize object on|restore data location|[Ss]torage device not recognized"
)


def _remedy(error: Exception) -> tuple[str, Any]:
    """The option that makes a failed load succeed, and its value; ("", None) if none would."""
    message = text_of(error, 4000)
    if _ELSEWHERE.search(message):
        return "map_location", "cpu"
    if "weights_only" in message:
        return "weights_only", False
    return "", None


def _remedy_of_traced(error: Exception) -> tuple[str, Any]:
    """The same for TorchScript, which names an operator that a device's backend would have."""
    message = text_of(error, 4000)
    elsewhere = _ELSEWHERE.search(message) or re.search(
        r"backend|[Dd]evice|CUDA|Cannot initialize", message
    )
    return ("map_location", "cpu") if elsewhere else ("", None)


def _rewind(arguments: tuple[Any, ...]) -> None:
    if arguments and hasattr(arguments[0], "seek"):
        arguments[0].seek(0)
