"""Where a submission's LeNet5 first differs from the lecture's: pure functions over layer
reports.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, NamedTuple

from pydantic import Field

from grader.examine.replies import Count, Failure, Line, Reply
from grader.language import Sentence

Sizes = Annotated[list[Count], Field(max_length=8)]


class LayerReport(Reply):
    """One layer in order of execution, as the worker describes it.

    `output` is without the batch, channels first; `weight` is (out, in, height, width) or
    (out, in), empty for layers without.
    """

    name: Line = ""
    kind: Line
    output: Sizes = Field(default_factory=list)
    parameters: Count = 0
    multiply_adds: Count = 0
    weight: Sizes = Field(default_factory=list)
    bias: bool = False


class VariantReport(Reply):
    """Facts by which accepted versions of LeNet5 differ; for a reader."""

    input: Count = 0
    pool: Line = ""
    conv_activation: Line = ""
    dense_activation: Line = ""
    c5: Line = ""
    dropout: bool = False
    batch_norm: bool = False
    softmax: bool = False


class LayersReport(Reply):
    """All layers; with an error only those that ran before it."""

    layers: list[LayerReport] = Field(default_factory=list, max_length=200)
    variant: VariantReport = VariantReport()
    error: Failure | None = None


class Difference(NamedTuple):
    """The first thing that is not as in the lecture.

    layer: "input", "C1" to "F7" or "output". help: what to do, an English line and a Chinese one.
    """

    layer: str
    expected: str
    actual: str
    help: str


class LayerRole(NamedTuple):
    """A layer of the lecture's network: kinds that may play it, weights, output, what follows."""

    name: str
    kinds: tuple[str, ...]
    weights: tuple[tuple[int, ...], ...]  # accepted sizes; none for pooling
    outputs: tuple[tuple[int, ...], ...]
    followed_by: tuple[str, ...] = ()  # accepted activations, "none" where it may be left out
    needs_bias: bool = False  # of a dense layer


CONVOLUTION, DENSE, NORMALISATION = "convolution", "dense", "batch-norm"
POOLS = ("max-pool", "average-pool")
ACTIVATIONS = ("relu", "tanh", "sigmoid", "leaky-relu", "relu6", "softmax", "log-softmax")
_BENT, _FREE = ("relu", "tanh"), ("relu", "tanh", "none")

# LeCun et al. 1998 as the lecture builds it. Biases in the convolutions are left to the framework.
REFERENCE = (
    LayerRole("C1", (CONVOLUTION,), ((6, 1, 5, 5),), ((6, 28, 28),), _BENT),
    LayerRole("S2", POOLS, (), ((6, 14, 14),)),
    LayerRole("C3", (CONVOLUTION,), ((16, 6, 5, 5),), ((16, 10, 10),), _BENT),
    LayerRole("S4", POOLS, (), ((16, 5, 5),)),
    LayerRole(
        "C5",
        (DENSE, CONVOLUTION),
        ((120, 400), (120, 16, 5, 5)),
        ((120,), (120, 1, 1)),
        _FREE,
        True,
    ),
    LayerRole("F6", (DENSE,), ((84, 120),), ((84,),), _FREE, True),
    LayerRole("F7", (DENSE,), ((10, 84),), ((10,),), ("none",), True),
)
INPUTS = ([1, 32, 32], [1, 28, 28])


def first_difference(layers: Sequence[LayerReport], taken: Sequence[int]) -> Difference | None:
    """The first difference, in order of execution; None for a LeNet5 as the lecture has it.

    `taken` are the sizes of an image that the network takes, empty if it took none. An average
    pool, tanh, dropout, a convolution as C5, images of 28 x 28 with padding in C1 and dense layers
    without an activation between them are known variants and no difference.
    """
    if taken and list(taken) not in INPUTS:
        advice = _GREY if list(taken) == [3, 32, 32] else _INPUT
        return _difference("input", "(1, 32, 32)", _sizes(taken), advice)
    if not layers:
        return None
    found = [index for index, layer in enumerate(layers) if _counts(layer)]
    for role, index in zip(REFERENCE, found, strict=False):
        end = next((later for later in found if later > index), len(layers))
        difference = _differs(role, layers[index], layers[index + 1 : end], taken)
        if difference is not None:
            return difference
    return _missing_or_more(layers, found)


def _counts(layer: LayerReport) -> bool:
    """Whether a layer plays a role: pools, and whatever has weights, which LeNet5 has few of. A
    normalisation plays none: it belongs to the layer before it.
    """
    return layer.kind in (CONVOLUTION, DENSE, *POOLS) or (
        layer.parameters > 0 and layer.kind != NORMALISATION
    )


def _differs(
    role: LayerRole, layer: LayerReport, after: Sequence[LayerReport], taken: Sequence[int]
) -> Difference | None:
    if layer.kind not in role.kinds:
        return _difference(role.name, _expected(role), _actual(layer), _HELP[role.name])
    return next(_details(role, layer, after, taken), None)


def _details(
    role: LayerRole, layer: LayerReport, after: Sequence[LayerReport], taken: Sequence[int]
) -> Iterator[Difference]:
    weight, output = tuple(layer.weight), tuple(layer.output)
    if role.weights and weight not in role.weights:
        yield _difference(role.name, _expected(role), _actual(layer), _HELP[role.name])
    if output not in role.outputs:
        advice = _PADDING if list(taken) == INPUTS[1] and role.name == "C1" else _HELP[role.name]
        expected = " / ".join(map(_sizes, role.outputs))
        yield _difference(role.name, f"output {expected}", f"output {_sizes(output)}", advice)
    if role.needs_bias and layer.kind == DENSE and not layer.bias:
        yield _difference(role.name, "biases", "no biases", _BIAS)
    if NORMALISATION in [item.kind for item in after]:
        yield _difference(role.name, "no normalisation", NORMALISATION, _NORM)
    if role.followed_by:
        acts = [item.kind for item in after if item.kind in ACTIVATIONS] or ["none"]
        if acts[0] not in role.followed_by:
            last = role is REFERENCE[-1]
            name = "output" if last else role.name
            wanted = " / ".join(role.followed_by)
            expected = "10 numbers without softmax" if last else f"activation {wanted}"
            actual = acts[0] if last else f"activation {acts[0]}"
            yield _difference(name, expected, actual, _SOFTMAX if last else _ACTIVATION)


def _missing_or_more(layers: Sequence[LayerReport], found: Sequence[int]) -> Difference | None:
    if len(found) < len(REFERENCE):
        role = REFERENCE[len(found)]
        return _difference(role.name, _expected(role), "nothing", _HELP[role.name])
    if len(found) > len(REFERENCE):
        return _difference("output", "no layer after F7", _actual(layers[found[7]]), _HELP["F7"])
    return None


def _expected(role: LayerRole) -> str:
    if not role.weights:
        return f"pooling to {_sizes(role.outputs[0])}"
    return f"{role.kinds[0]} {_weights(role.weights[0])}"


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


def _sizes(sizes: Sequence[int]) -> str:
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
_ACTIVATION = Sentence("The lecture's activation is ReLU; sigmoid makes the gradients vanish.")
_SOFTMAX = Sentence("Return the 10 numbers themselves: the loss function applies softmax.")
