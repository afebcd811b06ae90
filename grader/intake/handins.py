"""Submissions as they lie on disk: whose they are, and what belongs to each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grader.evidence import Origin
from grader.platforms.folders import Student
from grader.readers.kinds import Kind
from grader.readers.notices import Notice


@dataclass(frozen=True)
class Part:
    """A file, folder or archive of a submission."""

    path: Path
    kind: Kind
    name: str  # what the student called it: the platform's own name around it is cut off


@dataclass(frozen=True)
class HandIn:
    """One hand-in as it lies on disk."""

    id: str  # unique in the class, safe as a file name on Linux and Windows
    student: Student  # the first of `origin.submitters`
    path: Path
    kind: Kind
    origin: Origin = field(default_factory=Origin)
    name: str = ""  # where `kind` is a loose file: what the student called it
    beside: tuple[Part, ...] = ()  # what else the platform has of the same upload

    @property
    def parts(self) -> tuple[Part, ...]:
        """All that belongs to it."""
        return (Part(self.path, self.kind, self.name or self.path.name), *self.beside)


@dataclass(frozen=True)
class Found(Sequence[HandIn]):
    """The hand-ins, in natural order of their ids, and what is worth telling about them."""

    handins: tuple[HandIn, ...]
    notices: tuple[Notice, ...] = ()

    def __getitem__(self, index):  # type: ignore[no-untyped-def]
        return self.handins[index]

    def __len__(self) -> int:
        return len(self.handins)


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """A key that sorts "lab2" before "lab10"."""
    pieces = re.split(r"([0-9]+)", text.casefold())
    keys = [(1, int(p), "") if i % 2 else (0, 0, p) for i, p in enumerate(pieces)]
    return (*keys, (-1, 0, text))  # last, that equal names in other capitals keep an order
