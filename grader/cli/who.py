"""Whom a person means: an id, a number or a name that only one student has."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from grader.cli.main import UsageError
from grader.language import Sentence

MAX_IDS_SHOWN = 12  # ids that a refusal names


class NamedStudent(NamedTuple):
    """What a submission can be called by."""

    id: str
    number: str
    name: str


def named(word: str, known: Sequence[NamedStudent]) -> str:
    """The id of the one that `word` means: its id, else its number, else its name.

    Raises UsageError where it means nobody, or several.
    """
    wanted = _plain(word)
    for kind in ("id", "number", "name"):
        found = [each for each in known if wanted and _plain(getattr(each, kind)) == wanted]
        if len(found) == 1:
            return found[0].id
        if found:
            facts = {"word": word, "count": str(len(found)), "known": _listed(found)}
            raise UsageError(
                Sentence("{word} is the name of {count} here. Say which: {known}", facts)
            )
    near = _near(wanted, known) or known
    facts = {"word": word, "known": _listed(near)}
    raise UsageError(
        Sentence("no submission of {word} here. Expected an id, number or name: {known}", facts)
    )


def _plain(text: str) -> str:
    """`text` as people compare it: capitals, blanks and ways to write a letter make no other."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _near(wanted: str, known: Sequence[NamedStudent]) -> list[NamedStudent]:
    words = {_plain(word): each for each in reversed(known) for word in each if word}
    close = difflib.get_close_matches(wanted, words, MAX_IDS_SHOWN, 0.7)
    inside = [word for word in words if len(wanted) > 1 and wanted in word]
    return list({words[word].id: words[word] for word in (*close, *inside)}.values())


def _listed(some: Sequence[NamedStudent]) -> str:
    ids = ", ".join(
        f"{each.id} ({each.name})" if each.name not in each.id else each.id
        for each in some[:MAX_IDS_SHOWN]
    )
    return ids + (f" (+{len(some) - MAX_IDS_SHOWN})" if len(some) > MAX_IDS_SHOWN else "")
