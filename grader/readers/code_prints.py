"""Prints of Python code that survive renaming, reformatting and moving parts about.

Winnowing: S. Schleimer, D. Wilkerson, A. Aiken, "Winnowing: Local Algorithms for Document
Fingerprinting", SIGMOD 2003. Any GUARANTEED tokens in a row that two submissions share have a print
in common.
"""

from __future__ import annotations

import keyword
import re
from collections import deque
from zlib import crc32

TOKENS_PER_PRINT = 16  # tokens in a row that make a print
WINDOW = 16  # prints in a row of which the smallest is kept
GUARANTEED = TOKENS_PER_PRINT + WINDOW - 1
MAX_CODE_CHARS = 400_000  # characters of a submission's code that are looked at: some 10,000 lines

_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)
    | (?P<string>[rbfuRBFU]{0,2}(?:'{3}.*?(?:'{3}|\Z)|"{3}.*?(?:"{3}|\Z)
        |'(?:[^'\\\n]|\\.)*'?|"(?:[^"\\\n]|\\.)*"?))
    | (?P<attribute>(?<=\.)[^\W\d]\w*)
    | (?P<name>[^\W\d]\w*)
    | (?P<number>\d[\w.]*)
    | (?P<sign>[^\s\w])""",
    re.VERBOSE | re.DOTALL,
)


def tokens(text: str) -> list[str]:
    """The text as tokens: names read "n" but for keywords and what follows a dot, strings "s";
    comments are left out.
    """
    found = []
    for match in _TOKEN.finditer(text[:MAX_CODE_CHARS]):
        kind, word = match.lastgroup, match[0]
        if kind == "string":
            found.append("s")
        elif kind == "name":
            found.append(word if keyword.iskeyword(word) else "n")
        elif kind != "comment":
            found.append(word)
    return found


def prints(text: str) -> list[int]:
    """The prints of some code: sorted, each once, of 32 bits. None for less than
    TOKENS_PER_PRINT tokens.
    """
    words = [word.encode("utf-8", "replace") for word in tokens(text)]
    grams = [
        crc32(b"\0".join(words[at : at + TOKENS_PER_PRINT]))
        for at in range(len(words) - TOKENS_PER_PRINT + 1)
    ]
    if len(grams) <= WINDOW:
        return sorted({min(grams)}) if grams else []
    return sorted(set(_smallest(grams)))


def _smallest(values: list[int]) -> list[int]:
    """The smallest of each WINDOW values in a row."""
    candidates: deque[int] = deque()  # places whose values rise: the first is the window's smallest
    smallest = []
    for place, value in enumerate(values):
        while candidates and values[candidates[-1]] >= value:
            candidates.pop()
        candidates.append(place)
        if candidates[0] <= place - WINDOW:
            candidates.popleft()
        if place >= WINDOW - 1:
            smallest.append(values[candidates[0]])
    return smallest
