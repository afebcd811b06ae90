"""LeNet5 as a page shows it: parameters and layers beside the lecture's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import prod

from grader.evidence import Layer, LeNet5
from grader.examine.lenet5 import REFERENCE
from grader.report.kernel_images import strip

LECTURE = ((6, 1, 5, 5), (16, 6, 5, 5), (120, 400), (84, 120), (10, 84))  # LeNet5's weights


ABSENT_VALUES = ("", "False", "none")  # what a variant does not have


PLAYING = frozenset(kind for role in REFERENCE for kind in role.kinds)


@dataclass(frozen=True, slots=True)
class ParameterView:
    """One parameter of LeNet5 and what the lecture has in its place."""

    name: str
    shape: str
    weights: int
    lecture: str  # its shape; "" for biases and where there is no counterpart
    same: bool


@dataclass(frozen=True, slots=True)
class LayerView:
    """One layer of LeNet5 and the lecture's layer in its place."""

    name: str
    kind: str
    output: tuple[int, ...]
    weights: int
    multiply_adds: int
    counts: bool  # whether it is of a kind that LeNet5's layers are of: no activation or the like
    role: str  # "C1" to "F7"; "" where the lecture has none in its place
    lecture: tuple[int, ...]  # its output
    same: bool


@dataclass(frozen=True, slots=True)
class NetView:
    """The submission's LeNet5."""

    file: str
    name: str
    framework: str
    count: int
    error: str
    parameters: tuple[ParameterView, ...]
    layers: tuple[LayerView, ...]
    variant: tuple[tuple[str, str], ...]
    differs_at: str
    expected: str
    actual: str
    checkpoint: str
    mnist_correct: int
    mnist_total: int
    kernels: str  # data URI, "" where none were drawn
    maps: str


def net_view(net: LeNet5, keep: Callable[[str], str]) -> NetView:
    """The parameters beside the lecture's: weights in their order, whatever order of axes the
    framework keeps.
    """
    lecture = iter(LECTURE)
    rows = []
    for parameter in net.parameters[:200]:
        wanted = next(lecture, None) if len(parameter.shape) > 1 else None
        rows.append(
            ParameterView(
                keep(parameter.name),
                _shape(parameter.shape),
                prod(parameter.shape),
                _shape(wanted) if wanted else "",
                wanted is not None and sorted(wanted) == sorted(parameter.shape),
            )
        )
    return NetView(
        file=keep(net.file),
        name=keep(net.name),
        framework=net.framework,
        count=net.count,
        error=keep(net.error),
        parameters=tuple(rows),
        layers=tuple(_layers(net.layers[:200], keep)),
        variant=tuple(
            (name, keep(value)) for name, value in net.variant.items() if value not in ABSENT_VALUES
        ),
        differs_at=keep(net.differs_at),
        expected=keep(net.expected),
        actual=keep(net.actual),
        checkpoint=keep(net.checkpoint),
        mnist_correct=net.mnist_correct,
        mnist_total=net.mnist_total,
        kernels=strip(net.kernels),
        maps=strip(net.maps),
    )


def _layers(layers: Sequence[Layer], keep: Callable[[str], str]) -> Iterator[LayerView]:
    """The layers, each beside the lecture's next one of its kind."""
    left = list(REFERENCE)
    for layer in layers:
        role = next((role for role in left if layer.kind in role.kinds), None)
        if role is not None:
            left = left[left.index(role) + 1 :]
        output = tuple(size for size in layer.output if size != 1) or (1,)
        yield LayerView(
            name=keep(layer.name),
            kind=layer.kind,
            output=layer.output,
            weights=layer.parameters,
            multiply_adds=layer.multiply_adds,
            counts=layer.kind in PLAYING,
            role=role.name if role else "",
            lecture=role.outputs[0] if role else (),
            same=role is not None and output in role.outputs,
        )


def _shape(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape)) or "1"
