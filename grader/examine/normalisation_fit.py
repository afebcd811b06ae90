"""How well a scale of values fits the statistics that a network's first normalisation stored in
training: they tell which images it was trained with, without a label and without an image.

What photographs have in common stands for the images: means and deviations of their colours
(ImageNet's), how much the colours go together, and how alike neighbours are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grader.examine.probes import Preprocessing
from grader.examine.remedies import SCALES, Remedy, Scale
from grader.worker.normalisations import divergence

Doubles = NDArray[np.float64]

_MEAN = 255 * np.array((0.485, 0.456, 0.406))  # red, green, blue
_DEVIATION = 255 * np.array((0.229, 0.224, 0.225))
_TOGETHER = np.array(((1, 0.93, 0.85), (0.93, 1, 0.94), (0.85, 0.94, 1)))  # correlations of colours
_NEIGHBOURS = 0.95  # correlation of pixels that are one apart, at the sizes that networks take
MOST_WEIGHTS = 1_000_000
FAR_WORSE = 4  # times the misfit of another scale, from which what enters does not fit
FITS = 0.25  # misfit up to which statistics are those of such values
GOOD_MISFIT = 0.05  # below which one fit is as good as another


class FirstNormalisation(NamedTuple):
    """kernel: (out, in, height, width) of the convolution before it; bias, mean, variance: (out,)
    of what it makes.
    """

    kernel: Doubles
    bias: Doubles
    mean: Doubles
    variance: Doubles

    def misfit(self, times: Doubles, plus: Doubles, mix: Doubles) -> float:
        """How far what enters is from what was stored: the median over outputs of the divergence
        of two normal distributions (Kullback, Leibler), 0 for none. times, plus: (in,), the number
        that a pixel value becomes; mix: (in, 3), of how much of each channel of the image, in
        whichever order: those of photographs hardly differ.
        """
        scaled = self.kernel * times[None, :, None, None]
        weights = np.einsum("oihw,ic->ochw", scaled, mix).reshape(len(self.kernel), -1)
        moved = (self.kernel.sum((2, 3)) * plus).sum(1) + self.bias
        means, likeness = _photographs(*self.kernel.shape[2:])
        mean = weights @ means + moved
        variance = (weights @ likeness * weights).sum(1)
        return divergence(mean, variance, self.mean, self.variance)


def first_normalisation_of(
    sizes: Sequence[int], values: NDArray[np.float32] | None
) -> FirstNormalisation | None:
    """What a worker reports, as `worker.first_normalisation.packed` has it; None where that has not
    its form, or is no trained normalisation.
    """
    if len(sizes) != 4 or values is None or sizes[1] not in (1, 3):
        return None
    size = int(np.prod(sizes))
    if not 0 < size <= MOST_WEIGHTS or max(sizes[2:]) > 16:
        return None
    if values.shape != (sizes[0], size // sizes[0] + 3) or values.dtype != np.float32:
        return None
    doubles = values.astype(np.float64)
    kernel, rest = doubles[:, :-3].reshape(sizes), doubles[:, -3:].T
    found = FirstNormalisation(kernel, *rest)
    trained = found.mean.any() and np.median(found.variance) > 0
    return found if trained and np.isfinite(doubles).all() else None


def favoured(
    tried: Sequence[Remedy], prepared: Preprocessing | None, stored: FirstNormalisation | None
) -> list[Remedy]:
    """The remedies; the one whose scale fits best what was stored comes first among its kind, but
    for what a probe shows, and is shown itself where what enters fits far worse.
    """
    if prepared is None or stored is None or len(stored.kernel[0]) != prepared.channels:
        return list(tried)
    scales = [(each, scale) for each in tried if (scale := _scale_with(each, prepared))]
    if not scales:
        return list(tried)
    misfits = [stored.misfit(*scale) for _, scale in scales]
    best = int(np.argmin(misfits))
    remedy = scales[best][0]
    if remedy.shown:
        return list(tried)
    now = _scale_of(prepared)
    far = now and stored.misfit(*now) >= FAR_WORSE * max(misfits[best], GOOD_MISFIT)
    others = [each for each in tried if each is not remedy]
    later = (n for n, each in enumerate(others) if each.code == remedy.code and not each.shown)
    place = next(later, len(others))
    return [*others[:place], remedy._replace(shown=bool(far)), *others[place:]]


def fitting_scale(
    prepared: Preprocessing | None, stored: FirstNormalisation | None
) -> Scale | None:
    """The usual scale that fits what was stored, where what enters fits it far worse."""
    now = _scale_of(prepared) if prepared is not None else None
    if now is None or stored is None or stored.kernel.shape[1] != 3 or len(now[0]) != 3:
        return None
    misfits = [
        stored.misfit(each.times.astype(np.float64), each.plus.astype(np.float64), now[2])
        for each in SCALES
    ]
    best = int(np.argmin(misfits))
    fits = misfits[best] <= FITS
    return SCALES[best] if fits and stored.misfit(*now) >= FAR_WORSE * misfits[best] else None


def _scale_of(prepared: Preprocessing) -> tuple[Doubles, Doubles, Doubles] | None:
    """times, plus and mix of what enters, where they are known."""
    if prepared.times is None or prepared.plus is None or prepared.mix is None:
        return None
    times, plus = prepared.times.astype(np.float64), prepared.plus.astype(np.float64)
    return times, plus, np.array(prepared.mix)


def _scale_with(remedy: Remedy, prepared: Preprocessing) -> tuple[Doubles, Doubles, Doubles] | None:
    """The same with a remedy, where it changes the scale alone or makes the image anew."""
    step, now = remedy.steps[0] if len(remedy.steps) == 1 else {"kind": ""}, _scale_of(prepared)
    if step["kind"] not in ("scale", "whole"):
        return None
    times, plus = np.array(step["times"], np.float64), np.array(step["plus"], np.float64)
    if step["kind"] == "scale":
        return (now[0] * times, now[1] * times + plus, now[2]) if now else None
    same_size = tuple(step["size"]) == prepared.size
    return (times, plus, np.array(step["mix"], np.float64)) if same_size else None


def _photographs(height: int, width: int) -> tuple[Doubles, Doubles]:
    """Means (3 x height x width,) and covariances of what a kernel of that size sees."""
    places = np.indices((height, width)).reshape(2, -1).T
    apart = np.sqrt(((places[:, None] - places[None]) ** 2).sum(-1))
    colours = _TOGETHER * _DEVIATION[:, None] * _DEVIATION[None]
    return np.repeat(_MEAN, height * width), np.kron(colours, _NEIGHBOURS**apart)
