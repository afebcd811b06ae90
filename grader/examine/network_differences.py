"""Where a submission's network first differs from the one that is asked for: pure functions over
layer reports.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from math import prod
from typing import NamedTuple

from grader.assignment import AskedLayer, AskedNetwork
from grader.examine.layer_reports import (
    ACTIVATIONS,
    CONVOLUTION,
    DENSE,
    GLOBAL_POOL,
    JOINTS,
    NORMALISATION,
    OTHER,
    POOLS,
    LayerReport,
    LayersReport,
    comparable_order,
)
from grader.examine.network_roles import in_comparable_order, plays
from grader.examine.replies import ParameterReport
from grader.language import Sentence

HALVING = [2, 2, 2, 2]  # window and strides of LeNet5's poolings
LENET5_INPUTS = ((1, 32, 32), (1, 28, 28))


class Difference(NamedTuple):
    """The first thing that is not as it is asked for.

    layer: "input", a layer's name ("C1" to "F7"), or "output". expected, actual, and help (what to
    do): an English line and a Chinese one; one line for what is the same in both.
    """

    layer: str
    expected: str
    actual: str
    help: str


def first_difference(
    report: LayersReport, taken: Sequence[int], asked: AskedNetwork
) -> Difference | None:
    """The first difference, in order of execution; None for a network as it is asked for.

    `taken` are the sizes of an input that the network takes, empty if it took none. Layers before
    an exception say nothing of what comes after them, nor do those before a function that is not
    known where parameters are in no layer. Of LeNet5 an average pool, tanh, dropout, a convolution
    as C5, images of 28 x 28 with padding in C1 and dense layers without an activation between them
    are known variants and no difference. An activation after a max-pool is the same as before it.
    """
    wrong_input = _input_differs(taken, asked)
    layers, aborted = report.layers, report.error is not None
    kinds = [layer.kind for layer in layers]
    if report.hidden and OTHER in kinds:
        layers, aborted = layers[: kinds.index(OTHER)], True
    if wrong_input is not None or not layers or not asked.layers:
        return wrong_input
    differs = _layers_differ(layers, taken, asked, aborted=aborted, hidden=bool(report.hidden))
    return differs or (_unused(report.unused) if asked.is_lenet5 else None)


def _unused(parameters: Sequence[ParameterReport]) -> Difference | None:
    """Parameters that LeNet5 has and does not use."""
    if not parameters:
        return None
    names = [re.split(r"[./](?=[^./]*$)", parameter.name)[0] for parameter in parameters]
    named = ", ".join(list(dict.fromkeys(names))[:3])
    count = f"{sum(prod(parameter.shape) for parameter in parameters):,}"
    found = Sentence("{count} weights that the output does not depend on", {"count": count})
    advice = Sentence(
        "Take {layer} out of the constructor, or use it in the forward pass.", {"layer": named}
    )
    return _difference(named, Sentence("nothing"), found, advice)


def _layers_differ(
    layers: Sequence[LayerReport],
    taken: Sequence[int],
    asked: AskedNetwork,
    *,
    aborted: bool,
    hidden: bool,
) -> Difference | None:
    if aborted and not _is_chain(layers, asked):
        return None
    layers = in_comparable_order(layers)
    if hidden:  # a bias may be among what no layer has
        layers = [layer.model_copy(update={"bias": True}) for layer in layers]
    found = [index for index, layer in enumerate(layers) if _counts(layer, asked)]
    places = _places(asked)
    for number, index in enumerate(found):
        before = layers[found[number - 1] + 1 if number else 0 : index]
        places = _unless_hidden(places, before, layers[index])
        if not places:
            last = _places(asked)[-1]
            none = Sentence("no layer after {layer}", {"layer": last.name})
            return _difference("output", none, last.actual(layers[index]), last.help)
        end = found[number + 1] if number + 1 < len(found) else len(layers)
        after = None if aborted and end == len(layers) else layers[index + 1 : end]
        difference = places[0].differs(layers[index], after, taken)
        if difference is not None:
            return difference
        places = places[1:]
    missing = _unless_hidden(places, layers[found[-1] + 1 if found else 0 :])
    if aborted or not missing:
        return None
    return _difference(
        missing[0].name, _expected(missing[0].role), Sentence("nothing"), missing[0].help
    )


def _is_chain(layers: Sequence[LayerReport], asked: AskedNetwork) -> bool:
    """Whether layers that ran before an exception follow one another, and are asked to: which of
    two branches comes first is known only where they meet.
    """
    joined = any(kind in JOINTS for role in asked.layers for kind in role.kinds)
    return not joined and len(comparable_order(layers)) == len(layers)


def _input_differs(taken: Sequence[int], asked: AskedNetwork) -> Difference | None:
    usual = LENET5_INPUTS if asked.is_lenet5 else asked.inputs
    if not taken or tuple(taken) in usual:
        return None
    advice = Sentence("Inputs come as {sizes}.", {"sizes": _sizes(("N", *asked.input))})
    if asked.is_lenet5:
        advice = _GREY if list(taken) == [3, 32, 32] else _INPUT
    return _difference("input", _sizes(asked.input), _sizes(taken), advice)


def _counts(layer: LayerReport, asked: AskedNetwork) -> bool:
    """Whether a layer plays a role: pools, joints, and whatever has weights. A normalisation plays
    none where none is asked for: it belongs to the layer before it.
    """
    if layer.kind == NORMALISATION:
        return any(NORMALISATION in role.kinds for role in asked.layers)
    return plays(layer)


class _Place(NamedTuple):
    """A role at its place in the network."""

    asked: AskedNetwork
    role: AskedLayer
    name: str

    def differs(
        self, layer: LayerReport, after: Sequence[LayerReport] | None, taken: Sequence[int]
    ) -> Difference | None:
        """How `layer` differs, and what comes after it up to the next role; None where that is not
        known.
        """
        if layer.kind not in self.role.kinds:
            return self._said(_expected(self.role), self.actual(layer), self.help)
        return next(self._details(layer, after, taken), None)

    def _details(
        self, layer: LayerReport, after: Sequence[LayerReport] | None, taken: Sequence[int]
    ) -> Iterator[Difference]:
        role, weight, output = self.role, tuple(layer.weight), tuple(layer.output)
        if role.weights and weight not in role.weights:
            yield self._said(_expected(role), self.actual(layer), self.help)
        if self.asked.is_lenet5 and layer.kind in POOLS and layer.window not in ([], HALVING):
            expected = _with_window("pooling", HALVING)
            yield self._said(expected, _with_window(layer.kind, layer.window), self.help)
        if role.outputs and output not in role.outputs:
            advice = _PADDING if list(taken) == [1, 28, 28] and self.name == "C1" else self.help
            sizes = " / ".join(map(_sizes, role.outputs))
            yield self._said(_output(sizes), _output(_sizes(output)), advice)
        if role.parameters and layer.parameters != role.parameters:
            expected, actual = _count(role.parameters), _count(layer.parameters)
            yield self._said(expected, actual, self.help)
        if role.needs_bias and layer.kind == DENSE and not layer.bias:
            yield self._said(Sentence("biases"), Sentence("no biases"), _BIAS)
        if after is None:
            return
        if NORMALISATION in [item.kind for item in after]:
            advice = _NORM if self.asked.is_lenet5 else _NO_NORM
            yield self._said(Sentence("no normalisation"), _kind(NORMALISATION), advice)
        if role.followed_by:
            yield from self._activation(after)

    def _activation(self, after: Sequence[LayerReport]) -> Iterator[Difference]:
        found = next((item.kind for item in after if item.kind in ACTIVATIONS), "none")
        if found in self.role.followed_by:
            return
        if found == "none" and any(item.kind == OTHER for item in after):
            return  # which it may be hidden in
        is_last, is_lenet5 = self.role is self.asked.layers[-1], self.asked.is_lenet5
        if is_last and (is_lenet5 or "softmax" in found):
            numbers = Sentence(
                "{count} numbers without softmax", {"count": str(self.asked.outputs)}
            )
            advice = _SOFTMAX if is_lenet5 else _NO_SOFTMAX
            yield _difference("output", numbers, _kind(found), advice)
            return
        advice = _ACTIVATION if is_lenet5 else self.help
        wanted = self.role.followed_by
        kinds = _kind(wanted[0]) if len(wanted) == 1 else " / ".join(wanted)
        yield self._said(_activation(kinds), _activation(_kind(found)), advice)

    @property
    def help(self) -> Sentence:
        """What to do about it."""
        if self.asked.is_lenet5:
            return _HELP[self.name]
        text = "Compare {layer} and what follows it with the lecture's network."
        return Sentence(text, {"layer": self.name})

    def actual(self, layer: LayerReport) -> str | Sentence:
        """What the submission has there."""
        if not layer.name or self.asked.is_lenet5:
            return _actual(layer)
        return Sentence("{layer} ({name})", {"layer": _actual(layer), "name": layer.name})

    def _said(
        self, expected: str | Sentence, actual: str | Sentence, advice: Sentence
    ) -> Difference:
        return _difference(self.name, expected, actual, advice)


def _places(asked: AskedNetwork) -> list[_Place]:
    return [
        _Place(asked, role, role.name or f"{number}. {role.kinds[0]}")
        for number, role in enumerate(asked.layers, 1)
    ]


def _unless_hidden(
    places: list[_Place], before: Sequence[LayerReport], layer: LayerReport | None = None
) -> list[_Place]:
    """The places that are left once those are passed over that may be hidden in what stands before
    `layer`: pools and joints, where a function is among it that is not known.
    """
    is_hidden = any(one.kind == OTHER for one in before)
    while is_hidden and places and (layer is None or layer.kind not in places[0].role.kinds):
        if any(kind not in (*POOLS, GLOBAL_POOL, *JOINTS) for kind in places[0].role.kinds):
            break
        places = places[1:]
    return places


def _expected(role: AskedLayer) -> str | Sentence:
    if role.weights:
        return _with_weights(role.kinds[0], role.weights[0])
    kind = "pooling" if set(role.kinds) == set(POOLS) else role.kinds[0]
    return _to(kind, role.outputs[0]) if role.outputs else _kind(kind)


def _actual(layer: LayerReport) -> Sentence:
    if layer.weight:
        return _with_weights(layer.kind, layer.weight)
    return _to(layer.kind, layer.output)


def _difference(
    layer: str, expected: str | Sentence, actual: str | Sentence, advice: Sentence
) -> Difference:
    return Difference(layer, _lines(expected), _lines(actual), advice.in_lines())


def _lines(said: str | Sentence) -> str:
    return said.in_lines() if isinstance(said, Sentence) else said


def _with_weights(kind: str, weight: Sequence[int]) -> Sentence:
    """Such as "convolution 1→6, kernel 5x5" or "dense 400→120"."""
    arrow = f"{weight[1]}→{weight[0]}" if len(weight) > 1 else str(list(weight))
    facts: dict[str, str | Sentence] = {"kind": _kind(kind), "widths": arrow}
    if len(weight) != 4:
        return Sentence("{kind} {widths}", facts)
    return Sentence("{kind} {widths}, kernel {size}", {**facts, "size": f"{weight[2]}x{weight[3]}"})


def _with_window(kind: str, window: Sequence[int]) -> Sentence:
    """Such as "max-pool, window 3x3, stride 2"."""
    height, width, *strides = window
    stride = "x".join(map(str, dict.fromkeys(strides)))
    facts = {"kind": _kind(kind), "size": f"{height}x{width}", "stride": stride}
    return Sentence("{kind}, window {size}, stride {stride}", facts)


def _to(kind: str, output: Sequence[int]) -> Sentence:
    return Sentence("{kind} to {sizes}", {"kind": _kind(kind), "sizes": _sizes(output)})


def _output(sizes: str) -> Sentence:
    return Sentence("output {sizes}", {"sizes": sizes})


def _count(parameters: int) -> Sentence:
    return Sentence("{count} weights", {"count": f"{parameters:,}"})


def _activation(kinds: str | Sentence) -> Sentence:
    return Sentence("activation {kinds}", {"kinds": kinds})


def _kind(kind: str) -> str | Sentence:
    """How a kind of layer is called; frameworks' own names of activations stay."""
    return _KINDS.get(kind, kind)


def _sizes(sizes: Sequence[int | str]) -> str:
    return "(" + ", ".join(map(str, sizes)) + ")"


_KINDS = {
    CONVOLUTION: Sentence("convolution"),
    DENSE: Sentence("dense"),
    NORMALISATION: Sentence("batch-norm"),
    GLOBAL_POOL: Sentence("global-average-pool"),
    "average-pool": Sentence("average-pool"),
    "max-pool": Sentence("max-pool"),
    "pooling": Sentence("pooling"),
    "add": Sentence("add"),
    "concatenate": Sentence("concatenate"),
    "none": Sentence("none"),
}
_CONV = Sentence(
    "Two convolutions, 1→6 and 6→16, kernel 5, stride 1, no padding (pad_mode='valid'; "
    "in PyTorch padding=0, in Keras padding='valid')."
)
_POOL = Sentence("Each convolution is followed by pooling with kernel 2 and stride 2.")
_DENSE = Sentence("After flattening to 400 numbers: Dense 400→120, 120→84, 84→10.")
_HELP = {
    "C1": _CONV,
    "S2": _POOL,
    "C3": _CONV,
    "S4": _POOL,
    "C5": _DENSE,
    "F6": _DENSE,
    "F7": _DENSE,
}
_INPUT = Sentence("Images come as (N, 1, 32, 32): channel before height and width.")
_GREY = Sentence("Written digits are grey: the first convolution takes 1 channel.")
_PADDING = Sentence("Images of 28 x 28 need padding 2 in the first convolution.")
_BIAS = Sentence("Dense layers have biases: leave has_bias, bias or use_bias at its default, True.")
_NORM = Sentence("The lecture's LeNet5 has no batch normalisation: take it out.")
_NO_NORM = Sentence("The lecture's network has no normalisation here: take it out.")
_NO_SOFTMAX = Sentence(
    "Return the numbers themselves: cross entropy applies softmax. It takes the place of NLLLoss."
)
_ACTIVATION = Sentence("The lecture's activation is ReLU; sigmoid makes the gradients vanish.")
_SOFTMAX = Sentence(
    "Return the 10 numbers themselves: cross entropy applies softmax. It takes the place of "
    "NLLLoss."
)
