"""What can be asked about a network that the assignment asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.assignment import AskedNetwork
from grader.examine import replies
from grader.examine.layer_reports import KnownReport, LayersReport, StagesReport
from grader.examine.session import Session

Floats = NDArray[np.float32]


class SubmittedNetwork:
    """The submission's network that goes by the name of `asked`: each question finds it anew where
    the worker that had found it is gone. Raises what `Session` raises.
    """

    def __init__(self, session: Session, asked: AskedNetwork) -> None:
        self.session, self.asked = session, asked

    def find(self) -> replies.NetworkReport:
        """Found and built, or why not."""
        return self.session.find_network(self.asked)

    def forward(self, inputs: Floats) -> tuple[replies.ForwardReport, NDArray[Any] | None]:
        """One forward pass: float32 (N, …) in, what came out beside the report."""
        return self._ask(replies.ForwardReport, "network_forward", inputs)

    def layers(self) -> LayersReport:
        """The layers in order of execution."""
        return self._ask(LayersReport, "network_layers")[0]

    def set(self, role: str, values: Floats) -> replies.SetReport:
        """Put `values` in as the weights of a role, "conv1.w" to "dense3.b", sizes (out, in, …)."""
        return self._ask(replies.SetReport, "network_set", values, role=role)[0]

    def known(self, order: Sequence[int]) -> tuple[KnownReport, NDArray[Any] | None]:
        """One pass with weights that everybody can draw, put into the layers numbered (from 1) in
        `order`: what came out, float32 (3, outputs), beside the report.
        """
        return self._ask(KnownReport, "network_known", order=list(order))

    def load(self, path: str) -> replies.CheckpointReport:
        """Load a checkpoint, named by its path in the submission, into the network."""
        return self._ask(replies.CheckpointReport, "network_load", path=path)[0]

    def look(self, image: Floats) -> tuple[StagesReport, NDArray[Any] | None]:
        """Convolutions and poolings at work on one image, float32 (1, C, H, W): sizes of kernels
        and maps, and the values of all, one after the other.
        """
        return self._ask(StagesReport, "network_look", image)

    def train(
        self, inputs: Floats, labels: list[int], steps: int, **plan: float
    ) -> replies.TrainReport:
        """Losses of `steps` steps of training on float32 (N, …) and N labels; `plan`: `batch` and
        `rate`, where they are not the usual ones.
        """
        told = {"labels": labels, "steps": steps, **plan}
        return self._ask(replies.TrainReport, "network_train", inputs, **told)[0]

    def _ask(
        self, kind: type[replies.R], operation: str, array: Floats | None = None, **meta: Any
    ) -> tuple[replies.R, NDArray[Any] | None]:
        return self.session.ask_network(kind, operation, self.asked, array, meta)
