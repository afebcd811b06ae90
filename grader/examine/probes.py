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
MIN_CROPPED_SHARE = 0.07  # of a ramp that may be missing on one side before something was cut off
MIN_BORDER_SHARE = 0.04  # of what enters that no image reaches before it counts as a border
NO_RESPONSE = 1e-3  # of the largest response, below which a channel does not follow the image
STRIPES = 16  # across an image that shows what becomes of details
MIN_PIXELS = 4  # of a stripe and its gap, from which it can be told
MIN_DETAIL = 0.3  # of their contrast, below which details are lost
MAX_FEW_LEVELS = 4  # numbers that all of GREYS become, which are few


class Preprocessing(NamedTuple):
    """What becomes of an image on its way into the network.

    size: (height, width) of what enters, of `channels`. times, plus: the number that a pixel value
    becomes, by channel of the network; None where that is no straight line. mix: (C, 3), of how
    much of each channel of the image those of the network are made; None where that is unknown.
    above, period: for values that wrap, by channel, what lies above which limit and how much too
    high it is; None where none wraps. folded: values wrap, and two of them become one. turned:
    width became height. scrambled: a ramp no longer is one. flipped: axes (2 height, 3 width) that
    run the other way. seen: the share of the image that gets in. bordered: only a part of what
    enters is image. few_levels: nearly all differences of brightness are lost. colourless: there
    are channels that brightness does not change, that are mixtures, or whose order is neither that
    of the image nor its reverse. random: the same image enters otherwise when it is put again.
    detail: the share of the contrast of STRIPES stripes that gets in; 1 where they
    can't be told, as where only a part of the image does.
    """

    size: tuple[int, int]
    channels: int
    times: Floats | None = None
    plus: Floats | None = None
    mix: tuple[tuple[float, ...], ...] | None = None
    above: Floats | None = None
    period: Floats | None = None
    folded: bool = False
    turned: bool = False
    scrambled: bool = False
    flipped: tuple[int, ...] = ()
    seen: float = 1.0
    bordered: bool = False
    few_levels: bool = False
    colourless: bool = False
    random: bool = False
    detail: float = 1.0

    @property
    def blurred(self) -> bool:
        """Whether details are lost that networks of 64 pixels and more can see."""
        return self.detail < MIN_DETAIL

    @property
    def cut(self) -> bool:
        """Whether only a part of the image gets in."""
        return self.seen < 1 - MIN_CROPPED_SHARE


def probes(height: int, width: int) -> Images:
    """The images, by name."""
    made = {f"grey {level}": np.full((height, width, 3), level, np.uint8) for level in GREYS}
    for channel in range(3):
        image = np.zeros((height, width, 3), np.uint8)
        image[:, :, channel] = 255
        made[f"channel {channel}"] = image
    across = np.linspace(0, 255, width).astype(np.uint8)
    down = np.linspace(0, 255, height).astype(np.uint8)
    made["across"] = _of_line(across, height)
    if width >= MIN_PIXELS * STRIPES:
        waves = 127.5 + 127.5 * np.sin(2 * np.pi * STRIPES * np.arange(width) / width)
        made["stripes"] = _of_line(waves.astype(np.uint8), height)
    made["down"] = np.ascontiguousarray(np.broadcast_to(down[:, None, None], (height, width, 3)))
    return made


def _of_line(line: NDArray[np.uint8], height: int) -> NDArray[np.uint8]:
    return np.ascontiguousarray(np.broadcast_to(line[None, :, None], (height, len(line), 3)))


def understood(arrived: Mapping[str, Floats]) -> Preprocessing | None:
    """What the images that `arrived` (C, H, W) in the network tell, by the probes' names; None
    where some are missing, differ in size or are not numbers.
    """
    names = [*(f"grey {level}" for level in GREYS), "across", "down"]
    if any(name not in arrived for name in names):
        return None
    shapes = {image.shape for image in arrived.values()}
    if len(shapes) != 1:
        return None
    ((channels, height, width),) = shapes
    unknown = Preprocessing((height, width), channels)
    if not all(np.isfinite(image).all() for image in arrived.values()):
        return unknown  # a flat image that is divided by its own deviation
    inside = _reached(arrived)
    if inside is None:
        return unknown
    response = np.stack(
        [np.median(arrived[f"grey {level}"][:, inside], axis=1) for level in GREYS]
    ).astype(np.float64)  # (levels, C)
    bordered = bool((~inside).mean() > MIN_BORDER_SHARE)
    known = unknown._replace(bordered=bordered, few_levels=_few_levels(response))
    spread = np.ptp(response, axis=0)
    if (spread < NO_RESPONSE * spread.max()).any():
        return known._replace(colourless=True)
    times, plus = _line(response)
    if times is None:
        above, period = _wrapped(response)
        if above is not None and period is not None:
            times, plus = _line(response - (response > above) * period)
        wrapped = known._replace(times=times, plus=plus, above=above, period=period)
        return wrapped._replace(folded=above is None and _folded(response))
    within = {name: _within(image, inside) for name, image in arrived.items()}
    straight = known._replace(times=times, plus=plus)
    mix = _mix(within, channels)
    return _geometry(straight._replace(mix=mix, colourless=_recoloured(mix)), within)


def _reached(arrived: Mapping[str, Floats]) -> NDArray[np.bool_] | None:
    """(H, W): where black and white differ in any channel; None where they do nowhere."""
    black, white = arrived[f"grey {GREYS[0]}"], arrived[f"grey {GREYS[-1]}"]
    differs = np.abs(white.astype(np.float64) - black).max(axis=0)
    return np.asarray(differs > differs.max() / 10) if differs.max() > 0 else None


def _within(image: Floats, inside: NDArray[np.bool_]) -> Floats:
    """The rectangle of `image` (C, H, W) that the image reaches."""
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    return image[:, rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _few_levels(response: NDArray[np.float64]) -> bool:
    span = np.ptp(response)
    return all(len(set(np.round(line / span, 3))) <= MAX_FEW_LEVELS for line in response.T)


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


def _mix(arrived: Mapping[str, Floats], channels: int) -> tuple[tuple[float, ...], ...] | None:
    """(C, 3): shares of the image's channels in the network's, which add up to 1."""
    names = [f"channel {channel}" for channel in range(3)]
    if any(name not in arrived for name in names):
        return None
    black = np.median(arrived["grey 0"].reshape(channels, -1), axis=1)
    white = np.median(arrived["grey 255"].reshape(channels, -1), axis=1)
    shares = np.stack(
        [np.median(arrived[name].reshape(channels, -1), axis=1) - black for name in names], axis=1
    ) / (white - black)[:, None].astype(np.float64)
    if np.abs(shares.sum(axis=1) - 1).max() > 3 * STRAIGHT:
        return None
    return tuple(tuple(round(float(share), 3) for share in row) for row in shares)


def _folded(response: NDArray[np.float64]) -> bool:
    """Whether each channel rises by one slope, but for steps down that are all as high."""
    gaps = np.diff(np.array(GREYS, np.float64))[:, None]
    rises = np.diff(response, axis=0)
    slope = np.median(rises / gaps, axis=0)
    falls = slope * gaps - rises
    steps = np.abs(falls) > slope * gaps / 2
    if (slope <= 0).any() or not steps.any(axis=0).all():
        return False
    heights = [column[there] for column, there in zip(falls.T, steps.T, strict=True)]
    return all(each.min() > 0 and np.ptp(each) < each.max() / 10 for each in heights)


def _recoloured(mix: tuple[tuple[float, ...], ...] | None) -> bool:
    """Whether three channels of the network are not the three of the image, in one order or the
    other.
    """
    if mix is None or len(mix) != 3:
        return False
    order = [row.index(max(row)) for row in mix]
    return min(max(row) for row in mix) < 0.95 or order not in ([0, 1, 2], [2, 1, 0])


def _geometry(prepared: Preprocessing, arrived: Mapping[str, Floats]) -> Preprocessing:
    """What became of width and height."""
    assert prepared.times is not None and prepared.plus is not None  # noqa: S101 - straight
    # One channel: of a reshaped image the mean over channels looks like a ramp again.
    back = {
        name: (arrived[name][0].astype(np.float64) - prepared.plus[0]) / prepared.times[0]
        for name in ("across", "down", "stripes")
        if name in arrived
    }
    across, down = back["across"], back["down"]
    along = _runs_along(across), _runs_along(down)
    if along == ("height", "width"):
        across, down = across.T, down.T
    elif along != ("width", "height"):
        return prepared._replace(scrambled=True)
    columns, rows = across.mean(axis=0), down.mean(axis=1)
    flipped = tuple(axis for axis, line in ((3, columns), (2, rows)) if line[-1] < line[0])
    turned = along == ("height", "width")
    known = prepared._replace(
        turned=turned, flipped=flipped, seen=_share_of(columns) * _share_of(rows)
    )
    if known.cut or "stripes" not in back:
        return known
    stripes = back["stripes"].mean(axis=1 if turned else 0)
    seen = len(stripes) >= MIN_PIXELS * STRIPES
    return known._replace(detail=_contrast(stripes)) if seen else known


def _contrast(stripes: NDArray[np.float64]) -> float:
    """Of the waves along a line of values of 0 to 255, as a share of their full height."""
    turns = np.exp(2j * np.pi * STRIPES * np.arange(len(stripes)) / len(stripes))
    return float(min(1.0, 2 * abs((stripes * turns).mean()) / 127.5))


def _share_of(ramp: NDArray[np.float64]) -> float:
    """The share of a ramp over the whole image that gets in; 1 for nearly all of it. Only a blurred
    one rises as steeply as all of it though its ends are missing.
    """
    missing = max(0.0, float(ramp.min())) / 255, max(0.0, 255 - float(ramp.max())) / 255
    side = max(1, 3 * len(ramp) // 8)  # the middle, which a blur reaches last
    steep = abs(float(ramp[-1 - side] - ramp[side])) / 255
    risen = steep * len(ramp) / max(1, len(ramp) - 1 - 2 * side)
    return min(1.0, max(1 - sum(missing), risen)) if max(missing) > MIN_CROPPED_SHARE else 1.0


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
