"""What was printed again and again, once: many submissions print for each image."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

MAX_PERIOD = 8  # lines of a block that is repeated
MIN_TIMES = 3  # from which on a block is shown once
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?")


class _Block(NamedTuple):
    """Lines, and how often they stand one after another."""

    lines: Sequence[str]
    times: int


def folded(text: str) -> str:
    """`text` with each block of lines that is repeated at once shown once, and how often."""
    shown: list[str] = []
    for lines, times in _blocks(text.split("\n")):
        *before, last = lines
        shown += [*before, f"{last}  (× {times})" if times > 1 else last]
    return "\n".join(shown)


def most_alike(text: str, names: Sequence[str]) -> int:
    """How often, at most, lines of one form follow each other: numbers and `names` aside."""
    plain = _NUMBER.sub("#", text)
    for name in sorted(filter(None, names), key=len, reverse=True):
        plain = plain.replace(name, "#")
    lines = [line for line in plain.split("\n") if line.strip()]
    return max((block.times for block in _blocks(lines)), default=0)


def _blocks(lines: Sequence[str]) -> Iterator[_Block]:
    at = 0
    while at < len(lines):
        length, times = max(
            ((length, _times(lines, at, length)) for length in range(1, MAX_PERIOD + 1)),
            key=lambda one: (one[0] * one[1] if one[1] >= MIN_TIMES else 0, -one[0]),
        )
        if times < MIN_TIMES:
            length, times = 1, 1
        elif not any(lines[at : at + length]):  # blank lines stay; all of them, as each look costs
            length, times = length * times, 1
        yield _Block(lines[at : at + length], times)
        at += length * times


def _times(lines: Sequence[str], at: int, length: int) -> int:
    """How often the `length` lines from `at` on stand there one after another."""
    same = at
    while same + length < len(lines) and lines[same] == lines[same + length]:
        same += 1
    return (same - at) // length + 1
