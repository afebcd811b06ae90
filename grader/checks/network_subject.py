"""What the fixture `networks` is: the networks that the assignment asks for in `[[networks]]`."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from grader.assignment import AskedNetwork
from grader.checks.failure import CheckFailedError
from grader.examine.layer_reports import LayersReport
from grader.examine.network_comparison import compared_outputs
from grader.examine.network_differences import first_difference
from grader.examine.network_pass import advice
from grader.examine.network_reference import benches_of, with_reference
from grader.examine.network_training import trained
from grader.examine.replies import NetworkReport
from grader.examine.session import Session
from grader.examine.submitted_network import SubmittedNetwork
from grader.language import Sentence

NO_OUTPUT = Sentence("no output")
NOT_HANDED_OUT = Sentence(
    "the network that it is compared with when it is graded is not handed out"
)
NONE_ASKED = "the assignment asks for no networks of its own: [[networks]]"


class NetworkSubject:
    """The submission's network of a name that the assignment asks for, already built.

    Attributes:
        report: what was found of it: class, file, parameters.
    """

    def __init__(self, session: Session, asked: AskedNetwork, report: NetworkReport) -> None:
        self._network = SubmittedNetwork(session, asked)
        self.report = report

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """Shapes of the parameters, in the network's order."""
        return [tuple(parameter.shape) for parameter in self.report.parameters]

    @property
    def count(self) -> int:
        """How many single weights the network has."""
        return self.report.count

    @cached_property
    def layers(self) -> LayersReport:
        """The layers in order of execution."""
        return self._network.layers()

    def expect_layers(self) -> None:
        """The layers are those of the reference, or of the table in the assignment.

        A check that calls this is skipped where there is neither, as with students who have not
        got the reference.

        Raises:
            CheckFailedError: at the first layer that is not.
        """
        asked, _ = self._asked
        if not asked.layers:
            pytest.skip(NOT_HANDED_OUT.in_lines())
        error = self.layers.error
        found = first_difference(self.layers, self.report.input, asked)
        if found is None and error is not None:
            raise CheckFailedError(
                Sentence("The network could not process the input.").in_lines(),
                expected=_output_for((1, *asked.input)),
                actual=error.said.in_lines(),
                help=advice(self._network, error, self.layers, self.report.input).in_lines(),
            )
        if found is not None:
            text = "The network differs first at {layer}."
            raise CheckFailedError(
                Sentence(text, {"layer": found.layer}).in_lines(),
                expected=found.expected,
                actual=found.actual,
                help=found.help,
            )

    def expect_outputs(self) -> None:
        """With the same weights it computes what the reference computes.

        A check that calls this is skipped where the assignment has no reference, where the layers
        differ, and where the two can't be compared (see the documentation of `[[networks]]`).

        Raises:
            CheckFailedError: where it computes something else.
        """
        asked, reference = self._asked
        if not asked.layers:
            pytest.skip(NOT_HANDED_OUT.in_lines())
        if reference is None:
            pytest.skip(Sentence("the lab has no network to compare the outputs with").in_lines())
        if self.layers.error or first_difference(self.layers, self.report.input, asked):
            pytest.skip(Sentence("its layers differ, so that its outputs do, too").in_lines())
        found = compared_outputs(self._network, self.report, self.layers, reference)
        if found.facts.get("uncompared"):
            pytest.skip(Sentence("the outputs cannot be compared").in_lines())
        for finding in found.findings:
            raise CheckFailedError(
                Sentence("The outputs differ from the reference's.").in_lines(),
                expected=str(finding.facts["expected"]),
                actual=str(finding.facts["actual"]),
            )

    def losses(self) -> list[float]:
        """Build the network anew and train it for a few steps to tell drawn patterns apart, with
        cross-entropy and the framework's SGD.

        Returns:
            The loss after each step; none where it can't be trained or is too large for it.
        """
        return list(trained(self._network, self.report.input, self.layers.layers).losses)

    def __call__(self, inputs: NDArray[np.float32]) -> NDArray[Any]:
        """Run the network forward, in the worker.

        Args:
            inputs: (N, …), sent as float32; images as (N, C, H, W), most often of 0 to 1.

        Returns:
            What it gave, (N, outputs) if it is as it is asked for.

        Raises:
            CheckFailedError: where the network raises, or gives no array.
        """
        report, output = self._network.forward(inputs.astype(np.float32))
        if report.error is not None or output is None:
            raise CheckFailedError(
                Sentence("The network could not process the input.").in_lines(),
                expected=_output_for(inputs.shape),
                actual=(report.error.said if report.error else NO_OUTPUT).in_lines(),
                help=Sentence("Call it on zeros of this shape.").in_lines(),
            )
        return output

    @cached_property
    def _asked(self) -> Any:
        """What is asked for, with the reference's layers, and the reference."""
        return with_reference(self._network.asked, benches_of(self._network.session.setup))


def _output_for(shape: tuple[int, ...]) -> str:
    text = "an output for an input of shape {shape}"
    return Sentence(text, {"shape": str(shape)}).in_lines()


class NetworkSubjects:
    """The fixture `networks`: `networks["ResNet18"]` is the submission's network of that name."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._asked = {one.name: one for one in session.setup.assignment.networks}
        self._found: dict[str, NetworkSubject] = {}

    def __getitem__(self, name: str) -> NetworkSubject:
        """The network.

        Raises:
            KeyError: where no [[networks]] has that name.
            CheckFailedError: where the submission's cannot be built. Where it has none, which is
                told of the submission by itself, the check is skipped.
        """
        if name not in self._found:
            asked = self._asked[name]
            report = self._session.find_network(asked)
            if not report.found and report.error is None:
                pytest.skip(
                    Sentence("there is no network {name} to check", {"name": name}).in_lines()
                )
            if not report.found and report.error is not None:
                raise CheckFailedError(
                    Sentence("No {name} could be built.", {"name": name}).in_lines(),
                    expected=name,
                    actual=report.error.said.in_lines(),
                )
            self._found[name] = NetworkSubject(self._session, asked, report)
        return self._found[name]
