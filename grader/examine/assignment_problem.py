"""The assignment problem: each row gets a column of its own, so that the sum is greatest.

Shortest augmenting paths with potentials, as Jonker and Volgenant (1987) describe them. Written
here since SciPy, which has it too, is 140 MB in every student's install.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def best_columns(gains: NDArray[np.int64]) -> list[int]:
    """The column of each row of `gains` (N, N) with the greatest sum."""
    size = len(gains)
    costs = gains.max(initial=0) - gains
    rows, columns = np.zeros(size, np.int64), np.zeros(size, np.int64)  # potentials
    row_of = np.full(size, -1)
    for start in range(size):
        # The cheapest way from `start` to a free column, over rows that would take another one.
        cost = np.full(size, np.iinfo(np.int64).max)
        before, seen = np.full(size, -1), np.zeros(size, bool)
        row, column, spent = start, -1, 0
        while True:
            reduced = spent + costs[row] - rows[row] - columns
            nearer = ~seen & (reduced < cost)
            cost[nearer], before[nearer] = reduced[nearer], column
            column = int(np.where(seen, np.iinfo(np.int64).max, cost).argmin())
            spent = int(cost[column])
            seen[column] = True
            if row_of[column] < 0:
                break
            row = int(row_of[column])
        passed = seen & (cost < spent)
        columns[passed] -= spent - cost[passed]
        rows[row_of[passed]] += spent - cost[passed]
        rows[start] += spent
        while column >= 0:  # everybody on the way moves on
            previous = int(before[column])
            row_of[column] = start if previous < 0 else row_of[previous]
            column = previous
    return [int(column) for column in np.argsort(row_of)]
