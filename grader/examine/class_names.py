"""Words: which class a submission means by what it returns."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Callable, Sequence

from grader.assignment import Label

SHORTEST_HELD = 4  # letters of a Latin name that is looked for within a word


class Vocabulary:
    """The class names of an assignment. A word is the class that it shows to a reader, in English
    or Chinese: what is graded is whether the model knows the class, not how the name is typed.
    """

    def __init__(self, classes: Sequence[Label]) -> None:
        names = [(word, label.en) for label in classes for word in (label.zh, label.en) if word]
        self._forms = [(form, _only_one(form, names)) for form in _FORMS]
        self._names = self._forms[-1][1]
        groups = (name for label in classes for name in label.group.split("/"))
        self._groups = {_plain(name) for name in groups} - {""}
        self._folders = {label.folder: label.en for label in classes}

    def name(self, word: str) -> str | None:
        """The class name that `word` stands for; None where it stands for none, or for several:
        where "a" and "A", or "+" and "-", are two classes, they are told apart.
        """
        for form, names in self._forms:
            if (found := names.get(form(word))) is not None:
                return found
        return None

    def is_group(self, word: str) -> bool:
        """Whether `word` names a group of classes, and no class."""
        return self.name(word) is None and _plain(word) in self._groups

    def nearest(self, word: str) -> str | None:
        """The class name most like `word`, the longest that it holds, or that of the folder `word`,
        if there is one.
        """
        if word in self._folders:
            return self._folders[word]
        plain = _plain(word[:200])
        near = difflib.get_close_matches(plain, self._names, n=1, cutoff=0.6)
        near = near or sorted((n for n in self._names if _is_told_in(n, plain)), key=len)[-1:]
        return self._names[near[0]] if near else None


def _is_told_in(name: str, word: str) -> bool:
    """Whether the word holds the name, and the name is long enough for that to be no chance."""
    return len(name) >= (SHORTEST_HELD if name.isascii() else 2) and name in word


# Categories of what takes no place or parts words: blanks and controls, format characters such as a
# byte order mark, connectors and dashes.
_NOT_SHOWN = {"Zs", "Zl", "Zp", "Cc", "Cf", "Pc", "Pd"}
# Blank by their glyph or to be ignored, whatever their category: combining grapheme joiner, fillers
# of Hangul, blank of braille, selectors of variants.
_BLANK = {*"\u034f\u115f\u1160\u2800\u3164", *map(chr, range(0xFE00, 0xFE10))}


def _plain(word: str) -> str:
    """The letters that a word shows: full-width and other forms are the plain ones (NFKC)."""
    return _shown(unicodedata.normalize("NFKC", word).casefold())


def _shown(word: str) -> str:
    return "".join(c for c in word if unicodedata.category(c) not in _NOT_SHOWN and c not in _BLANK)


def _spelt(word: str) -> str:
    """The word without blanks around it, letters and marks composed."""
    return unicodedata.normalize("NFC", word).strip()


def _in_its_case(word: str) -> str:
    """The letters that it shows, large ones and small ones apart."""
    return _shown(unicodedata.normalize("NFKC", word))


def _only_one(form: Callable[[str], str], names: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Class by the form of a word; without forms that several classes share."""
    meant: dict[str, set[str]] = {}
    for word, name in names:
        meant.setdefault(form(word), set()).add(name)
    return {word: next(iter(found)) for word, found in meant.items() if word and len(found) == 1}


_FORMS = (_spelt, _in_its_case, _plain)  # from the strictest to the most lenient
