"""Words: which class a hand-in means by what it returns."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from grader.assignment import Label


class Vocabulary:
    """The class names of an assignment. Case and blanks are forgiven, Chinese names accepted:
    what is graded is whether the model knows the class, not how the name is typed.
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


def _plain(word: str) -> str:
    return "".join(word.casefold().split()).replace("_", "").replace("-", "")
