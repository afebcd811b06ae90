"""Statistics of a first normalisation tell which scale of values a network was trained with."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from grader.examine.normalisation_fit import (
    FirstNormalisation,
    favoured,
    first_normalisation_of,
    fitting_scale,
)
from grader.examine.observing import Observed
from grader.examine.probes import Preprocessing
from grader.examine.remedies import SCALES, Scale, remedies
from grader.examine.replies import ObservedReport
from grader.examine.weakness import weak
from tests import make

SAME = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


def photographs(count: int = 40) -> NDArray[np.float64]:
    """Pixels of 0 to 255, (N, 3, 3 x 3), that are like their neighbours."""
    random = np.random.default_rng(5)
    drawn = (
        random.normal(size=(count * 50, 1, 1)) * 0.95 + random.normal(size=(count * 50, 3, 9)) * 0.2
    )
    return np.clip(120 + 58 * drawn, 0, 255)


def trained_with(scale: Scale) -> FirstNormalisation:
    """What a convolution and its normalisation hold after training with values of a scale."""
    kernel = np.random.default_rng(7).normal(size=(16, 3, 3, 3))
    entered = photographs() * scale.times[None, :, None] + scale.plus[None, :, None]
    made = np.einsum("ncp,ocp->no", entered, kernel.reshape(16, 3, 9))
    return FirstNormalisation(kernel, np.zeros(16), made.mean(0), made.var(0))


def preparing(scale: Scale) -> Preprocessing:
    return Preprocessing(
        (224, 224), 3, scale.times.astype(np.float32), scale.plus.astype(np.float32), mix=SAME
    )


@pytest.mark.parametrize("number", range(len(SCALES)))
def test_the_scale_of_training_fits_best_and_is_asked_about_first(number: int) -> None:
    stored = trained_with(SCALES[number])
    for other, scale in enumerate(SCALES):
        prepared = preparing(scale)
        found = fitting_scale(prepared, stored)
        tried = [
            each
            for each in favoured(remedies(prepared, 0, 0), prepared, stored)
            if each.code == "pixel-scale"
        ]
        if other == number:
            assert found is None and not any(each.shown for each in tried)
        elif found is not None:
            assert found is SCALES[number]
            assert tried[0].shown and tried[0].facts["made_by"] == SCALES[number].made_by
    far = preparing(SCALES[0 if number >= 3 else 3])
    assert fitting_scale(far, stored) is SCALES[number]


def test_a_division_that_was_forgotten_comes_before_another_scale() -> None:
    slipped = SCALES[1]._replace(times=SCALES[1].times * 255)
    prepared = preparing(slipped)
    tried = favoured(remedies(prepared, 0, 0), prepared, trained_with(SCALES[2]))
    scales = [each.facts["made_by"] for each in tried if each.code == "pixel-scale" and each.shown]
    assert scales == [SCALES[1].made_by, SCALES[2].made_by]


def test_a_weak_network_is_told_of_the_scale_of_its_pretrained_weights() -> None:
    looked = Observed(
        {"spots 0": ObservedReport(calls=1)}, preparing(SCALES[0]), trained_with(SCALES[2])
    )
    told = weak(looked, 7, make.answers(40))
    assert told is not None and "fit values of -1 to 1, what enters is of 0 to 1" in told.message


def test_where_nothing_was_stored_nothing_changes() -> None:
    prepared = preparing(SCALES[3])
    tried = remedies(prepared, 0, 0)
    assert favoured(tried, prepared, None) == tried
    assert fitting_scale(prepared, None) is None
    assert fitting_scale(None, trained_with(SCALES[0])) is None


@given(
    st.lists(st.integers(0, 70_000), max_size=4),
    st.none()
    | arrays.arrays(
        np.float32, st.tuples(st.integers(1, 5), st.integers(1, 40)), elements=st.floats(width=32)
    ),
)
def test_what_a_worker_claims_raises_nothing(
    sizes: list[int], values: NDArray[np.float32] | None
) -> None:
    found = first_normalisation_of(sizes, values)
    if found is not None:
        misfit = found.misfit(np.ones(sizes[1]), np.zeros(sizes[1]), np.eye(3)[: sizes[1]])
        assert not np.isinf(misfit) or misfit > 0


def test_sizes_and_values_that_do_not_fit_are_none() -> None:
    good = np.ones((4, 30), np.float32)
    assert first_normalisation_of([4, 3, 3, 3], good) is not None
    for sizes in ([4, 3, 3], [4, 4, 3, 3], [4, 3, 3, 4], [0, 3, 3, 3], [4, 3, 99, 99], []):
        assert first_normalisation_of(sizes, good) is None
    for change in (np.nan, np.inf):
        spoiled = good.copy()
        spoiled[0, 0] = change
        assert first_normalisation_of([4, 3, 3, 3], spoiled) is None
