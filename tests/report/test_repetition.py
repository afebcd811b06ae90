"""What is printed again and again is shown once."""

from __future__ import annotations

from typing import Any

import pytest

from grader.report.repetition import _blocks, folded, most_alike


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\n" * 130 + "b", "a  (× 130)\nb"),
        ("x\n" + "a\nb\n" * 40 + "c", "x\na\nb  (× 40)\nc"),
        ("epoch 1\nepoch 2\nepoch 3", "epoch 1\nepoch 2\nepoch 3"),
        ("a\na\n\n\n\n", "a\na\n\n\n\n"),
        ("", ""),
    ],
)
def test_a_block_that_is_repeated_stands_once_with_its_number(text: str, shown: str) -> None:
    assert folded(text) == shown


def test_lines_that_differ_by_numbers_and_class_names_are_alike() -> None:
    text = "import\nHats 0.91\nPaper 0.5\nHats 1e-3\n"
    assert most_alike(text, ("Hats", "Paper")) == 3
    assert most_alike(text, ()) == 1


class Counted(list[str]):
    """Lines that count how often one of them is looked at."""

    looks = 0

    def __getitem__(self, index: Any) -> Any:
        Counted.looks += 1
        return super().__getitem__(index)


@pytest.mark.parametrize("lines", [[""], ["a"], ["a", "b", ""], ["", "", "", "", "", "", "", "x"]])
def test_looks_grow_with_the_lines_whatever_is_printed(lines: list[str]) -> None:
    looks = []
    for count in (100, 1000):
        Counted.looks = 0
        list(_blocks(Counted(lines * count)))
        looks.append(Counted.looks)
    assert looks[1] < 20 * looks[0], "ten times as many, not a hundred"
