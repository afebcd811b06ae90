"""Prints of code: what a copy cannot change, and what independent work does not share."""

from __future__ import annotations

import keyword
import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from grader.readers.code_prints import GUARANTEED, prints, tokens
from tests.make import ROOT

SOURCE = (ROOT / "grader" / "report" / "training.py").read_text(encoding="utf-8")
OTHER = (ROOT / "grader" / "report" / "plot.py").read_text(encoding="utf-8")


def renamed(text: str) -> str:
    """Every name but attributes and keywords called otherwise."""
    return re.sub(
        r"(?<![.\w])[A-Za-z_]\w*",
        lambda name: name[0] if keyword.iskeyword(name[0]) else f"{name[0][::-1]}_x",
        text,
    )


def shared(one: str, other: str) -> float:
    mine, theirs = prints(one), prints(other)
    return len(np.intersect1d(mine, theirs)) / min(len(mine), len(theirs))


def test_other_names_comments_strings_and_layout_change_nothing() -> None:
    plain = 'def f(image):\n    net = Net("a")\n    return net.run(image * 2)\n' * 9
    dressed = re.sub(r"\n", "  # so it is\n\n", renamed(plain).replace('"a_x"', "'another one'"))
    assert tokens(plain) == tokens(dressed)
    assert prints(plain) == prints(dressed)


def test_a_copy_in_another_order_shares_most_and_other_code_little() -> None:
    halves = SOURCE.split("\nclass ", 1) if "\nclass " in SOURCE else [SOURCE, ""]
    assert shared(SOURCE, f"class {halves[-1]}\n{halves[0]}") > 0.8
    assert shared(SOURCE, OTHER) < 0.1


@given(st.text(max_size=400), st.text(max_size=400), st.integers(0, 1000))
def test_whatever_stands_around_it_a_long_passage_is_found(
    before: str, after: str, start: int
) -> None:
    """Winnowing's guarantee, for text around it that opens no string."""
    around = [re.sub(r"[\"'#.\\]", " ", text) + "\n" for text in (before, after)]
    words = tokens(OTHER)
    start %= len(words) - GUARANTEED
    passage = " ".join(words[start : start + GUARANTEED])
    alone = prints(passage)
    assert len(np.intersect1d(alone, prints(around[0] + passage + "\n" + around[1]))) > 0


@given(st.text(max_size=3000))
def test_no_text_is_too_strange(text: str) -> None:
    found = prints(text)
    assert all(0 <= value < 2**32 for value in found)
    assert found == sorted(set(found))


def test_a_long_row_of_quotes_or_brackets_takes_no_time() -> None:
    for sign in ("'", '"', "'''", "(", "\\", "#", "r'", "."):
        assert len(prints(sign * 200_000)) <= 200_000
