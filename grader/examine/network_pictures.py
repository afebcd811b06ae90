"""Pictures of a network at work on one written digit: kernels, and what layers make of it."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from grader.evidence import Look, Maps
from grader.examine import lenet5_reference
from grader.examine.layer_reports import LayersReport, StageReport
from grader.examine.submitted_network import SubmittedNetwork

DRAWN_SIZE = 32  # pixels that the digit is drawn wide before it is made as large as the input
LARGEST = 40_000  # values of one strip of pictures


def looks(
    network: SubmittedNetwork, taken: Sequence[int], layers: LayersReport
) -> tuple[Look, ...]:
    """Convolutions and poolings at work, in order of execution; none for a network that takes no
    image.
    """
    if len(taken) != 3:
        return ()
    report, values = network.look(_digit(taken))
    if values is None:
        return ()
    flat, found = values.ravel(), []
    names = _names(layers)
    for stage in report.stages:
        sizes = [int(np.prod(each)) if each else 0 for each in (stage.kernels, stage.maps)]
        kernels, maps, flat = np.split(flat, [sizes[0], sum(sizes)])
        if (len(kernels), len(maps)) != tuple(sizes) or len(stage.maps) != 3:
            break  # less travelled than was said
        name = names[stage.layer - 1] if stage.layer <= len(names) else str(stage.layer)
        found.append(Look(layer=name, kernels=_kernels(stage, kernels), maps=_maps(stage, maps)))
    return tuple(found)


def _digit(taken: Sequence[int]) -> NDArray[np.float32]:
    """A written seven, float32 (1, …) as large as the input, the same in all channels."""
    last = taken[0] > 4 >= taken[2]  # (height, width, channels)
    height, width, channels = taken if last else (*taken[1:], taken[0])
    drawn, _ = lenet5_reference.digits(8, DRAWN_SIZE)
    if (height, width) == (28, 28):
        drawn, _ = lenet5_reference.digits(8, 28)
    picture = Image.fromarray(drawn[7, 0])
    if picture.size != (width, height):
        picture = picture.resize((width, height), Image.Resampling.BILINEAR)
    values = np.asarray(picture, np.float32)[None]
    image = np.repeat(values[..., None] if last else values[None], channels, axis=-1 if last else 1)
    return np.ascontiguousarray(image, np.float32)


def _names(layers: LayersReport) -> list[str]:
    """What layers are called, else their kind."""
    return [layer.name or layer.kind for layer in layers.layers]


def _kernels(stage: StageReport, values: NDArray[np.float32]) -> Maps | None:
    if len(stage.kernels) != 4 or not values.size:
        return None
    outputs, inputs, height, width = stage.kernels
    pictures = values.reshape(outputs * inputs, height, width)
    return _grey(pictures, columns=inputs if inputs > 1 else outputs)


def _maps(stage: StageReport, values: NDArray[np.float32]) -> Maps | None:
    return _grey(values.reshape(stage.maps), columns=stage.maps[0]) if values.size else None


def _grey(values: NDArray[np.float32], columns: int) -> Maps | None:
    """Pictures (count, height, width) in grey; None for more than a page shows."""
    count, height, width = values.shape
    if values.size > LARGEST or not np.isfinite(values).all():
        return None
    low, high = float(values.min()), float(values.max())
    grey = ((values - low) / max(high - low, 1e-9) * 255).round().astype(np.uint8)
    text = base64.b64encode(grey.tobytes()).decode()
    return Maps(count=count, columns=columns, height=height, width=width, grey=text)
