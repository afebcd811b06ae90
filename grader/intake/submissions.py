"""Submissions as they lie on disk: whose they are, and what belongs to each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grader.evidence import Origin
from grader.platforms.folders import Student
from grader.readers.file_kinds import FileKind
from grader.readers.notices import Notice


@dataclass(frozen=True)
class SubmissionFile:
    """A file, folder or archive of a submission."""

    path: Path
    kind: FileKind
    name: str  # what the student called it: the platform's own name around it is cut off


@dataclass(frozen=True)
class Submission:
    """One submission as it lies on disk."""

    id: str  # unique in the class, safe as a file name on Linux and Windows
    student: Student  # the first of `origin.submitters`
    path: Path
    kind: FileKind
    origin: Origin = field(default_factory=Origin)
    name: str = ""  # what the student called it; "" where the platform put nothing around it
    beside: tuple[SubmissionFile, ...] = ()  # what else the platform has of the same upload

    @property
    def parts(self) -> tuple[SubmissionFile, ...]:
        """All that belongs to it."""
        return (SubmissionFile(self.path, self.kind, self.name or self.path.name), *self.beside)


@dataclass(frozen=True)
class FoundSubmissions(Sequence[Submission]):
    """The submissions, in natural order of their ids, and what is worth telling about them."""

    submissions: tuple[Submission, ...]
    notices: tuple[Notice, ...] = ()

    def __getitem__(self, index):  # type: ignore[no-untyped-def]
        return self.submissions[index]

    def __len__(self) -> int:
        return len(self.submissions)


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """A key that sorts "lab2" before "lab10"."""
    pieces = re.split(r"([0-9]+)", text.casefold())
    keys = [(1, int(p), "") if i % 2 else (0, 0, p) for i, p in enumerate(pieces)]
    return (*keys, (-1, 0, text))  # last, that equal names in other capitals keep an order
