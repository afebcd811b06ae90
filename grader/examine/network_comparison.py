"""What a network computes, beside the reference's with the same weights, and whether it learns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from grader.assignment import AskedNetwork
from grader.evidence import Finding
from grader.evidence.findings import make_finding
from grader.examine.layer_reports import LayerReport, LayersReport, comparable_order, weighty
from grader.examine.network_reference import NetworkReference
from grader.examine.network_training import ShortTraining, trained
from grader.examine.replies import NetworkReport
from grader.examine.submitted_network import SubmittedNetwork

TOLERANCE = 1e-3  # of the largest number that comes out


class Comparison(NamedTuple):
    """Fields of the evidence about a network, and findings."""

    facts: dict[str, object]
    findings: tuple[Finding, ...]


def compared(
    network: SubmittedNetwork,
    report: NetworkReport,
    layers: LayersReport,
    reference: NetworkReference | None,
) -> Comparison:
    """What a network that has the layers which are asked for computes, and whether it learns."""
    outputs = compared_outputs(network, report, layers, reference)
    training = trained(network, report.input, layers.layers)
    findings = list(outputs.findings)
    if not training.learns and (reference is None or reference.learns):
        findings += _unlearned(network.asked, training)
    return Comparison({**outputs.facts, "losses": training.losses}, tuple(findings))


def compared_outputs(
    network: SubmittedNetwork,
    report: NetworkReport,
    layers: LayersReport,
    reference: NetworkReference | None,
) -> Comparison:
    """What such a network computes with the weights that the reference has, too."""
    if reference is None:
        return Comparison({}, ())
    uncompared = not_comparable(network.asked, report.input, layers.layers, reference)
    if layers.hidden:  # which nothing can be put into
        uncompared = "weights"
    if uncompared:
        return Comparison({"uncompared": uncompared}, ())
    found = _outputs(network, layers.layers, reference)
    if found is None:
        return Comparison({"outputs": "same"}, ())
    return Comparison({"outputs": "other"}, (found,))


def not_comparable(
    asked: AskedNetwork,
    taken: Sequence[int],
    layers: Sequence[LayerReport],
    reference: NetworkReference,
) -> str:
    """Why outputs can't be compared though the layers are the same: it takes another "input", or
    pads strided layers on one side ("padding"), which frameworks do differently; "" where they can.
    """
    if tuple(taken) != tuple(asked.input):
        return "input"
    if not reference.outputs:
        return "reference"
    sides = [layers[index].one_sided for index in comparable_order(layers)]
    return "padding" if sum(sides) != reference.pads_one_side else ""


def _outputs(
    network: SubmittedNetwork, layers: Sequence[LayerReport], reference: NetworkReference
) -> Finding | None:
    """The finding where it computes something else than the reference."""
    report, made = network.known(weighty(layers))
    wanted = reference.output()
    same = (
        made is not None
        and made.shape == wanted.shape
        and np.allclose(made, wanted, rtol=0, atol=TOLERANCE * float(np.abs(wanted).max()))
    )
    if same:
        return None
    place = _first_apart(layers, report.levels, reference)
    actual: object = report.error.told if report.error else _shown(made)
    return make_finding(
        "network-output",
        network=network.asked.name,
        layer=place,
        expected=_shown(wanted),
        actual=str(actual),
    )


def _first_apart(
    layers: Sequence[LayerReport], levels: Sequence[Sequence[float]], reference: NetworkReference
) -> str:
    """The first layer with weights that makes something else."""
    theirs = weighty(reference.layers)
    for mine, other in zip(weighty(layers), theirs, strict=False):
        if mine > len(levels):
            break
        if not np.allclose(levels[mine - 1], reference.levels[other - 1], rtol=TOLERANCE):
            layer = layers[mine - 1]
            return layer.name or layer.kind
    return "output"


def _shown(made: NDArray[Any] | None) -> str:
    if made is None:
        return "no output"
    values = ", ".join(f"{value:.4g}" for value in made.reshape(-1)[:3])
    return f"{values}, …"


def _unlearned(asked: AskedNetwork, training: ShortTraining) -> list[Finding]:
    """The finding, where it was trained or could not be."""
    if training.error:
        return [make_finding("network-untrained", network=asked.name, error=training.error)]
    if not training.losses:
        return []
    before, after = training.losses[0], training.losses[-1]
    return [
        make_finding(
            "network-unlearned",
            network=asked.name,
            steps=str(len(training.losses)),
            before=f"{before:.3g}",
            after=f"{after:.3g}",
        )
    ]
