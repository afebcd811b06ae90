"""How a submission prepares an image, measured with images of ours: flat ones and ramps.

A flat image tells which number each pixel value becomes; three of one colour, which channel goes
where; two ramps, what becomes of width and height, and whether all of the image gets in. Only a
worker that has seen no hidden image is asked, so that all of it may be told to the student.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Images = dict[str, NDArray[np.uint8]]

GREYS = (0, 32, 64, 96, 128, 160, 192, 224, 255)
STRAIGHT = 0.02  # of its range, how far a response may be from a straight line
MAX_CROSS_VARIATION = 0.25  # of its range, how much a ramp may vary across its own direction
MIN_CROPPED_SHARE = 0.06  # of a ramp that may be missing on one side before something was cut off


class Preprocessing(NamedTuple):
    """What becomes of an image on its way into the network.

    size: (height, width) of what enters. times, plus: the number that a pixel value becomes, by
    channel of the network; None where that is no straight line. source: which channel of the image
    each channel of the network is made of; None for mixtures. above, period: for values that wrap,
    by channel, what lies above which limit and how much too high it is; None where none wraps.
    turned: width became height. scrambled: a ramp no longer is one. flipped: axes (2 height,
    3 width) that run the other way. cut: only a part of the image gets in.
    """

    size: tuple[int, int]
    times: Floats | None
    plus: Floats | None
    source: tuple[int, ...] | None
    above: Floats | None
    period: Floats | None
    turned: bool = False
    scrambled: bool = False
    flipped: tuple[int, ...] = ()
    cut: bool = False


def probes(height: int, width: int) -> Images:
    """The images, by name."""
    made = {f"grey {level}": np.full((height, width, 3), level, np.uint8) for level in GREYS}
    for channel in range(3):
        image = np.zeros((height, width, 3), np.uint8)
        image[:, :, channel] = 255
        made[f"channel {channel}"] = image
    across = np.linspace(0, 255, width).astype(np.uint8)
    down = np.linspace(0, 255, height).astype(np.uint8)
    made["across"] = np.ascontiguousarray(
        np.broadcast_to(across[None, :, None], (height, width, 3))
    )
    made["down"] = np.ascontiguousarray(np.broadcast_to(down[:, None, None], (height, width, 3)))
    return made


def understood(arrived: Mapping[str, Floats]) -> Preprocessing | None:
    """What the images that `arrived` (C, H, W) in the network tell, by the probes' names; None
    where some are missing, differ in size or are not numbers.
    """
    names = [*(f"grey {level}" for level in GREYS), "across", "down"]
    if any(name not in arrived for name in names):
        return None
    shapes = {image.shape for image in arrived.values()}
    if len(shapes) != 1 or not all(np.isfinite(image).all() for image in arrived.values()):
        return None
    ((channels, height, width),) = shapes
    response = np.stack(
        [np.median(arrived[f"grey {level}"].reshape(channels, -1), axis=1) for level in GREYS]
    ).astype(np.float64)  # (levels, C)
    times, plus = _line(response)
    if times is None:
        above, period = _wrapped(response)
        if above is not None and period is not None:
            times, plus = _line(response - (response > above) * period)
        return Preprocessing((height, width), times, plus, None, above, period)
    straight = Preprocessing((height, width), times, plus, None, None, None)
    if not times.all():
        return straight
    return _geometry(straight._replace(source=_source(arrived, channels)), arrived)


def _line(response: NDArray[np.float64]) -> tuple[Floats | None, Floats | None]:
    levels = np.array(GREYS, np.float64)
    times = (response[-1] - response[0]) / (levels[-1] - levels[0])
    plus = response[0]
    away = np.abs(response - (levels[:, None] * times + plus)).max(axis=0)
    spread = np.ptp(response, axis=0)
    if (away > STRAIGHT * np.maximum(spread, 1e-12)).any():
        return None, None
    return times.astype(np.float32), plus.astype(np.float32)


def _wrapped(response: NDArray[np.float64]) -> tuple[Floats | None, Floats | None]:
    """Limit and height of the step down of each channel that rises by the same slope before and
    after it.
    """
    gaps = np.diff(np.array(GREYS, np.float64))[:, None]
    slopes = np.diff(response, axis=0) / gaps
    slope = np.median(slopes, axis=0)
    steps = np.abs(slopes - slope) > np.abs(slope) / 2
    if (slope <= 0).any() or not steps.any() or (steps.sum(axis=0) > 1).any():
        return None, None
    above, period = [], []
    for channel in range(response.shape[1]):
        values = response[:, channel]
        if not steps[:, channel].any():
            above.append(np.inf)
            period.append(0.0)
            continue
        at = int(np.flatnonzero(steps[:, channel])[0])
        whole = slope[channel] * 256
        if abs(values[at] + slope[channel] * gaps[at, 0] - values[at + 1] - whole) > whole / 20:
            return None, None  # it falls by something else than the range of a byte
        above.append(max(values[at + 1 :]) + slope[channel] / 2)
        period.append(whole)
    return np.array(above, np.float32), np.array(period, np.float32)


def _source(arrived: Mapping[str, Floats], channels: int) -> tuple[int, ...] | None:
    names = [f"channel {channel}" for channel in range(3)]
    if any(name not in arrived for name in names):
        return None
    black = np.median(arrived["grey 0"].reshape(channels, -1), axis=1)
    white = np.median(arrived["grey 255"].reshape(channels, -1), axis=1)
    shares = np.stack(
        [np.median(arrived[name].reshape(channels, -1), axis=1) - black for name in names]
    ) / (white - black)
    largest = shares.argmax(axis=0)
    if (shares.max(axis=0) < 0.95).any():
        return None
    return tuple(int(channel) for channel in largest)


def _geometry(prepared: Preprocessing, arrived: Mapping[str, Floats]) -> Preprocessing:
    """What became of width and height."""
    assert prepared.times is not None and prepared.plus is not None  # noqa: S101 - straight
    # One channel: of a reshaped image the mean over channels looks like a ramp again.
    back = {
        name: (arrived[name][0].astype(np.float64) - prepared.plus[0]) / prepared.times[0]
        for name in ("across", "down")
    }
    across, down = back["across"], back["down"]
    along = _runs_along(across), _runs_along(down)
    if along == ("height", "width"):
        across, down = across.T, down.T
    elif along != ("width", "height"):
        return prepared._replace(scrambled=True)
    columns, rows = across.mean(axis=0), down.mean(axis=1)
    flipped = tuple(axis for axis, line in ((3, columns), (2, rows)) if line[-1] < line[0])
    cut = any(
        min(line.min(), 255 - line.max()) > MIN_CROPPED_SHARE * 255 for line in (columns, rows)
    )
    return prepared._replace(turned=along == ("height", "width"), flipped=flipped, cut=cut)


def _runs_along(ramp: NDArray[np.float64]) -> str:
    """The direction in which a ramp (H, W) runs: "width", "height", or "" for none."""
    rise = np.ptp(ramp)
    if rise < 1:
        return ""
    if ramp.std(axis=0).mean() < MAX_CROSS_VARIATION * ramp.std(axis=1).mean():
        return "width"
    if ramp.std(axis=1).mean() < MAX_CROSS_VARIATION * ramp.std(axis=0).mean():
        return "height"
    return ""
