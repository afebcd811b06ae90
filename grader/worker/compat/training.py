"""Notes calls that train, for the sentence "it trains at import"."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from ..audit import Observer
from ..hooks import AfterImportFinder


def watch(after: AfterImportFinder, observer: Observer) -> None:
    """Note the first call of each framework's usual training function."""
    after.when("mindspore", lambda module: _watch(module.Model, "train", "mindspore", observer))
    after.when("torch.optim.optimizer", lambda module: _watch_optimizers(module, observer))
    for keras in ("keras", "tf_keras"):
        after.when(keras, lambda module: _watch(module.Model, "fit", "keras", observer))


def _watch(owner: Any, method: str, framework: str, observer: Observer) -> None:
    original = getattr(owner, method)

    def watched(self: Any, *arguments: Any, **options: Any) -> Any:
        observer.training(f"{framework} Model.{method}")
        return original(self, *arguments, **options)

    watched.__doc__ = original.__doc__
    setattr(owner, method, watched)


def _watch_optimizers(optimizer: ModuleType, observer: Observer) -> None:
    def stepping(*arguments: Any) -> None:
        observer.training("torch optimizer step")

    optimizer.register_optimizer_step_pre_hook(stepping)
