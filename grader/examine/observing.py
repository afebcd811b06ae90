"""Looking on while a submission answers images of ours, in a worker that has seen no hidden one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grader.examine.clock import Clock
from grader.examine.images import HiddenImage
from grader.examine.normalisation_fit import FirstNormalisation, first_normalisation_of
from grader.examine.probes import Preprocessing, probes, understood
from grader.examine.replies import Normalisation, ObservedReport
from grader.examine.session import Session
from grader.examine.stand_ins import stand_ins
from grader.examine.worker_client import WorkerEndedError

AGAIN = "again"  # begins the name of the first image, where it is put more than once
SPOTS = "spots"  # begins the name of each image with something in it
TIMES_AGAIN = 4  # beside the first: a mirror image by a coin then shows 15 times of 16
SPOT_IMAGES = 3  # images of spots that are looked at: each is like no other


class Observed(NamedTuple):
    """The reports by the name of the image, how an image is prepared, and what the network's first
    normalisation stored; None where that is not known. layers: its normalisations over batches.
    """

    reports: Mapping[str, ObservedReport] = {}
    prepared: Preprocessing | None = None
    stored: FirstNormalisation | None = None
    layers: Sequence[Normalisation] = ()

    @property
    def spots(self) -> list[ObservedReport]:
        """The reports about images with something in them."""
        return [report for name, report in self.reports.items() if name.startswith(SPOTS)]


def observe(session: Session, hidden: Sequence[HiddenImage], clock: Clock) -> Observed:
    """What happens while the submission answers stand-ins and probes, of the hidden images' sizes:
    as much as `clock` allows.
    """
    spots = stand_ins(hidden)
    height, width = spots[0].shape[:2]
    # Also the call in which networks compile.
    images = {f"{AGAIN} {number}": spots[0] for number in range(TIMES_AGAIN)}
    images |= {f"{SPOTS} {number}": image for number, image in enumerate(spots[:SPOT_IMAGES])}
    names = probes(height, width)
    images |= names
    limits = session.setup.assignment.limits
    reports: dict[str, ObservedReport] = {}
    arrived = {}
    limit = limits.first_answer
    try:
        for name, image in images.items():
            if clock.left <= 0:
                break
            traced = name.startswith(SPOTS) and _may_swallow(reports)
            report, array = session.look(image, min(limit, clock.left), exceptions=traced)
            reports[name] = report
            if array is not None and array.ndim == 3 and array.dtype == np.float32:
                arrived[name] = array
            elif name.startswith("grey"):
                break  # no image enters a network: the other probes tell nothing either
            limit = limits.answer
    except WorkerEndedError:
        pass
    layers, stored = _stored(session, spots[0], clock) if arrived else ([], None)
    again = [reports.pop(name) for name in list(reports) if name.startswith(AGAIN)]
    probed = {name: array for name, array in arrived.items() if name in names}
    prepared = understood(probed)
    if prepared is not None and f"{SPOTS} 0" in reports:
        differ = {report.digest for report in (*again, reports[f"{SPOTS} 0"])}
        prepared = prepared._replace(random=len(differ) > 1)
    return Observed(reports, prepared, stored, layers)


def _stored(
    session: Session, image: NDArray[np.uint8], clock: Clock
) -> tuple[Sequence[Normalisation], FirstNormalisation | None]:
    """The normalisations, and what the first has stored."""
    seconds = min(session.setup.assignment.limits.answer, clock.left)
    try:
        report, values = session.normalisations(image, seconds)
    except WorkerEndedError:
        return [], None
    return report.layers, first_normalisation_of(report.sizes, values)


def _may_swallow(reports: Mapping[str, ObservedReport]) -> bool:
    """Whether exceptions are worth tracing: until an image of spots swallows none, since only those
    count that every image does.
    """
    return all(report.swallowed for name, report in reports.items() if name.startswith(SPOTS))
