"""Why a reader has no document to give: the submission's limit, this machine's, a package's
absence.
"""

from __future__ import annotations

import os
from typing import NamedTuple

from grader.intake import reader_documents
from grader.language import Sentence
from grader.sandbox.contract import (
    End,
    SandboxUnavailableError,
)
from grader.worker import protocol


class LeftOut(NamedTuple):
    """Something that could not be read within a limit: a file or a kind of reading, and which."""

    what: str
    limit: str  # "time", "memory", or how the reader ended


class ReaderStarvedError(SandboxUnavailableError):
    """This machine gave a reader too little processor time for it to be judged by the clock."""

    def __init__(self) -> None:
        super().__init__(
            Sentence(
                "This machine was too busy to read what was submitted: the process that reads it "
                "came to its end by the clock before it had its processor time."
            ),
            Sentence("Grade with fewer --jobs, or when less else runs, by the same command again."),
        )


class ReaderLackingError(SandboxUnavailableError):
    """A library that the grader reads submissions with is not installed."""

    def __init__(self, name: str) -> None:
        super().__init__(
            Sentence("The grader lacks {name}, which reads what was submitted.", {"name": name}),
            Sentence("Install the grader's requirements again: pip install 'lab-grader[staff]'"),
        )


class ReaderEndedError(Exception):
    """The reader is gone; `end` says why. What it read is to blame."""

    def __init__(self, end: End) -> None:
        super().__init__(f"{end.cause.value}: {end.detail}")
        self.end = end


def require_machine(report: protocol.Meta) -> None:
    """Raises OSError where the machine failed the reader, ReaderLackingError where its libraries
    are not there.
    """
    if (lacking := report.get("lacking")) is not None:
        raise ReaderLackingError(reader_documents.text(lacking))
    if (machine := report.get("machine")) is not None:
        number = machine[0] if isinstance(machine, list) and machine else 0
        raise OSError(number, os.strerror(number) if isinstance(number, int) else "failed")
