"""Changes of an image on its way into a network, each undone mistake a step.

A step is a document: its `kind` and what that needs. Images are float (N, C, H, W) here, whatever
order the network takes.
"""

from __future__ import annotations

from typing import Any, Dict

import numpy as np

Step = Dict[str, Any]


def channels_first(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any] | None:
    """Images as (N, C, H, W), from a batch or a single one, channels first or last; None for what
    is no image.
    """
    if values.ndim not in (3, 4) or values.dtype.kind not in "fui" or not values.size:
        return None
    batch = values if values.ndim == 4 else values[None]
    if batch.shape[1] in (1, 3):
        return batch
    return np.moveaxis(batch, 3, 1) if batch.shape[3] in (1, 3) else None


def changed(
    values: np.ndarray[Any, Any], image: np.ndarray[Any, Any], steps: list[Step]
) -> np.ndarray[Any, Any] | None:
    """`values` with the steps taken, in the order of axes that they have; None where they are no
    image or nothing is to be changed. `image` is uint8 (H, W, 3), what the function was given.
    """
    batch = channels_first(values)
    taken = [step for step in steps if step["kind"] in _STEPS]
    if batch is None or not taken:
        return None
    made = np.array(batch, np.float32)
    for step in taken:
        made = _STEPS[step["kind"]](made, image, step)
    if (values.shape if values.ndim == 4 else (1, *values.shape))[1] not in (1, 3):
        made = np.moveaxis(made, 1, 3)
    return np.ascontiguousarray(made if values.ndim == 4 else made[0])


def changes_output(steps: list[Step]) -> bool:
    """Whether what leaves the network is to be negated."""
    return any(step["kind"] == "negate" for step in steps)


def resized(image: np.ndarray[Any, Any], height: int, width: int) -> np.ndarray[Any, Any]:
    """float32 (height, width, C): bilinear, with the wider triangle where it becomes smaller."""
    rows, columns = _weights(image.shape[0], height), _weights(image.shape[1], width)
    made: np.ndarray[Any, Any] = np.einsum(
        "ab,bcd,ec->aed", rows, image.astype(np.float32), columns, optimize=True
    )
    return made


def _weights(before: int, after: int) -> np.ndarray[Any, Any]:
    """(after, before): which pixels make each new one."""
    scale = before / after
    centres = (np.arange(after) + 0.5) * scale - 0.5
    away = np.abs(np.arange(before)[None] - centres[:, None]) / max(scale, 1.0)
    weights = np.clip(1 - away, 0, None).astype(np.float32)
    made: np.ndarray[Any, Any] = weights / weights.sum(axis=1, keepdims=True)
    return made


def _along_channels(numbers: Any) -> np.ndarray[Any, Any]:
    return np.array(numbers, np.float32).reshape(1, -1, 1, 1)


def _scaled(
    batch: np.ndarray[Any, Any], image: np.ndarray[Any, Any], step: Step
) -> np.ndarray[Any, Any]:
    made: np.ndarray[Any, Any] = batch * _along_channels(step["times"]) + _along_channels(
        step["plus"]
    )
    return made


def _unwrapped(
    batch: np.ndarray[Any, Any], image: np.ndarray[Any, Any], step: Step
) -> np.ndarray[Any, Any]:
    """Values above a limit are those that fell below zero and came back at the other end."""
    above = batch > _along_channels(step["above"])
    made: np.ndarray[Any, Any] = batch - above * _along_channels(step["period"])
    return made


def _turned(
    batch: np.ndarray[Any, Any], image: np.ndarray[Any, Any], step: Step
) -> np.ndarray[Any, Any]:
    return np.swapaxes(batch, 2, 3)


def _flipped(
    batch: np.ndarray[Any, Any], image: np.ndarray[Any, Any], step: Step
) -> np.ndarray[Any, Any]:
    return np.flip(batch, int(step["axis"]))


def _unreshaped(
    batch: np.ndarray[Any, Any], image: np.ndarray[Any, Any], step: Step
) -> np.ndarray[Any, Any]:
    """(C, H, W) that was made of (H, W, C) by `reshape` holds the values in their old order."""
    count, channels, height, width = batch.shape
    old = np.ascontiguousarray(batch).reshape(count, height, width, channels)
    return np.moveaxis(old, 3, 1)


def _whole(
    batch: np.ndarray[Any, Any], image: np.ndarray[Any, Any], step: Step
) -> np.ndarray[Any, Any]:
    """The whole image made anew: its size, its channels of those of the image, its values."""
    height, width = step["size"]
    mix = np.array(step["mix"], np.float32)  # (C, 3)
    made = np.moveaxis(resized(image, int(height), int(width)) @ mix.T, 2, 0)[None]
    made = made * _along_channels(step["times"]) + _along_channels(step["plus"])
    return np.repeat(made, len(batch), axis=0)


_STEPS = {
    "scale": _scaled,
    "unwrap": _unwrapped,
    "turn": _turned,
    "flip": _flipped,
    "unreshape": _unreshaped,
    "whole": _whole,
}
