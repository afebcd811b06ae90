"""Chance that repeats itself: what a submission draws at random is the same in every run.

A network that was never trained, dropout left on, a crop at random or `list(set(names))` would
otherwise give one submission another mark each time. A seed of the submission's own has its way:
ours are set before its first line, or right after the import of what draws. Python's hashes are
seeded by the environment (`sandbox.environment`).
"""

from __future__ import annotations

import itertools
import random
import sys
from contextlib import ExitStack, contextmanager
from types import ModuleType
from typing import Any, Iterator

import numpy as np

from .hooks import AfterImportFinder, loaded

SEED = 26_130  # any number that no submission chooses itself


def repeatable(after: AfterImportFinder) -> None:
    """Seed Python's generator now, those of NumPy and of frameworks once they are imported.

    NumPy 2 takes 15 ms to import its own, which most submissions never ask for.
    """
    random.seed(SEED)
    if "numpy.random" in sys.modules:
        np.random.seed(SEED)
    else:
        after.when("numpy.random", lambda module: module.seed(SEED))
    after.when("torch", lambda module: module.manual_seed(SEED))
    after.when("tensorflow", lambda module: module.random.set_seed(SEED))
    after.when("mindspore", lambda module: module.set_seed(SEED))
    after.when("mindspore", _dropout_by_seed)
    after.when("mindspore.dataset.transforms.transforms", _another_seed_each_time)


@contextmanager
def generators_kept() -> Iterator[None]:
    """What is drawn within changes nothing of what is drawn after it: the generators of Python,
    NumPy and PyTorch go on where they were. MindSpore's and TensorFlow's cannot be read.
    """
    with ExitStack() as after:
        after.callback(random.setstate, random.getstate())
        if "numpy.random" in sys.modules:
            after.callback(np.random.set_state, np.random.get_state())
        torch = loaded("torch")
        if hasattr(torch, "get_rng_state"):
            after.callback(torch.set_rng_state, torch.get_rng_state())
            if torch.cuda.is_initialized():
                after.callback(torch.cuda.set_rng_state_all, torch.cuda.get_rng_state_all())
        yield


def _another_seed_each_time(transforms: ModuleType) -> None:
    """MindSpore 2 applies a transform to one image with a generator that is new in each call: with
    one seed all random crops of all images would be the same crop.
    """
    operation: Any = getattr(transforms, "TensorOperation", None)
    engine: Any = sys.modules.get("mindspore._c_dataengine")
    if operation is None or engine is None:
        return
    config = engine.GlobalContext.config_manager()
    original, seeds = operation.__call__, itertools.count(SEED + 1)
    ours = config.get_seed()

    def call(self: Any, *arguments: Any) -> Any:
        nonlocal ours
        if config.get_seed() in (ours, SEED):  # not one of the submission's
            ours = next(seeds)
            config.set_seed(ours)
        return original(self, *arguments)

    operation.__call__ = call


def _dropout_by_seed(mindspore: ModuleType) -> None:
    """MindSpore's dropout for the CPU draws as its threads come, and now and then another mask for
    one seed: where Python runs it, in PyNative mode, the mask is drawn here, by the seeds that it
    was made with.
    """
    dropout: Any = getattr(getattr(mindspore, "ops", None), "Dropout", None)
    if dropout is None or "__call__" not in dir(dropout):
        return
    ms: Any = mindspore
    original = dropout.__call__
    drawing: dict[tuple[int, ...], Any] = {}

    def call(self: Any, x: Any) -> Any:
        here = ms.get_context("mode") == ms.PYNATIVE_MODE and isinstance(x, ms.Tensor)
        if not here or ms.get_context("device_target") != "CPU":
            return original(self, x)
        seeds = tuple(abs(int(getattr(self, name, 0) or 0)) % 2**32 for name in ("Seed0", "Seed1"))
        random = drawing.setdefault(seeds, np.random.RandomState(seeds))
        kept = random.random_sample(x.shape) < self.keep_prob
        mask = ms.Tensor((kept / self.keep_prob).astype(np.float32)).astype(x.dtype)
        return x * mask, mask

    dropout.__call__ = call
