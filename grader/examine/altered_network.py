"""A network that is no longer the one that was trained: its weights are, and what arrives at its
layers is not what arrived there in training. A block whose weights were not loaded, two in another
order, a connection, an activation or an epsilon that is another one: all leave their trace in the
statistics of the normalisations behind them, and none before.

Misfits of EfficientNet-Lite0, its head fine-tuned, over 12 images: at most 0.36 after the first
where it is sound, 0.38 where it is asked about a size less than half of its own; 0.5 to 30 behind
such a change, four times the median before and more.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

from grader.examine.clock import Clock
from grader.examine.images import HiddenImage, pixels_of
from grader.examine.replies import Normalisation
from grader.examine.session import Session
from grader.examine.worker_client import WorkerEndedError
from grader.worker.normalisations import TRAINED, UNTOUCHED

IMAGES = 24  # whose arrivals are counted together
LEAST_IMAGES = 12  # of them: those of few images differ from all that were seen in training
FITS_FIRST = 0.3  # misfit up to which what enters the network is what entered in training
OFF = 0.5  # misfit from which what arrives at another is not what arrived there in training
TIMES_BEFORE = 4  # the median misfit before, the first one's aside, that it is at least
LEAST = 3  # normalisations of a network of which that can be told


class Departure(NamedTuple):
    """layer: the first normalisation at which what arrives is not what arrived in training; fit:
    how many fit before it, of `total`. Or, with `untouched`, the first of that many of `total`
    that are as they were built, where others were trained. input_fits: whether what enters the
    network is what entered in training.
    """

    layer: str
    total: int
    fit: int = 0
    untouched: int = 0
    input_fits: bool = False


def departure(layers: Sequence[Normalisation], misfits: Sequence[float]) -> Departure | None:
    """Where a network departs from the one that was trained; None where nothing shows it. Negative
    misfits are of normalisations that tell nothing.
    """
    untouched = [n for n, layer in enumerate(layers) if layer.state == UNTOUCHED]
    trained = [n for n, layer in enumerate(layers) if layer.state == TRAINED]
    if untouched and len(trained) >= LEAST:
        return Departure(_name(layers, untouched[0]), len(layers), untouched=len(untouched))
    if len(misfits) != len(layers) or len(trained) < LEAST:
        return None
    told = [n for n in trained if misfits[n] >= 0]
    fits_first = bool(told) and misfits[told[0]] <= FITS_FIRST
    off = [misfits[n] for n in told]
    for place in range(1 if fits_first else 2, len(told)):
        if not _is_off(off, place, OFF):
            continue
        while place > 2 and _is_off(off, place - 1, OFF / 2):
            place -= 1
        name = _name(layers, told[place])
        return Departure(name, len(layers), fit=place, input_fits=fits_first)
    return None


def _is_off(misfits: Sequence[float], place: int, least: float) -> bool:
    """Whether the misfit there is at least that, and stands out from those before."""
    before = median(misfits[1:place] or [0.0])
    return misfits[place] >= max(least, TIMES_BEFORE * before)


def _name(layers: Sequence[Normalisation], number: int) -> str:
    return layers[number].name or f"{number + 1} / {len(layers)}"


def depart(
    session: Session, order: Sequence[HiddenImage], layers: Sequence[Normalisation], clock: Clock
) -> Departure | None:
    """By what arrives when hidden images are asked about. From a worker that saw those, only
    numbers are heard: `layers` are of one that had not.
    """
    misfits: list[float] = []
    asked = 0
    assignment = session.setup.assignment
    limit = assignment.limits.first_answer
    try:
        for image in order[:: max(1, len(order) // IMAGES)][:IMAGES]:
            if clock.left <= 0:
                break
            pixels = pixels_of(image, assignment.interface.channels)
            misfits = session.misfits(pixels, min(limit, clock.left))
            limit, asked = assignment.limits.answer, asked + 1
    except WorkerEndedError:
        pass
    return departure(layers, misfits if asked >= LEAST_IMAGES else [])
