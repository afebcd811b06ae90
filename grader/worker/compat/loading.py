"""Notes parameters that got no value from a checkpoint, which frameworks pass over in silence."""

from __future__ import annotations

import functools
from types import ModuleType
from typing import Any

from ..audit import Observer
from ..hooks import AfterImportFinder
from ..prefixes import of_names


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
        names = [parameter.name for parameter in net.get_parameters()]
        there = arguments[0] if arguments else options.get("parameter_dict")
        unused = set(there) - set(names) if isinstance(there, dict) else ()
        _note(observer, unloaded, len(names), unused)
        return result

    mindspore.load_param_into_net = watched  # type: ignore[attr-defined]
    # `load_checkpoint(path, net)` looks it up where it is defined.
    mindspore.train.serialization.load_param_into_net = watched


def _watch_torch(torch: ModuleType, observer: Observer) -> None:
    original = torch.nn.Module.load_state_dict

    @functools.wraps(original)
    def watched(self: Any, *arguments: Any, **options: Any) -> Any:
        result = original(self, *arguments, **options)
        missing, unused = (
            getattr(result, kind, None) for kind in ("missing_keys", "unexpected_keys")
        )
        # Which PyTorch counts by itself where a checkpoint of a plain dictionary has none.
        counted = {name for name in self.state_dict() if not name.endswith("num_batches_tracked")}
        unloaded = [name for name in missing or () if name in counted]
        _note(observer, unloaded, len(counted), unused)
        return result

    torch.nn.Module.load_state_dict = watched


def _note(observer: Observer, unloaded: Any, total: int, unused: Any) -> None:
    """unloaded: parameters without a value. unused: names in the checkpoint that none took."""
    if unloaded and isinstance(unloaded, (list, tuple)):
        why = of_names(map(str, unloaded), sorted(map(str, unused or ())))
        observer.unloaded(len(unloaded), total, str(unloaded[0]), why)
