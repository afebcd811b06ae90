"""Words: which class a submission means by what it returns."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Sequence

from grader.assignment import Label


class Vocabulary:
    """The class names of an assignment. A word is the class that it shows to a reader, in English
    or Chinese: what is graded is whether the model knows the class, not how the name is typed.
    """

    def __init__(self, classes: Sequence[Label]) -> None:
        self._names = {_plain(word): label.en for label in classes for word in (label.zh, label.en)}
        self._names.pop("", None)
        self._folders = {label.folder: label.en for label in classes}

    def name(self, word: str) -> str | None:
        """The class name that `word` stands for; None where it stands for none."""
        return self._names.get(_plain(word))

    def nearest(self, word: str) -> str | None:
        """The class name most like `word`, or that of the folder `word`, if there is one."""
        if word in self._folders:
            return self._folders[word]
        near = difflib.get_close_matches(_plain(word[:200]), self._names, n=1, cutoff=0.6)
        return self._names[near[0]] if near else None


# Categories of what takes no place or parts words: blanks and controls, format characters such as a
# byte order mark, connectors and dashes.
_NOT_SHOWN = {"Zs", "Zl", "Zp", "Cc", "Cf", "Pc", "Pd"}
# Blank by their glyph or to be ignored, whatever their category: combining grapheme joiner, fillers
# of Hangul, blank of braille, selectors of variants.
_BLANK = {*"\u034f\u115f\u1160\u2800\u3164", *map(chr, range(0xFE00, 0xFE10))}


def _plain(word: str) -> str:
    """The letters that a word shows: full-width and other forms are the plain ones (NFKC)."""
    shown = unicodedata.normalize("NFKC", word).casefold()
    return "".join(
        c for c in shown if unicodedata.category(c) not in _NOT_SHOWN and c not in _BLANK
    )
