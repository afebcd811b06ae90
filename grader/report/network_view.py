"""Networks as a page shows them: parameters and layers beside the lecture's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import prod

from markupsafe import Markup

from grader.assignment import LENET5_LAYERS, AskedNetwork
from grader.evidence import Layer, Network, WantedLayer
from grader.report.kernel_images import strip
from grader.report.phrases import both, kept

LECTURE = ((6, 1, 5, 5), (16, 6, 5, 5), (120, 400), (84, 120), (10, 84))  # LeNet5's weights
ABSENT_VALUES = ("", "False", "none")  # what a variant does not have
MOST_CARDS = 24  # layers that are drawn side by side; more are in the table alone
MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class ParameterView:
    """One parameter of a network and what the lecture's LeNet5 has in its place."""

    name: str
    shape: str
    weights: int
    lecture: str  # its shape; "" for biases and where there is no counterpart
    same: bool


@dataclass(frozen=True, slots=True)
class LayerView:
    """One layer of a network and the lecture's layer in its place."""

    name: str
    kind: str
    output: tuple[int, ...]
    weights: int
    multiply_adds: int
    milliseconds: float  # for one input
    counts: bool  # whether it is of a kind that the lecture's layers are of: no activation or such
    role: str  # the lecture's name, "C1" to "F7"; "" where the lecture has none in its place
    lecture: tuple[int, ...]  # its output
    same: bool


@dataclass(frozen=True, slots=True)
class StageView:
    """A layer at work on one picture: data URIs, "" where nothing was drawn."""

    layer: str
    kernels: str
    maps: str


@dataclass(frozen=True, slots=True)
class FeedForwardView:
    """A plain feed-forward network of the same accuracy."""

    widths: tuple[int, ...]
    weights: int
    multiply_adds: int


@dataclass(frozen=True, slots=True)
class NetView:
    """A network of the submission."""

    asked: str
    is_lenet5: bool
    file: str
    name: str
    framework: str
    count: int
    error: str
    parameters: tuple[ParameterView, ...]
    layers: tuple[LayerView, ...]
    is_drawn: bool  # whether its layers are few enough to stand side by side
    has_lecture: bool  # whether there is something to compare the layers with
    multiply_adds: int
    milliseconds: float
    feed_forward: FeedForwardView | None
    variant: tuple[tuple[str, str], ...]
    differs_at: str
    expected: Markup
    actual: Markup
    checkpoint: str
    mnist_correct: int
    mnist_total: int
    stages: tuple[StageView, ...]
    outputs: str  # beside the reference's: "same", "other", ""
    uncompared: str
    losses: tuple[float, ...]


def net_view(
    net: Network, keep: Callable[[str], str], asked: Sequence[AskedNetwork] = ()
) -> NetView:
    """The parameters beside the lecture's: weights in their order, whatever order of axes the
    framework keeps. `asked`: the assignment's networks.
    """
    layers = tuple(_layers(net.layers[:MOST_ROWS], _wanted(net), keep))
    widths = next((one.feed_forward for one in asked if one.name == net.asked), ())
    return NetView(
        asked=keep(net.asked),
        is_lenet5=net.is_lenet5,
        file=keep(net.file),
        name=keep(net.name),
        framework=net.framework,
        count=net.count,
        error=keep(net.error),
        parameters=tuple(_parameters(net, keep)),
        layers=layers,
        is_drawn=len(layers) <= MOST_CARDS,
        has_lecture=bool(_wanted(net)),
        multiply_adds=sum(layer.multiply_adds for layer in net.layers),
        milliseconds=sum(layer.milliseconds for layer in layers),
        feed_forward=_feed_forward(widths),
        variant=tuple(
            (name, keep(value)) for name, value in net.variant.items() if value not in ABSENT_VALUES
        ),
        differs_at=keep(net.differs_at),
        expected=both(kept(net.expected, keep)),
        actual=both(kept(net.actual, keep)),
        checkpoint=keep(net.checkpoint),
        mnist_correct=net.mnist_correct,
        mnist_total=net.mnist_total,
        stages=tuple(
            StageView(keep(look.layer), strip(look.kernels), strip(look.maps)) for look in net.looks
        ),
        outputs=net.outputs,
        uncompared=net.uncompared,
        losses=net.losses,
    )


def _wanted(net: Network) -> Sequence[WantedLayer]:
    """The lecture's layers: LeNet5's are the same for all."""
    if not net.is_lenet5:
        return net.wanted
    return [
        WantedLayer(name=one.name, kinds=one.kinds, outputs=one.outputs) for one in LENET5_LAYERS
    ]


def _parameters(net: Network, keep: Callable[[str], str]) -> Iterator[ParameterView]:
    lecture = iter(LECTURE if net.is_lenet5 else ())
    for parameter in net.parameters[:MOST_ROWS]:
        wanted = next(lecture, None) if len(parameter.shape) > 1 else None
        yield ParameterView(
            keep(parameter.name),
            _shape(parameter.shape),
            prod(parameter.shape),
            _shape(wanted) if wanted else "",
            wanted is not None and sorted(wanted) == sorted(parameter.shape),
        )


def _layers(
    layers: Sequence[Layer], wanted: Sequence[WantedLayer], keep: Callable[[str], str]
) -> Iterator[LayerView]:
    """The layers, each beside the lecture's next one of its kind."""
    left = list(wanted)
    playing = frozenset(kind for role in wanted for kind in role.kinds)
    for layer in layers:
        role = next((role for role in left if layer.kind in role.kinds), None)
        if role is not None:
            left = left[left.index(role) + 1 :]
        outputs = {_without_ones(sizes) for sizes in role.outputs} if role else set()
        yield LayerView(
            name=keep(layer.name),
            kind=layer.kind,
            output=layer.output,
            weights=layer.parameters,
            multiply_adds=layer.multiply_adds,
            milliseconds=layer.seconds * 1000 / 3,
            counts=layer.kind in playing if wanted else layer.parameters > 0,
            role=role.name if role else "",
            lecture=role.outputs[0] if role and role.outputs else (),
            same=role is not None and (not outputs or _without_ones(layer.output) in outputs),
        )


def _without_ones(sizes: Sequence[int]) -> tuple[int, ...]:
    return tuple(size for size in sizes if size != 1) or (1,)


def _feed_forward(widths: Sequence[int]) -> FeedForwardView | None:
    if len(widths) < 2:
        return None
    work = sum(one * other for one, other in pairwise(widths))
    return FeedForwardView(tuple(widths), work + sum(widths[1:]), work)


def _shape(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape)) or "1"
