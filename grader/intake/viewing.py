"""A submission once more, to be looked at: staged again, its reports read in the reader's box."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from grader.intake.discovery import find
from grader.intake.reader_documents import ReaderDocument, StagedDocument
from grader.intake.reading import Allowance, Reading
from grader.intake.staging import digest, stage
from grader.intake.submissions import Submission
from grader.readers.notices import ArchiveRefusedError, IntakeError
from grader.sandbox.contract import Sandbox
from grader.sandbox.temporary_folders import temporary

# A page of a report is drawn, which takes more than counting it.
ALLOWANCE = Allowance(seconds=30, memory=1024, output=32)
ENCODED = 2_000_000  # characters of a picture in base64


class Block(ReaderDocument):
    """A part of a report: its text, or a JPEG in base64."""

    kind: Literal["heading", "text", "code", "printed", "picture"]
    held: Annotated[str, Field(max_length=ENCODED)]


class ShownReport(StagedDocument):
    """A report as it can be shown."""

    blocks: Annotated[list[Block], Field(max_length=2_000, default_factory=list)]


class GoneError(Exception):
    """What was graded lies no longer where it lay, or is another by now."""


class StagedSubmission:
    """A submission's files, as they were graded."""

    def __init__(self, root: Path, sandbox: Sandbox | None) -> None:
        self.root, self._sandbox = root, sandbox

    def files(self) -> list[str]:
        """The paths of all files, in order: what a number on a page means."""
        found = (path for path in self.root.rglob("*") if path.is_file())
        return sorted(path.relative_to(self.root).as_posix() for path in found)

    def shown(self, files: Sequence[str]) -> list[tuple[str, ShownReport | None]]:
        """Each of these reports with its blocks; None where a limit ended the reader."""
        there = set(self.files())
        with Reading(self.root, self._sandbox, ALLOWANCE) as reading:
            return [
                (file, reading.of_staged(ShownReport, "show", self.root, {"file": file}))
                for file in files
                if file in there
            ]


@contextmanager
def staged(place: Path, wanted: str, sandbox: Sandbox | None = None) -> Iterator[StagedSubmission]:
    """The submission at `place` with the digest `wanted`, in a folder that goes with the block.

    Raises GoneError where there is no such submission any more, and OSError.
    """
    submission = _found(place, wanted, sandbox)
    with temporary("review") as folder:
        folder.chmod(0o755)
        root = folder / "submission"
        try:
            stage(submission, root)
            yield StagedSubmission(root, sandbox)
        except ArchiveRefusedError:
            raise GoneError from None
        finally:
            shutil.rmtree(root, ignore_errors=True)


def _found(place: Path, wanted: str, sandbox: Sandbox | None) -> Submission:
    """By its place alone; a loose file, by the folder that it lies in."""
    for path in (place, place.parent):
        try:
            for submission in find([path], sandbox=sandbox):
                if submission.path.resolve() == place.resolve() and digest(submission) == wanted:
                    return submission
        except (IntakeError, OSError):
            continue
    raise GoneError
