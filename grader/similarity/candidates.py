"""Which sets of prints have prints in common: found by sorting, not by comparing all pairs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Prints = NDArray[np.unsignedinteger[Any]]


class CommonPrints(NamedTuple):
    """What sets of prints have in common, but for prints that are in too many of them.

    own: how many prints each set has that count. pairs: (N, 2) indexes of sets, the smaller first,
    that share any; shared: (N,) how many.
    """

    own: NDArray[np.int64]
    pairs: NDArray[np.int64]
    shared: NDArray[np.int64]


def together(sets: Sequence[Prints], most: int) -> CommonPrints:
    """What `sets` (each without repetition) share; a print that is in more than `most` of them
    counts for none. Time and memory grow with the prints, and with `most` for each of them.
    """
    sizes = np.array([len(each) for each in sets], np.int64)
    if not sizes.sum():
        return CommonPrints(
            np.zeros(len(sets), np.int64), np.empty((0, 2), np.int64), np.empty(0, int)
        )
    values = np.concatenate(list(sets))
    owners = np.repeat(np.arange(len(sets)), sizes)
    order = np.argsort(values, kind="stable")
    values, owners = values[order], owners[order]
    starts = np.flatnonzero(np.r_[True, values[1:] != values[:-1]])
    lengths = np.diff(np.r_[starts, len(values)])
    own = np.bincount(owners[np.repeat(lengths <= most, lengths)], minlength=len(sets))
    keys = [np.empty(0, np.int64)]
    for length in range(2, min(most, int(lengths.max())) + 1):
        runs = starts[lengths == length]
        for one, other in combinations(range(length), 2):
            keys.append(owners[runs + one] * len(sets) + owners[runs + other])
    found, shared = np.unique(np.concatenate(keys), return_counts=True)
    return CommonPrints(own, np.stack(np.divmod(found, len(sets)), axis=1), shared)


def without_prints(prints: Prints, others: Prints) -> Prints:
    """Those of `prints` that are not in `others`."""
    return prints[~np.isin(prints, others)]
