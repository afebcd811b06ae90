"""A network whose name says nothing is a LeNet5 by its layers."""

from __future__ import annotations

from typing import Any

import pytest

from grader.worker import network_structure
from grader.worker.building import Built
from grader.worker.flow import Layer
from grader.worker.frameworks import Framework, NetworkParameter


def layer(told: str) -> Layer:
    """ "c6" is a convolution of 6 maps, "d84" a dense layer of 84 numbers, "p" pooling."""
    kind = {"c": "convolution", "d": "dense", "p": "max-pool", "r": "relu"}[told[0]]
    return Layer("", kind, (), 0, 0, (int(told[1:]),) if told[1:] else ())


@pytest.mark.parametrize(
    ("layers", "takes", "is_one"),
    [
        ("c6 r p c16 r p d120 r d84 r d10", (1, 32, 32), True),
        ("c32 p c64 p d128 d10", (1, 28, 28), True),
        ("c6 p c16 p c120 d84 d10", (1, 32, 32), True),
        ("c6 p c16 p d120 d84 d10", (3, 32, 32), True),
        ("c16 p c32 p d64 d10", (3, 32, 32), False),  # as any small network for colour images
        ("p d10", (1, 32, 32), False),
        ("d84 d10", (1, 32, 32), False),
        ("c6 p c16 p d10", (1, 32, 32), False),
        ("c6 c16 d84 d10", (1, 32, 32), False),
        ("c6 p c16 p c32 p c64 p d84 d10", (1, 32, 32), False),
    ],
)
def test_layers(
    monkeypatch: pytest.MonkeyPatch, layers: str, takes: tuple[int, ...], is_one: bool
) -> None:
    traced = [layer(told) for told in layers.split()]
    monkeypatch.setattr(network_structure, "trace_layers", lambda *asked: (traced, None))
    built: Any = Built(None, Framework(), "Net", "", 0, {}, takes, (10,), None)
    assert network_structure.resembles(built) is is_one


@pytest.mark.parametrize(
    ("shapes", "is_one"),
    [
        ([(6, 1, 5, 5), (6,), (16, 6, 5, 5), (120, 400), (84, 120), (10, 84)], True),
        ([(10, 1024), (10,)], False),
        ([], True),  # nothing is to be seen of it at all
    ],
)
def test_parameters_of_plain_functions(
    monkeypatch: pytest.MonkeyPatch, shapes: list[tuple[int, ...]], is_one: bool
) -> None:
    monkeypatch.setattr(network_structure, "trace_layers", lambda *asked: ([], None))
    framework: Any = Framework()
    framework.parameters = lambda network: [NetworkParameter("", shape) for shape in shapes]
    built = Built(None, framework, "Net", "", 0, {}, (1, 32, 32), (10,), None)
    assert network_structure.resembles(built) is is_one
