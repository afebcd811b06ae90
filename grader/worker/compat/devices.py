"""A submission that fixes its device runs on that of this run, where the assignment allows it."""

from __future__ import annotations

import functools
from types import ModuleType
from typing import Any, Callable

from ..hooks import AfterImportFinder

Use = Callable[[str], None]

_ACCELERATORS = {"cuda", "mps", "npu", "xpu", "hpu", "mlu"}  # PyTorch's names of their devices


def move(after: AfterImportFinder, device: str, use: Use) -> None:
    """Let MindSpore and, on a machine without a graphics card, PyTorch take `device` instead."""
    after.when("mindspore", lambda module: _mindspore(module, device, use))
    if device != "GPU":
        after.when("torch", lambda module: _torch(module, use))


def _mindspore(mindspore: ModuleType, device: str, use: Use) -> None:
    set_context: Callable[..., None] = mindspore.set_context

    @functools.wraps(set_context)
    def moved(**settings: Any) -> None:
        asked = settings.get("device_target", device)
        if asked != device:
            use(f"set_context(device_target={asked!r}) → {device}")
            settings["device_target"] = device
            settings.pop("device_id", None)
        set_context(**settings)

    mindspore.set_context = moved  # type: ignore[attr-defined]
    mindspore.context.set_context = moved
    if not hasattr(mindspore, "set_device"):
        return
    set_device: Callable[..., None] = mindspore.set_device

    @functools.wraps(set_device)
    def moved_device(device_target: str, device_id: Any = None) -> None:
        if device_target == device:
            return set_device(device_target, device_id)
        use(f"set_device({device_target!r}) → {device}")
        return set_device(device)

    mindspore.set_device = moved_device  # type: ignore[attr-defined]


def _torch(torch: ModuleType, use: Use) -> None:
    """Every function of tensors that is given a card is given the processor; loading, too."""

    def here(value: Any) -> Any:
        """What stands for `value` among arguments."""
        if isinstance(value, torch.device) and value.type in _ACCELERATORS:
            name = str(value)
        elif isinstance(value, str) and value.split(":")[0] in _ACCELERATORS:
            name = value
        else:
            return value
        use(f"{name} → CPU")
        return torch.device("cpu")

    class OnProcessor(torch.overrides.TorchFunctionMode):  # type: ignore[misc, name-defined]
        def __torch_function__(
            self, function: Any, types: Any, arguments: Any = (), options: Any = None
        ) -> Any:
            if function is torch.Tensor.cuda:
                use("cuda() → CPU")
                return arguments[0]
            given = {name: here(value) for name, value in (options or {}).items()}
            return function(*map(here, arguments), **given)

    OnProcessor().__enter__()
    load = torch.load

    @functools.wraps(load)
    def loaded_here(file: Any, map_location: Any = None, **options: Any) -> Any:
        return load(file, here(map_location) if map_location else "cpu", **options)

    torch.load = loaded_here  # type: ignore[attr-defined]
    torch.cuda.set_device = lambda device: None
    torch.cuda.synchronize = lambda device=None: None
