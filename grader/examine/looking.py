"""Looking on while a submission answers images of ours, in a worker that has seen no hidden one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from grader.examine.conversation import ConversationEndedError
from grader.examine.images import HiddenImage
from grader.examine.probes import Prepared, probes, understood
from grader.examine.replies import LookedReport
from grader.examine.session import Clock, Session
from grader.examine.stand_ins import stand_ins

SPOTS = 3  # images of spots that are looked at: each is like no other


class Looked(NamedTuple):
    """The reports by the name of the image, and how an image is prepared; None where that is not
    known.
    """

    reports: Mapping[str, LookedReport] = {}
    prepared: Prepared | None = None

    @property
    def spots(self) -> list[LookedReport]:
        """The reports about images with something in them."""
        return [report for name, report in self.reports.items() if name.startswith("spots")]


def look(session: Session, hidden: Sequence[HiddenImage], clock: Clock) -> Looked:
    """What happens while the submission answers stand-ins and probes, of the hidden images' sizes:
    as much as `clock` allows.
    """
    spots = stand_ins(hidden)
    height, width = spots[0].shape[:2]
    images = {f"spots {number}": image for number, image in enumerate(spots[:SPOTS])}
    images.update(probes(height, width))
    limits = session.setup.assignment.limits
    reports: dict[str, LookedReport] = {}
    arrived = {}
    limit = limits.first_answer
    try:
        for name, image in images.items():
            if clock.left <= 0:
                break
            report, array = session.look(image, min(limit, clock.left))
            reports[name] = report
            if array is not None and array.ndim == 3 and array.dtype == np.float32:
                arrived[name] = array
            elif name.startswith("grey"):
                break  # no image enters a network: the other probes tell nothing either
            limit = limits.answer
    except ConversationEndedError:
        pass
    probed = {name: array for name, array in arrived.items() if not name.startswith("spots")}
    return Looked(reports, understood(probed))
