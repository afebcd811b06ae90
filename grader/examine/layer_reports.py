"""The layers of a network as its worker reports them, and the order in which two are compared."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from grader.examine.replies import Count, Failure, Line, ParameterReport, Reply

Sizes = Annotated[list[Count], Field(max_length=8)]
Seconds = Annotated[float, Field(ge=0, le=3_600, allow_inf_nan=False)]
Level = Annotated[list[float], Field(min_length=2, max_length=2)]
MOST_LAYERS = 600

CONVOLUTION, DENSE, NORMALISATION = "convolution", "dense", "batch-norm"
WEIGHTY = (CONVOLUTION, "transposed-convolution", DENSE)
POOLS = ("max-pool", "average-pool")
GLOBAL_POOL = "global-average-pool"
JOINTS = ("add", "concatenate")
OTHER = "other"  # what is not known; any function may stand in it
ACTIVATIONS = ("relu", "tanh", "sigmoid", "leaky-relu", "relu6", "softmax", "log-softmax")


class LayerReport(Reply):
    """One layer in order of execution, as the worker describes it.

    `output` is without the batch, channels first; `weight` is (out, in, height, width) or
    (out, in), empty for layers without. `takes`: numbers of the layers that it is given the output
    of, from 1, 0 for the input. `window`: of a pooling the height, the width and both strides,
    empty where they are not known. `one_sided`: it pads below and to the right alone. `seconds`:
    wall clock for three inputs.
    """

    name: Line = ""
    kind: Line
    output: Sizes = Field(default_factory=list)
    parameters: Count = 0
    multiply_adds: Count = 0
    weight: Sizes = Field(default_factory=list)
    bias: bool = False
    one_sided: bool = False
    takes: Annotated[list[Count], Field(max_length=64)] = Field(default_factory=list)
    window: Annotated[list[Count], Field(max_length=4)] = Field(default_factory=list)
    seconds: Seconds = 0.0


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
    """All layers; with an error only those that ran before it. unused: parameters that the output
    does not depend on. hidden: names of those that it does and no layer has. random: number of the
    first layer, from 1, that makes something else in each pass; 0 if there is none.
    """

    layers: list[LayerReport] = Field(default_factory=list, max_length=MOST_LAYERS)
    variant: VariantReport = VariantReport()
    unused: list[ParameterReport] = Field(default_factory=list, max_length=200)
    random: Count = 0
    hidden: list[Line] = Field(default_factory=list, max_length=200)
    error: Failure | None = None


class KnownReport(Reply):
    """A pass with weights that everybody can draw; the output travels beside it.

    unfit: a layer for which there are none. levels: of each layer the mean of the sizes of what it
    makes, and its deviation.
    """

    unfit: Line = ""
    levels: list[Level] = Field(default_factory=list, max_length=MOST_LAYERS)
    error: Failure | None = None


class StageReport(Reply):
    """What is drawn of one layer: its number, from 1, and sizes of its kernels (outputs, inputs,
    height, width) and maps (count, height, width).
    """

    layer: Annotated[int, Field(ge=1, le=100_000)]
    kernels: list[Count] = Field(default_factory=list, max_length=4)
    maps: list[Count] = Field(default_factory=list, max_length=3)


class StagesReport(Reply):
    """What is drawn of all layers; the values travel beside it."""

    stages: list[StageReport] = Field(default_factory=list, max_length=64)
    error: Failure | None = None


def comparable_order(layers: Sequence[LayerReport]) -> list[int]:
    """Indexes of the layers that lead to the output, in an order that depends on how they are
    joined and not on which of two branches the code runs first: the longer branch of a sum first,
    of equal ones by what they are.
    """
    if not layers:
        return []
    given = [_given(layer, index) for index, layer in enumerate(layers)]
    depth: list[int] = []
    marks: list[str] = []
    for index, layer in enumerate(layers):
        depth.append(1 + max((depth[one] for one in given[index]), default=0))
        below = [marks[one] for one in given[index]]
        told = (layer.kind, layer.weight, layer.output, sorted(below))
        marks.append(hashlib.sha256(repr(told).encode()).hexdigest())
        if layer.kind == "add":
            given[index].sort(key=lambda one: (-depth[one], marks[one]))
    return _from_the_end(given)


def _given(layer: LayerReport, index: int) -> list[int]:
    """Indexes of the layers that it is given the output of; a worker's word for later ones is
    none.
    """
    return [number - 1 for number in layer.takes if 0 < number <= index]


def _from_the_end(given: Sequence[Sequence[int]]) -> list[int]:
    """Each index that the last one depends on, after those that it depends on itself."""
    order: list[int] = []
    seen: set[int] = set()
    waiting = [(len(given) - 1, False)]
    while waiting:
        index, is_ready = waiting.pop()
        if is_ready:
            order.append(index)
        elif index not in seen:
            seen.add(index)
            waiting.append((index, True))
            waiting += [(one, False) for one in reversed(given[index])]
    return order


def weighty(layers: Sequence[LayerReport]) -> list[int]:
    """Numbers (from 1) of the layers with weights, in the order in which two are compared."""
    return [index + 1 for index in comparable_order(layers) if layers[index].parameters]
