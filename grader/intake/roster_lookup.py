"""The roster's numbers and names, looked for in names: it decides what a number looks like."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from grader.evidence import Submitter
from grader.platforms.folders import name_tokens, parted_names, plain

_WORD = re.compile(r"[0-9A-Za-z]+")
SHORT_NUMBER_DIGITS = 6  # digits; a shorter number must stand alone, a longer one may touch letters

LOGIN = 3  # characters; a shorter user name is a word like others


class NumberSeen(NamedTuple):
    """Whom a name tells: places in the roster."""

    by_number: tuple[int, ...]  # or by their user name, as a word of its own
    by_name: tuple[int, ...]  # whose name only they have
    zeros: bool  # a number fits but for zeros at its beginning
    namesakes: tuple[int, ...]  # who share a name in it


class RosterLookup:
    """A roster made ready for questions."""

    def __init__(self, people: Sequence[Submitter]) -> None:
        self._people = people
        self._numbers = {folded(p.number): at for at, p in enumerate(people) if p.number}
        logins = Counter(folded(person.login) for person in people)
        self._logins = {
            login: at
            for at, person in enumerate(people)
            if len(login := folded(person.login)) >= LOGIN and logins[login] == 1
        }
        bare = Counter(map(_bare, self._numbers))
        self._bare = {
            _bare(number): at for number, at in self._numbers.items() if bare[_bare(number)] == 1
        }
        names: defaultdict[str, set[int]] = defaultdict(set)
        for at, person in enumerate(people):
            for spelling in spellings(person.name):
                names[spelling].add(at)
        self._names = names
        self._short = [n for n in self._numbers if not n.isdigit() or len(n) < SHORT_NUMBER_DIGITS]

    def number(self, number: str) -> tuple[int | None, bool]:
        """Whose number it is; whether only without zeros at its beginning."""
        exact = self._numbers.get(folded(number))
        if exact is not None or not number:
            return exact, False
        return self._bare.get(_bare(folded(number))), True

    def look(self, text: str) -> NumberSeen:
        """Whom `text`, a name that was given to a folder or person, tells."""
        text = plain(text)
        numbers, zeros = self._numbers_in(text)
        named = [self._names[spelling] for spelling in told_names(text) if spelling in self._names]
        single = tuple(dict.fromkeys(at for found in named if len(found) == 1 for at in found))
        shared = sorted({at for found in named if len(found) > 1 for at in found})
        return NumberSeen(numbers, single, zeros, tuple(shared))

    def _numbers_in(self, text: str) -> tuple[tuple[int, ...], bool]:
        found: dict[int, bool] = {}
        for word in _WORD.findall(text):
            for candidate in (word, *re.findall(r"\d+", word)):
                if candidate != word and len(candidate) < SHORT_NUMBER_DIGITS:
                    continue
                at, zeros = self.number(candidate)
                short = len(candidate) < SHORT_NUMBER_DIGITS and candidate != text
                if at is not None and not (zeros and short):
                    found.setdefault(at, zeros)
        for number in self._short:  # such as "A-12", which is no single word
            if not number.isalnum() and re.search(
                rf"(?<![0-9a-z]){re.escape(number)}(?![0-9a-z])", folded(text)
            ):
                found[self._numbers[number]] = False
        if not found:
            for word in re.findall(r"[0-9a-z][0-9a-z.]*[0-9a-z]", folded(text)):
                if word in self._logins:
                    found[self._logins[word]] = False
        exact = tuple(at for at, zeros in found.items() if not zeros)
        return (exact, False) if exact else (tuple(found), bool(found))


def folded(text: str) -> str:
    """As numbers and names are compared: full-width signs and capitals make no other."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _bare(number: str) -> str:
    return number.lstrip("0") if number.isdigit() else number


def spellings(name: str) -> set[str]:
    """How a name may be written: its words in either order, with nothing between them."""
    words = _words(name)
    if not words:
        return set()
    turned = [words[-1], *words[:-1]], [*words[1:], words[0]]
    return {"".join(words), *map("".join, turned)}


def told_names(text: str) -> Iterator[str]:
    """What in `text` may be a name: Chinese words, two with a blank between them in either order
    ("陈 晨", as platforms put a name and a family name together), and runs of other words.

    One Latin word alone is a name only where nothing but it is there: "wang" is not Wang Xiaoming.
    """
    chinese, latin = name_tokens(text)
    yield from map(folded, chinese)
    for one, other in parted_names(text):
        yield folded(one + other)
        yield folded(other + one)
    words = [word for token in latin for word in _words(token)]
    if len(words) == 1:
        yield words[0]
    for size in range(2, min(len(words), 6) + 1):
        for at in range(len(words) - size + 1):
            yield "".join(words[at : at + size])


def _words(name: str) -> list[str]:
    pieces = re.split(r"[^\w]+|_", folded(name))
    return [
        "".join(c for c in piece if c.isalpha()) for piece in pieces if any(map(str.isalpha, piece))
    ]
