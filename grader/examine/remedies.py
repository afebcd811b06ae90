"""What may be wrong with what enters a network, and the change on its way in that would mend it.

What the probes show is tried; of changes that nothing speaks for only those of the values' scale,
as no probe tells which scale a network was trained with.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from grader.examine.probes import Floats, Preprocessing
from grader.language import Sentence
from grader.worker.protocol import Meta

SIZES = (224, 128, 96, 256, 64, 160, 192, 299, 32)  # that networks are trained with, likely first
LITTLE_SEEN = 0.7  # share of the image below which what is missing matters more than the size
ORDERS = (  # of the network's channels, of those of the image
    ((0.0, 0.0, 1.0), (0.0, 1.0, 0.0), (1.0, 0.0, 0.0)),
    ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
)
GREY = ((1 / 3, 1 / 3, 1 / 3),)
SCALE_TOLERANCE = 0.06  # of the range of values, how far two scales may be apart and count as one

_MEAN = np.array((0.485, 0.456, 0.406), np.float32)  # of ImageNet's red, green and blue, 0 to 1
_STD = np.array((0.229, 0.224, 0.225), np.float32)


class Scale(NamedTuple):
    """A scale of values: the number that a pixel value becomes is `times` it and `plus`, for red,
    green and blue. How it is called, and what makes it of an image of 0 to 255.
    """

    times: Floats
    plus: Floats
    name: Sentence
    made_by: str


def _scale(times: object, plus: object, name: Sentence, made_by: str) -> Scale:
    ones = np.ones(3, np.float32)
    return Scale(np.asarray(times) * ones, np.asarray(plus) * ones, name, made_by)


SCALES = (
    _scale(1 / 255, 0, Sentence("0 to 1"), "x = x / 255.0"),
    _scale(
        1 / (255 * _STD), -_MEAN / _STD, Sentence("ImageNet's mean 0 and deviation 1"),
        "x = (x / 255.0 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]",
    ),
    _scale(1 / 127.5, -1, Sentence("-1 to 1"), "x = x / 127.5 - 1"),
    _scale(1, 0, Sentence("0 to 255"), "x = x.astype(np.float32)"),
    _scale(
        1, -255 * _MEAN, Sentence("0 to 255 less ImageNet's mean"),
        "x = x - [123.7, 116.3, 103.5]",
    ),
)  # fmt: skip


class Remedy(NamedTuple):
    """A mistake by the code of its finding, the steps that undo it, and what is to be said of it.
    `shown`: whether a probe shows it.
    """

    code: str
    steps: tuple[Meta, ...]
    facts: dict[str, Sentence | str]
    shown: bool = False


def remedies(prepared: Preprocessing | None, norms: int, drops: int) -> list[Remedy]:
    """What is worth trying, the likeliest first."""
    found: list[Remedy] = []
    if norms or drops:
        facts: dict[str, Sentence | str] = {"norms": str(norms), "drops": str(drops)}
        found.append(Remedy("training-mode", ({"kind": "settle"},), facts, shown=norms > 0))
    if prepared is None:
        found += _blind()
    else:
        found += _of_geometry(prepared)
        found += _anew(prepared)
        found += _of_values(prepared) if prepared.above is None else _of_wrapping(prepared)
        found += _of_size(prepared)
    found.append(Remedy("smallest-taken", ({"kind": "negate"},), {}))
    return found


def _of_geometry(prepared: Preprocessing) -> Iterator[Remedy]:
    if prepared.turned:
        yield Remedy("axes-swapped", ({"kind": "turn"},), {}, shown=True)
    if prepared.scrambled:
        yield Remedy("axes-reshaped", ({"kind": "unreshape"},), {}, shown=True)
    names = {2: Sentence("upside down"), 3: Sentence("left to right")}
    for axis in prepared.flipped:
        yield Remedy("image-flipped", ({"kind": "flip", "axis": axis},), {"how": names[axis]}, True)


def _of_wrapping(prepared: Preprocessing) -> Iterator[Remedy]:
    """The values as they were before they wrapped, alone and on every usual scale: what was taken
    off is often no part of the scale that the network was trained with.
    """
    assert prepared.above is not None and prepared.period is not None  # noqa: S101 - asked before
    unwrap = {
        "kind": "unwrap",
        "above": [min(float(each), 3e38) for each in prepared.above],
        "period": [float(each) for each in prepared.period],
    }
    yield Remedy("values-wrapped", (unwrap,), {}, shown=True)
    for scaled in _of_values(prepared):
        yield Remedy("values-wrapped", (unwrap, *scaled.steps), {})


def _of_values(prepared: Preprocessing) -> Iterator[Remedy]:
    """Every usual scale that this is not."""
    if prepared.times is None or prepared.plus is None or not prepared.times.all():
        return
    now = scale_of(prepared)
    slips = [scale for scale in SCALES if _slipped(scale, prepared)]
    for scale in (
        *slips,
        *(each for each in SCALES if each.made_by not in {one.made_by for one in slips}),
    ):
        times, plus = _by_channel(scale, prepared)
        if _alike((times, plus), (prepared.times, prepared.plus)):
            continue
        ratio = times / prepared.times
        step = {
            "kind": "scale",
            "times": [float(each) for each in ratio],
            "plus": [float(each) for each in plus - prepared.plus * ratio],
        }
        facts: dict[str, Sentence | str] = {
            "now": now,
            "then": scale.name,
            "made_by": scale.made_by,
        }
        yield Remedy("pixel-scale", (step,), facts, shown=any(scale is each for each in slips))


def _slipped(scale: Scale, prepared: Preprocessing) -> bool:
    """Whether what enters is this scale, but for a division by 255 that is missing or is there
    twice, which is no scale that anybody trains with.
    """
    assert prepared.times is not None and prepared.plus is not None  # noqa: S101 - asked before
    if any(_alike(_by_channel(each, prepared), (prepared.times, prepared.plus)) for each in SCALES):
        return False
    times, plus = _by_channel(scale, prepared)
    return any(
        _alike((times * factor, plus), (prepared.times, prepared.plus)) for factor in (255, 1 / 255)
    )


def _anew(prepared: Preprocessing) -> Iterator[Remedy]:
    """The whole image at the size that enters, where it is not only scaled and moved: by plain
    values in both orders of channels, as those that enter no longer tell what they were.
    """
    code = _lost_by(prepared)
    if not code or prepared.channels not in (1, 3):
        return
    mixes = ORDERS if prepared.channels == 3 else (GREY,)
    own = prepared.mix is not None and not prepared.colourless
    shown = prepared.times is not None or prepared.folded  # values that wrap can't be meant
    for scale in _scales_of(prepared):
        for mix in (prepared.mix,) if own and prepared.mix else mixes:
            facts: dict[str, Sentence | str] = {"then": scale.name, "made_by": scale.made_by}
            step = _whole(prepared.size, mix, scale.times, scale.plus)
            yield Remedy(code, (step,), facts, shown)


def _lost_by(prepared: Preprocessing) -> str:
    """The mistake for which the image is made anew at its own size; "" for none."""
    if prepared.random:
        return "random-input"
    if prepared.few_levels:
        return "values-rounded"
    if prepared.colourless:
        return "colours-changed"
    if prepared.folded:
        return "values-wrapped"
    if prepared.times is None:
        return "values-changed"
    return "image-padded" if prepared.bordered else ""


def _scales_of(prepared: Preprocessing) -> Iterator[Scale]:
    """The scale that enters, where it is known; else all usual ones."""
    if prepared.times is None or prepared.plus is None:
        yield from (_for_channels(scale, prepared.channels) for scale in SCALES)
        return
    yield Scale(prepared.times, prepared.plus, scale_of(prepared), "")


def _for_channels(scale: Scale, count: int) -> Scale:
    if count == 1:
        return scale._replace(times=scale.times[:1], plus=scale.plus[:1])
    return scale


def _whole(
    size: tuple[int, int], mix: Sequence[Sequence[float]], times: Floats, plus: Floats
) -> Meta:
    return {
        "kind": "whole",
        "size": list(size),
        "mix": [list(row) for row in mix],
        "times": [float(each) for each in times],
        "plus": [float(each) for each in plus],
    }


def _of_size(prepared: Preprocessing) -> Iterator[Remedy]:
    """The whole image, at the size that enters and at others."""
    if prepared.times is None or prepared.plus is None or prepared.mix is None:
        return
    height, width = prepared.size
    own = "image-cut" if prepared.cut else "image-detail"
    other = "image-cut" if prepared.seen < LITTLE_SEEN else "image-size"
    sizes = [(height, width), *((side, side) for side in SIZES if (side, side) != (height, width))]
    for size in sizes:
        step = _whole(size, prepared.mix, prepared.times, prepared.plus)
        facts: dict[str, Sentence | str] = {
            "now": f"{width} x {height}",
            "then": f"{size[1]} x {size[0]}",
        }
        same = size == (height, width)
        shown = same and (prepared.cut or prepared.blurred)
        yield Remedy(own if same else other, (step,), facts, shown)


def _blind() -> Iterator[Remedy]:
    """Where it is not known what becomes of a pixel: the changes of scale that need no more."""
    for times, now, then in (
        (1 / 255, Sentence("0 to 255"), SCALES[0]),
        (255.0, Sentence("another scale"), SCALES[3]),
    ):
        step = {"kind": "scale", "times": [times], "plus": [0.0]}
        facts: dict[str, Sentence | str] = {"now": now, "then": then.name, "made_by": then.made_by}
        yield Remedy("pixel-scale", (step,), facts)


def scale_of(prepared: Preprocessing) -> Sentence:
    """How the scale of what enters is called."""
    assert prepared.times is not None and prepared.plus is not None  # noqa: S101 - asked before
    ours = prepared.times, prepared.plus
    for scale in SCALES:
        if _alike(_by_channel(scale, prepared), ours):
            return scale.name
    low, high = prepared.plus, prepared.plus + 255 * prepared.times
    ends = {
        "low": f"{min(low.min(), high.min()):.3g}",
        "high": f"{max(low.max(), high.max()):.3g}",
    }
    return Sentence("{low} to {high}", ends)


def _by_channel(scale: Scale, prepared: Preprocessing) -> tuple[Floats, Floats]:
    """The scale for the network's channels: its numbers are those of red, green and blue."""
    assert prepared.times is not None  # noqa: S101 - asked before
    count = len(prepared.times)
    if count == 1:
        return scale.times.mean(keepdims=True), scale.plus.mean(keepdims=True)
    return scale.times[:count], scale.plus[:count]


def _alike(one: Sequence[Floats], other: Sequence[Floats]) -> bool:
    span = 255 * np.abs(one[0]).max()
    ends = [
        np.abs((t * level + p) - (u * level + q)).max()
        for level in (0, 255)
        for (t, p), (u, q) in ((one, other),)
    ]
    return bool(max(ends) < SCALE_TOLERANCE * span)
