"""Where a submission's network first differs from the one that is asked for: pure functions over
layer reports.
"""

from __future__ import annotations

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
    POOLS,
    WEIGHTY,
    LayerReport,
    comparable_order,
)
from grader.language import Sentence

LENET5_INPUTS = ((1, 32, 32), (1, 28, 28))


class Difference(NamedTuple):
    """The first thing that is not as it is asked for.

    layer: "input", a layer's name ("C1" to "F7"), or "output". help: what to do, an English line
    and a Chinese one.
    """

    layer: str
    expected: str
    actual: str
    help: str


MONOTONE = ("relu", "tanh", "sigmoid", "leaky-relu", "relu6")
PASSING = ("flatten", "dropout")  # what a function number by number may change places with


def first_difference(
    layers: Sequence[LayerReport], taken: Sequence[int], asked: AskedNetwork
) -> Difference | None:
    """The first difference, in order of execution; None for a network as it is asked for.

    `taken` are the sizes of an input that the network takes, empty if it took none. Of LeNet5 an
    average pool, tanh, dropout, a convolution as C5, images of 28 x 28 with padding in C1 and dense
    layers without an activation between them are known variants and no difference. An activation
    after a max-pool is the same as before it.
    """
    wrong_input = _input_differs(taken, asked)
    if wrong_input is not None or not layers or not asked.layers:
        return wrong_input
    layers = in_comparable_order(layers)
    found = [index for index, layer in enumerate(layers) if _counts(layer, asked)]
    for number, (role, index) in enumerate(zip(asked.layers, found, strict=False), 1):
        end = next((later for later in found if later > index), len(layers))
        place = _Place(asked, role, role.name or f"{number}. {role.kinds[0]}")
        difference = place.differs(layers[index], layers[index + 1 : end], taken)
        if difference is not None:
            return difference
    return _missing_or_more(asked, layers, found)


def in_comparable_order(layers: Sequence[LayerReport]) -> list[LayerReport]:
    """The layers that lead to the output, whatever order the code runs branches in; a max-pool
    after what bends number by number, and without pools that change nothing.
    """
    ordered = [layers[index] for index in comparable_order(layers)]
    kept: list[LayerReport] = []
    for layer in ordered:
        if layer.kind == GLOBAL_POOL and kept and kept[-1].output == layer.output:
            continue
        at = len(kept)
        while layer.kind in MONOTONE and at and kept[at - 1].kind in PASSING:
            at -= 1
        is_after_pool = layer.kind in MONOTONE and at > 0 and kept[at - 1].kind == "max-pool"
        kept.insert(at - 1 if is_after_pool else len(kept), layer)
    return kept


def asked_layers(layers: Sequence[LayerReport]) -> tuple[AskedLayer, ...]:
    """What a reference asks for, with what is the same in other words."""
    ordered = in_comparable_order(layers)
    found = [index for index, layer in enumerate(ordered) if _plays(layer)]
    roles = []
    for at, index in enumerate(found):
        end = found[at + 1] if at + 1 < len(found) else len(ordered)
        before = ordered[found[at - 1]].output if at else []
        layer = ordered[index]
        if not any(map(str.isalpha, layer.name)):  # only its place in a sequence
            same = sum(ordered[other].kind == layer.kind for other in found[: at + 1])
            layer = layer.model_copy(update={"name": f"{layer.kind} {same}"})
        roles.append(_asked(layer, before, ordered[index + 1 : end]))
    return tuple(roles)


def _asked(layer: LayerReport, before: Sequence[int], after: Sequence[LayerReport]) -> AskedLayer:
    kinds, weights, outputs = [layer.kind], [tuple(layer.weight)], [tuple(layer.output)]
    whole = tuple(before) if len(before) == 3 else ()
    if layer.kind == CONVOLUTION and layer.output[1:] == [1, 1] and len(layer.weight) == 4:
        kinds.append(DENSE)
        weights.append((layer.weight[0], prod(layer.weight[1:])))
        outputs.append((layer.output[0],))
    elif layer.kind == DENSE and whole and layer.weight[1:] == [prod(whole)]:
        kinds.append(CONVOLUTION)
        weights.append((layer.weight[0], *whole))
        outputs.append((layer.weight[0], 1, 1))
    elif layer.kind in (GLOBAL_POOL, "average-pool") and prod(layer.output[1:]) == 1:
        kinds = [layer.kind, *({GLOBAL_POOL, "average-pool"} - {layer.kind})]
        outputs = [(layer.output[0],), (layer.output[0], 1, 1)]
    bends = [item.kind for item in after if item.kind in ACTIVATIONS] or ["none"]
    has_sizes = layer.kind in WEIGHTY and layer.weight
    return AskedLayer(
        name=layer.name[:100],
        kinds=tuple(kinds),
        weights=tuple(weights) if has_sizes else (),
        outputs=tuple(outputs),
        followed_by=(bends[0],),
        needs_bias=layer.bias,
        parameters=0 if has_sizes else layer.parameters,
    )


def _input_differs(taken: Sequence[int], asked: AskedNetwork) -> Difference | None:
    usual = LENET5_INPUTS if asked.is_lenet5 else asked.inputs
    if not taken or tuple(taken) in usual:
        return None
    advice = Sentence("Inputs come as {sizes}.", {"sizes": _sizes(("N", *asked.input))})
    if asked.is_lenet5:
        advice = _GREY if list(taken) == [3, 32, 32] else _INPUT
    return _difference("input", _sizes(asked.input), _sizes(taken), advice)


def _plays(layer: LayerReport) -> bool:
    return layer.kind in (*WEIGHTY, *POOLS, GLOBAL_POOL, *JOINTS) or layer.parameters > 0


def _counts(layer: LayerReport, asked: AskedNetwork) -> bool:
    """Whether a layer plays a role: pools, joints, and whatever has weights. A normalisation plays
    none where none is asked for: it belongs to the layer before it.
    """
    if layer.kind == NORMALISATION:
        return any(NORMALISATION in role.kinds for role in asked.layers)
    return _plays(layer)


class _Place(NamedTuple):
    """A role at its place in the network."""

    asked: AskedNetwork
    role: AskedLayer
    name: str

    def differs(
        self, layer: LayerReport, after: Sequence[LayerReport], taken: Sequence[int]
    ) -> Difference | None:
        """How `layer`, and what comes after it up to the next role, differ."""
        if layer.kind not in self.role.kinds:
            return self._said(_expected(self.role), self.actual(layer), self.help)
        return next(self._details(layer, after, taken), None)

    def _details(
        self, layer: LayerReport, after: Sequence[LayerReport], taken: Sequence[int]
    ) -> Iterator[Difference]:
        role, weight, output = self.role, tuple(layer.weight), tuple(layer.output)
        if role.weights and weight not in role.weights:
            yield self._said(_expected(role), self.actual(layer), self.help)
        if role.outputs and output not in role.outputs:
            advice = _PADDING if list(taken) == [1, 28, 28] and self.name == "C1" else self.help
            expected = " / ".join(map(_sizes, role.outputs))
            yield self._said(f"output {expected}", f"output {_sizes(output)}", advice)
        if role.parameters and layer.parameters != role.parameters:
            expected, actual = (f"{n:,} weights" for n in (role.parameters, layer.parameters))
            yield self._said(expected, actual, self.help)
        if role.needs_bias and layer.kind == DENSE and not layer.bias:
            yield self._said("biases", "no biases", _BIAS)
        if NORMALISATION in [item.kind for item in after]:
            advice = _NORM if self.asked.is_lenet5 else _NO_NORM
            yield self._said("no normalisation", NORMALISATION, advice)
        if role.followed_by:
            yield from self._activation(after)

    def _activation(self, after: Sequence[LayerReport]) -> Iterator[Difference]:
        found = next((item.kind for item in after if item.kind in ACTIVATIONS), "none")
        if found in self.role.followed_by:
            return
        wanted = " / ".join(self.role.followed_by)
        if self.role is self.asked.layers[-1] and "softmax" in found:
            expected = f"{self.asked.outputs} numbers without softmax"
            advice = _SOFTMAX if self.asked.is_lenet5 else _NO_SOFTMAX
            yield _difference("output", expected, found, advice)
            return
        if self.role is self.asked.layers[-1] and self.asked.is_lenet5:
            yield _difference("output", "10 numbers without softmax", found, _SOFTMAX)
            return
        advice = _ACTIVATION if self.asked.is_lenet5 else self.help
        yield self._said(f"activation {wanted}", f"activation {found}", advice)

    @property
    def help(self) -> Sentence:
        """What to do about it."""
        if self.asked.is_lenet5:
            return _HELP[self.name]
        text = "Compare {layer} and what follows it with the lecture's network."
        return Sentence(text, {"layer": self.name})

    def actual(self, layer: LayerReport) -> str:
        """What the submission has there."""
        own = f" ({layer.name})" if layer.name and not self.asked.is_lenet5 else ""
        return _actual(layer) + own

    def _said(self, expected: str, actual: str, advice: Sentence) -> Difference:
        return _difference(self.name, expected, actual, advice)


def _missing_or_more(
    asked: AskedNetwork, layers: Sequence[LayerReport], found: Sequence[int]
) -> Difference | None:
    roles = asked.layers
    if len(found) < len(roles):
        role, number = roles[len(found)], len(found) + 1
        place = _Place(asked, role, role.name or f"{number}. {role.kinds[0]}")
        return _difference(place.name, _expected(role), "nothing", place.help)
    if len(found) > len(roles):
        place = _Place(asked, roles[-1], roles[-1].name or roles[-1].kinds[0])
        expected, more = f"no layer after {place.name}", layers[found[len(roles)]]
        return _difference("output", expected, place.actual(more), place.help)
    return None


def _expected(role: AskedLayer) -> str:
    if role.weights:
        return f"{role.kinds[0]} {_weights(role.weights[0])}"
    kind = "pooling" if set(role.kinds) == set(POOLS) else role.kinds[0]
    return f"{kind} to {_sizes(role.outputs[0])}" if role.outputs else kind


def _actual(layer: LayerReport) -> str:
    if layer.weight:
        return f"{layer.kind} {_weights(layer.weight)}"
    return f"{layer.kind} to {_sizes(layer.output)}"


def _difference(layer: str, expected: str, actual: str, advice: Sentence) -> Difference:
    return Difference(layer, expected, actual, advice.in_lines())


def _weights(weight: Sequence[int]) -> str:
    """ "1→6, kernel 5x5" or "400→120"."""
    arrow = f"{weight[1]}→{weight[0]}" if len(weight) > 1 else str(list(weight))
    return f"{arrow}, kernel {weight[2]}x{weight[3]}" if len(weight) == 4 else arrow


def _sizes(sizes: Sequence[int | str]) -> str:
    return "(" + ", ".join(map(str, sizes)) + ")"


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
_NO_SOFTMAX = Sentence("Return the numbers themselves: the loss function applies softmax.")
_ACTIVATION = Sentence("The lecture's activation is ReLU; sigmoid makes the gradients vanish.")
_SOFTMAX = Sentence("Return the 10 numbers themselves: the loss function applies softmax.")
