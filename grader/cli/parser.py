"""The command line's parser, whose help and complaints are in the reader's language."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial
from typing import Any

from grader.language import LANGUAGES, Translate, preferred, translator

# What argparse itself says; it asks gettext for these in its own module.
ARGPARSE = (
    "usage: ",
    "positional arguments",
    "options",
    "show this help message and exit",
    "show program's version number and exit",
    "the following arguments are required: %s",
    "unrecognized arguments: %s",
    "argument %(argument_name)s: %(message)s",
    "invalid choice: %(value)r (choose from %(choices)s)",
    "invalid %(type)s value: %(value)r",
    "expected one argument",
    "expected at least one argument",
    "ignored explicit argument %r",
    "%(prog)s: error: %(message)s\n",
)


class Parser(argparse.ArgumentParser):
    """Says everything in `language`; help texts are msgids of the catalogues."""

    def __init__(self, language: str, **options: Any) -> None:
        self._say = translator(language)
        argparse._ = self._say  # type: ignore[attr-defined]
        super().__init__(formatter_class=partial(_Formatter, self._say), **options)


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Translates the help of each option as it is shown, of whatever group it is."""

    def __init__(self, say: Translate, *words: Any, **options: Any) -> None:
        super().__init__(*words, **options)
        self._say = say

    def _get_help_string(self, action: argparse.Action) -> str:
        return self._say(action.help or "")


def language_of(words: Sequence[str]) -> str:
    """The language that the words of a command line ask for, else that of the locale: what is
    wrong with the words is to be said in it, too.
    """
    for place, word in enumerate(words):
        name, _, value = word.partition("=")
        if name == "--lang":
            asked = value or next(iter(words[place + 1 :]), "")
            return asked if asked in LANGUAGES else preferred()
    return preferred()
