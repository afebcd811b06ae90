"""The renaming of classes with the most hits is the best there is."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from grader.examine.assignment_problem import best_columns

squares = st.integers(1, 30).flatmap(
    lambda size: arrays(np.int64, (size, size), elements=st.integers(0, 200))
)


@given(squares)
def test_no_other_choice_of_columns_has_a_greater_sum(gains: NDArray[np.int64]) -> None:
    columns = best_columns(gains)
    assert sorted(columns) == list(range(len(gains)))
    rows, theirs = linear_sum_assignment(gains, maximize=True)
    assert gains[range(len(gains)), columns].sum() == gains[rows, theirs].sum()
