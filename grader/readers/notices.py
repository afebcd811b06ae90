"""Notices: what intake has to say to people, kept apart from its facts for translation."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate
from typing import TypeAlias

from grader.language import SaidError, Sentence, TroubleError

MAX_NAME_CHARS = 80  # characters of a name that a sentence shows
LISTED = 600  # characters of names that a sentence lists


Notice: TypeAlias = Sentence


def notice(text: str, **facts: object) -> Notice:
    """A notice whose facts are made safe to show; names are given as a list."""
    return Notice(text, {name: _safe(value) for name, value in facts.items()})


def _safe(value: object) -> Notice | str:
    if isinstance(value, Notice):
        return value
    return listed(value) if isinstance(value, list) else shown(str(value))


def listed(names: Sequence[object]) -> Notice | str:
    """Whole names as far as they have room, the first in any case, and how many more there are."""
    safe = [shown(str(name)) for name in names]
    ends = accumulate(len(name) + len(", ") for name in safe)
    fit = max(sum(end <= LISTED for end in ends), 1)
    told = ", ".join(safe[:fit])
    if len(safe) <= fit:
        return told
    return Notice("{names} and {count} more", {"names": told, "count": str(len(safe) - fit)})


def shown(text: str, limit: int = MAX_NAME_CHARS) -> str:
    """`text` for a sentence: one line, no control or direction characters, cut in the middle."""
    plain = "".join(
        character
        if character == " " or unicodedata.category(character)[0] not in "CZ"
        else ascii(character)[1:-1]
        for character in text[: 4 * limit]
    )
    if len(plain) <= limit and len(text) <= 4 * limit:
        return plain
    return plain[: limit // 2] + "…" + plain[len(plain) - limit // 2 + 1 :]


def size(count: float) -> str:
    """A number of bytes as people say it: "1.5 GiB"."""
    for unit in ("bytes", "KiB", "MiB"):
        if count < 1024:
            return f"{count:.3g} {unit}"
        count /= 1024
    return f"{count:.3g} GiB"


class IntakeError(SaidError):
    """What the caller asked for cannot be found: wrong usage, exit code 2."""


class ArchiveRefusedError(SaidError):
    """A submission that is not taken in, by its own fault; `reason` is one line for the student.

    archive: what the student called the archive that is meant; "" where no one is.
    """

    archive = ""

    @property
    def reason(self) -> str:
        """The reason in English; `said.said_in` has it in other languages."""
        return str(self.said)


@contextmanager
def refusals_of(archive: str) -> Iterator[None]:
    """Whatever is refused within is told of this archive, unless of one within it."""
    try:
        yield
    except ArchiveRefusedError as error:
        error.archive = error.archive or archive
        raise


class FormatUnknownError(Exception):
    """An archive in a `format` that a reader lacks a package for: our fault, not the student's."""

    def __init__(self, format_: str) -> None:
        super().__init__(format_)
        self.format = format_


class UnpackerMissingError(TroubleError):
    """The grader lacks what a format needs."""


def refuse(text: str, **facts: object) -> ArchiveRefusedError:
    """An ArchiveRefusedError with its sentence filled in."""
    return ArchiveRefusedError(notice(text, **facts))
