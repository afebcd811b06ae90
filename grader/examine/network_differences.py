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
    OTHER,
    POOLS,
    WEIGHTY,
    LayerReport,
    comparable_order,
)
from grader.language import Sentence

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


MONOTONE = ("relu", "tanh", "sigmoid", "leaky-relu", "relu6")
PASSING = ("flatten", "dropout")  # what a function number by number may change places with


def first_difference(
    layers: Sequence[LayerReport],
    taken: Sequence[int],
    asked: AskedNetwork,
    *,
    aborted: bool = False,
) -> Difference | None:
    """The first difference, in order of execution; None for a network as it is asked for.

    `taken` are the sizes of an input that the network takes, empty if it took none. `aborted`: the
    layers are those that ran before an exception, which says nothing of what comes after them. Of
    LeNet5 an average pool, tanh, dropout, a convolution as C5, images of 28 x 28 with padding in C1
    and dense layers without an activation between them are known variants and no difference. An
    activation after a max-pool is the same as before it.
    """
    wrong_input = _input_differs(taken, asked)
    if wrong_input is not None or not layers or not asked.layers:
        return wrong_input
    if aborted and not _is_chain(layers, asked):
        return None
    layers = in_comparable_order(layers)
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
    bends = [item.kind for item in after if item.kind in ACTIVATIONS]
    if not bends and not any(item.kind == OTHER for item in after):
        bends = ["none"]
    has_sizes = layer.kind in WEIGHTY and layer.weight
    return AskedLayer(
        name=layer.name[:100],
        kinds=tuple(kinds),
        weights=tuple(weights) if has_sizes else (),
        outputs=tuple(outputs),
        followed_by=tuple(bends[:1]),
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
_NO_SOFTMAX = Sentence("Return the numbers themselves: the loss function applies softmax.")
_ACTIVATION = Sentence("The lecture's activation is ReLU; sigmoid makes the gradients vanish.")
_SOFTMAX = Sentence("Return the 10 numbers themselves: the loss function applies softmax.")
