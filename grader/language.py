"""Languages: every sentence for people exists in English (the msgid) and Chinese.

Catalogues lie in ``grader/locale/<language>.po`` and are read as they are, by Babel.
"""

from __future__ import annotations

import locale
import os
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

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
    path = Path(__file__).parent / "locale" / f"{language}.po"
    if not path.exists():
        return lambda sentence: sentence
    with path.open("rb") as file:
        catalogue = read_po(file)
    sentences = {str(m.id): str(m.string) for m in catalogue if m.id and m.string}
    return lambda sentence: sentences.get(sentence, sentence)


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
