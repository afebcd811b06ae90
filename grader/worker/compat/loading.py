"""Notes parameters that got no value from a checkpoint, which frameworks pass over in silence."""

from __future__ import annotations

import functools
from types import ModuleType
from typing import Any

from ..audit import Observer
from ..hooks import AfterImportFinder


def watch(after: AfterImportFinder, observer: Observer) -> None:
    """Watch the loading of weights in MindSpore and PyTorch."""
    after.when("mindspore", lambda module: _watch_mindspore(module, observer))
    after.when("torch", lambda module: _watch_torch(module, observer))


def _watch_mindspore(mindspore: ModuleType, observer: Observer) -> None:
    original = mindspore.load_param_into_net

    @functools.wraps(original)
    def watched(net: Any, *arguments: Any, **options: Any) -> Any:
        result = original(net, *arguments, **options)
        unloaded = result[0] if isinstance(result, tuple) else result
        _note(observer, unloaded, len(list(net.get_parameters())))
        return result

    mindspore.load_param_into_net = watched  # type: ignore[attr-defined]
    # `load_checkpoint(path, net)` looks it up where it is defined.
    mindspore.train.serialization.load_param_into_net = watched


def _watch_torch(torch: ModuleType, observer: Observer) -> None:
    original = torch.nn.Module.load_state_dict

    @functools.wraps(original)
    def watched(self: Any, *arguments: Any, **options: Any) -> Any:
        result = original(self, *arguments, **options)
        _note(observer, getattr(result, "missing_keys", None), len(self.state_dict()))
        return result

    torch.nn.Module.load_state_dict = watched


def _note(observer: Observer, unloaded: Any, total: int) -> None:
    if unloaded and isinstance(unloaded, (list, tuple)):
        observer.unloaded(len(unloaded), total, str(unloaded[0]))
