"""MindSpore set up so that single images are fast, whatever release it is."""

from __future__ import annotations

import contextlib
import io
import logging
from types import ModuleType

import numpy as np


def set_up(mindspore: ModuleType, device: str, threads: int) -> None:
    """Wait for each operation in PyNative mode, make the run's device the default, and let kernels
    have `threads` threads.

    Waiting makes one small image 20 times as fast; the queue threads spin otherwise.
    """
    _past_numpy(mindspore)
    _limit_threads(mindspore, threads)
    runtime = getattr(mindspore, "runtime", None)
    if hasattr(runtime, "launch_blocking"):
        runtime.launch_blocking()  # type: ignore[union-attr]
    else:
        mindspore.set_context(pynative_synchronize=True)
    if mindspore.get_context("device_target") != device:
        mindspore.set_context(device_target=device)


def _limit_threads(mindspore: ModuleType, threads: int) -> None:
    """The kernels' pool is no larger than what this submission has of the machine.

    By itself it takes a thread for each processor (at most 30), which wait for work by spinning,
    and knows no variable of the environment. The newer function can be called once only, and that
    belongs to the submission; the warning that says so would be in every log.
    """
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        if threads < mindspore.get_context("runtime_num_threads"):
            mindspore.set_context(runtime_num_threads=threads)
    except (ValueError, KeyError, TypeError, RuntimeError):
        pass  # a release without this setting
    finally:
        logging.disable(before)


def _past_numpy(mindspore: ModuleType) -> None:
    """Let MindSpore fail to find NumPy 1 now, where it is built for that and runs with NumPy 2.

    It looks once, in the first operation with a tuple, which then raises SystemError; all later
    ones work. An operation with nonsense makes it look without starting the runtime.
    """
    if np.__version__.startswith("1."):
        return
    with contextlib.suppress(Exception), contextlib.redirect_stderr(io.StringIO()):
        mindspore.ops.reshape(mindspore.Tensor(np.zeros(1, np.float32)), ("",))
