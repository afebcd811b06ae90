"""What a LeNet5 takes instead of (1, 32, 32), explained by what it is."""

from __future__ import annotations

import pytest

from grader.assignment import lenet5
from grader.examine.layer_reports import LayersReport
from grader.examine.network_differences import first_difference


@pytest.mark.parametrize(
    ("taken", "advice"),
    [
        ((3, 32, 32), "the first convolution takes 1 channel"),
        ((32, 32, 1), "channel before height and width"),
        ((1024,), "channel before height and width"),
    ],
)
def test_another_input_is_explained(taken: tuple[int, ...], advice: str) -> None:
    difference = first_difference(LayersReport(), taken, lenet5("LeNet5"))
    assert difference is not None
    assert (difference.layer, difference.expected) == ("input", "(1, 32, 32)")
    assert advice in difference.help


@pytest.mark.parametrize("taken", [(1, 32, 32), (1, 28, 28), ()])
def test_the_lectures_input_and_its_known_variant_are_no_difference(taken: tuple[int, ...]) -> None:
    assert first_difference(LayersReport(), taken, lenet5("LeNet5")) is None
