"""What sets have in common, against comparing all pairs."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from grader.similarity.candidates import together

SETS = st.lists(st.sets(st.integers(0, 12), max_size=8), max_size=9)


@given(SETS, st.integers(1, 9))
def test_it_is_what_a_comparison_of_all_pairs_gives(sets: list[set[int]], most: int) -> None:
    held = Counter(value for each in sets for value in each)
    kept = [{value for value in each if held[value] <= most} for each in sets]
    expected = {
        (one, other): len(kept[one] & kept[other])
        for one, other in combinations(range(len(sets)), 2)
        if kept[one] & kept[other]
    }
    found = together([np.array(sorted(each), np.uint32) for each in sets], most)
    assert found.own.tolist() == [len(each) for each in kept]
    pairs = [(one, other) for one, other in found.pairs.tolist()]
    assert dict(zip(pairs, found.shared.tolist(), strict=True)) == expected
