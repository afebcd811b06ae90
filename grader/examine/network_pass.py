"""A network's pass that ends in an exception: what is told of it, and what mends it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import prod

import numpy as np

from grader.evidence import Finding
from grader.evidence.findings import make_finding
from grader.examine.hint_rules import ANYWHERE
from grader.examine.hints import cure
from grader.examine.layer_reports import LayersReport
from grader.examine.network_differences import Difference
from grader.examine.replies import Failure, NetworkReport
from grader.examine.submitted_network import SubmittedNetwork
from grader.language import Sentence
from grader.worker.frameworks.base import NO_TENSOR

BATCHES = (1, 2, 4, 5, 8, 10, 16, 20, 25, 32, 50, 64, 100, 128, 256)  # that are tried
MOST_NUMBERS = 300_000  # of a batch that is tried

# What frameworks raise where sizes do not fit: words of the message, types of the exception.
_OF_SIZES = re.compile(r"shape|size|dimension|\bdim|multiplied|incompatible", re.IGNORECASE)
_TYPES = re.compile(r"(RuntimeError|ValueError|InvalidArgumentError)$")


def raised(network: SubmittedNetwork, report: NetworkReport, layers: LayersReport) -> list[Finding]:
    """The exception that keeps the network from giving an output; none where it gives one."""
    error = report.error or layers.error
    if error is None:
        return []
    told = make_finding(
        "network-raised",
        network=network.asked.name,
        after=_after(layers),
        error=error.said,
        hint=advice(network, error, layers, report.input),
    )
    return [told]


def output_differs(
    network: SubmittedNetwork, report: NetworkReport, layers: LayersReport
) -> Difference | None:
    """How what comes out is not as it should be, whatever the layers: something else in each pass,
    or of another shape.
    """
    if layers.random:
        return _random(layers)
    if not report.input or layers.error is not None:
        return None
    _, made = network.forward(np.zeros((1, *report.input), np.float32))
    wanted = (1, network.asked.outputs)
    if made is None or made.shape == wanted:
        return None
    cure = Sentence(
        "Return (N, {outputs}) for N inputs, one row for each.",
        {"outputs": str(network.asked.outputs)},
    )
    if prod(made.shape) == prod(wanted) and made.ndim < len(wanted):
        cure = Sentence(
            "squeeze() takes the dimension of the batch away where a single input comes: leave it "
            "out, or name the dimension, as in squeeze(-1)."
        )
    return Difference("output", str(wanted), str(made.shape), cure.in_lines())


def _random(layers: LayersReport) -> Difference:
    """A layer that draws at random, in evaluation mode and with the same input."""
    layer = layers.layers[min(layers.random, len(layers.layers)) - 1]
    before = next((one.name for one in reversed(layers.layers[: layers.random]) if one.name), "")
    cure = Sentence(
        "Outside of training nothing is drawn at random: put it behind `if self.training`."
    )
    if layer.kind == "dropout":
        cure = Sentence(
            "Dropout is for training alone: F.dropout(x, p, training=self.training), or a layer of "
            "the network, which eval() and set_train(False) switch off."
        )
    expected = Sentence("the same numbers in every pass of one input")
    actual = Sentence("others in each ({kind})", {"kind": layer.kind})
    return Difference(before or layer.kind, expected.in_lines(), actual.in_lines(), cure.in_lines())


def advice(
    network: SubmittedNetwork, error: Failure, layers: LayersReport, taken: Sequence[int]
) -> Sentence:
    """What to do about the exception. `taken`: the sizes of an input that it takes, if any."""
    if NO_TENSOR in error.message and not error.file:
        count = str(network.asked.outputs)
        text = "Return the tensor of {count} numbers for each input alone, without anything beside."
        return Sentence(text, {"count": count})
    known = cure(error, network.session.setup.assignment.interface, ANYWHERE)
    if known is not None:
        return known
    if not (_TYPES.search(error.type) and _OF_SIZES.search(error.message)):
        return _call_it(network)
    batch = _only_batch(network, taken)
    if batch:
        return Sentence(
            "It takes batches of {batch} alone: that number is written in it. Take the number of "
            "images from what comes in, as in x.reshape(x.shape[0], -1).",
            {"batch": str(batch)},
        )
    if network.asked.is_lenet5:
        return Sentence(
            "The second pooling makes 16 x 5 x 5 = 400 numbers of an image of 32 x 32: flatten to "
            "(N, 400), as by x.reshape(x.shape[0], -1), and let the first dense layer take 400."
        )
    return _sizes(network, layers)


def _sizes(network: SubmittedNetwork, layers: LayersReport) -> Sentence:
    if not layers.layers:
        return _call_it(network)
    last = layers.layers[-1]
    facts = {
        "layer": last.name or last.kind,
        "sizes": str(tuple(last.output)),
        "count": f"{prod(last.output):,}",
    }
    return Sentence(
        "{layer} makes {sizes} of one input, {count} numbers: compare that with what comes next.",
        facts,
    )


def _call_it(network: SubmittedNetwork) -> Sentence:
    shape = str((1, *network.asked.input))
    return Sentence(
        "Call it on zeros of shape {shape}: it stops in the same way.", {"shape": shape}
    )


def _only_batch(network: SubmittedNetwork, taken: Sequence[int]) -> int:
    """The size of the batches that it takes, where that is one alone; else 0. `taken`: the sizes of
    an input that it takes; empty if it took none.
    """
    sizes = taken or network.asked.input
    takes = [batch for batch in BATCHES if _takes(network, (batch, *sizes))]
    return takes[0] if len(takes) == 1 else 0


def _takes(network: SubmittedNetwork, sizes: tuple[int, ...]) -> bool:
    if prod(sizes) > MOST_NUMBERS:
        return False
    report, made = network.forward(np.zeros(sizes, np.float32))
    return report.error is None and made is not None and made.shape[:1] == sizes[:1]


def _after(layers: LayersReport) -> Sentence | str:
    """Behind which layer it stops."""
    if not layers.layers or layers.error is None or NO_TENSOR in layers.error.message:
        return ""
    last = next((one.name for one in reversed(layers.layers) if one.name), "")
    return Sentence("; it stops after {layer}", {"layer": last}) if last else ""
