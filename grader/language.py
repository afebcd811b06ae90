"""Languages: every sentence for people exists in English (the msgid) and Chinese.

Catalogues lie in ``grader/locale/<language>.po`` and are read as they are, by polib.
"""

from __future__ import annotations

import locale
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "zh")
_CHINESE = re.compile("[\u4e00-\u9fff]")

Translate = Callable[[str], str]


@cache
def translator(language: str) -> Translate:
    """A function from an English sentence to `language`; the sentence itself where none is known.

    Raises ValueError for a language that is not one of LANGUAGES.
    """
    if language not in LANGUAGES:
        raise ValueError(f"language must be one of {', '.join(LANGUAGES)}, found {language!r}")
    sentences = _catalogue(language)
    return lambda sentence: sentences.get(sentence, sentence)


def known(sentence: str) -> bool:
    """Whether `sentence` is one of ours: a msgid of the catalogues."""
    return any(sentence in _catalogue(language) for language in LANGUAGES)


@cache
def _catalogue(language: str) -> Mapping[str, str]:
    """The sentences of a language, by their English; empty where there is no catalogue."""
    from polib import pofile  # not in a reader, which says nothing itself

    path = Path(__file__).parent / "locale" / f"{language}.po"
    if not path.exists():
        return {}
    return {entry.msgid: entry.msgstr for entry in pofile(str(path)) if entry.translated()}


@dataclass(frozen=True)
class Sentence:
    """A sentence or clause to be said in a language that is not known yet: `text` is a msgid of the
    catalogues, `facts` fill its braces. A fact may be another sentence, such as a reason.
    """

    text: str
    facts: Mapping[str, str | Sentence] = field(default_factory=dict)

    def said_in(self, language: str) -> str:
        """The sentence in `language`; texts among the facts stay as they are."""
        facts = {
            name: fact if isinstance(fact, str) else fact.said_in(language)
            for name, fact in self.facts.items()
        }
        return fill(translator(language)(self.text), facts)

    def in_each(self) -> dict[str, str]:
        """Language -> the sentence, as documents keep it."""
        return {language: self.said_in(language) for language in LANGUAGES}

    def in_lines(self) -> str:
        """The sentence in English and below it in Chinese, as a teacher writes in a check; one line
        where both are the same.
        """
        return "\n".join(dict.fromkeys(self.in_each().values()))

    def __str__(self) -> str:
        return self.said_in("en")


def said_in(language: str, said: str | Sentence) -> str:
    """A sentence in `language`; a text is told as it is, in whatever language."""
    return said.said_in(language) if isinstance(said, Sentence) else said


class SaidError(Exception):
    """An error that is told to people: `said`, for the reader's language; its text is English."""

    def __init__(self, said: Sentence) -> None:
        super().__init__(str(said))
        self.said = said


class TroubleError(Exception):
    """Something that is ours to mend, never a submission's fault: what happened, what mends it.

    said, mended: for the reader's language, see `said_in`. cure: what mends it, in English.
    """

    def __init__(self, said: str | Sentence, mended: str | Sentence) -> None:
        super().__init__(str(said))
        self.said, self.mended, self.cure = said, mended, str(mended)


def fill(sentence: str, facts: Mapping[str, str]) -> str:
    """Facts put into their braces, in one pass: braces inside a fact stay as they are, and a fact
    that is missing reads as "?".
    """
    head, *rest = sentence.split("{")
    pieces = (piece.partition("}") for piece in rest)
    return head + "".join(f"{facts.get(name, '?')}{tail}" for name, _, tail in pieces)


def by_language(text: str) -> dict[str, str]:
    """The lines of a text that a teacher wrote in both languages: "en" has those without Chinese
    characters, "zh" those with them; each stands in for the other.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    chinese = "\n".join(line for line in lines if _CHINESE.search(line))
    english = "\n".join(line for line in lines if not _CHINESE.search(line))
    return {"en": english or chinese, "zh": chinese or english}


def preferred() -> str:
    """The language of the environment: "zh" for a Chinese locale, else "en"."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "zh" if (locale.getlocale()[0] or "").lower().startswith(("zh", "chinese")) else "en"
