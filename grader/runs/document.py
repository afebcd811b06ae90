"""The document of a run: all that marks, tables and pages of an output folder follow from, but for
the evidence and what persons decided, which are documents of their own beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from grader.assignment import Assignment, Policy
from grader.evidence import Document, Evidence, Fingerprint, Origin, Roster
from grader.scoring import Asked, Grade, Status

SCHEMA = 1  # raised when a field changes its meaning; `grader.runs.folder` reads all former ones


class Setting(Document):
    """One value that a person laid over the assignment with ``--set``."""

    text: str  # "policy.cost=4", as it was typed
    author: str  # who set it
    time: str  # ISO 8601, UTC

    @property
    def key(self) -> str:
        """What it sets: "policy.cost"."""
        return self.text.partition("=")[0].strip()


class HiddenImages(Document):
    """The hidden set that submissions were examined on."""

    place: str  # the folder, absolute; it may be gone since
    digest: str  # over ids and bytes; "" where it is not known
    images: dict[str, str] = Field(default_factory=dict)  # id -> sha256 of the file


class SubmissionEntry(Document):
    """One submission of the class."""

    id: str  # unique in the class
    name: str  # the student's as far as it is known, else the id
    number: str = ""  # the student's as far as it is known
    source: str  # name of the folder or archive
    digest: str  # sha256 over names and bytes of what was submitted
    given: str  # the path of the command line that it was found under, absolute
    place: str = ""  # where it lies, absolute; "" inside an archive of the whole class
    formerly: tuple[str, ...] = ()  # ids under which the same files were here, the last one first
    origin: Origin = Origin()  # whose it is; of nobody in particular in documents of 0.1.0
    # "present": it counts; "gone": a later command did not find it any more, so it has no mark.
    state: Literal["present", "gone"] = "present"


class PublishedMark(Document):
    """What was published of one submission."""

    score: float | None  # None while ungraded
    possible: float  # marks
    status: Status  # as in the grade
    key: str  # of its evidence
    digest: str  # of what was submitted
    examined: str  # when, ISO 8601, UTC
    overrides: tuple[str, ...] = ()  # ids of the decisions that were applied


class Publication(Document):
    """One publication of the class's marks: tables and pages were written with these."""

    number: int  # from 1, in the order of time
    time: str  # ISO 8601, UTC
    author: str  # who ran the command
    why: str  # the command: "grade", "rescore", "override", "export"
    grader: str  # version
    policy: Policy  # the rules that the marks follow from
    marks: dict[str, PublishedMark]  # by the submission's id


class Run(Document):
    """What an output folder is about. Every command works from this, and from nothing that lies
    in the folder that it is called from.
    """

    schema_version: int = SCHEMA  # raised when a field changes its meaning
    id: str  # of this run; tables carry it
    started: str  # when the first examination was begun, ISO 8601, UTC
    assignment: Assignment  # all of it, with `settings` laid over
    assignment_digest: str  # of all that was asked, checks included
    checks: dict[str, str] = Field(default_factory=dict)  # file of checks -> sha256
    # Marks of all checks together, as tried before the class; null where they could not be.
    check_points: float | None = None
    settings: tuple[Setting, ...] = ()  # what --set laid over
    original: Assignment | None = None  # without `settings`; None in documents of 0.1.0
    hidden: HiddenImages  # the images that were asked
    roster: Roster | None = None  # None where none was given
    device: str = "CPU"  # what submissions run on
    level: str = "strong"  # of confinement
    versions: dict[str, str] = Field(default_factory=dict)  # "grader", "python", each runtime
    # What submissions may share: the teacher's own files; null where none are declared.
    handed_out: Fingerprint | None = None
    submissions: tuple[SubmissionEntry, ...] = ()  # all that ever were here
    publication: Publication | None = None  # the latest one

    @property
    def present(self) -> list[str]:
        """Ids of the submissions that count, in order."""
        return sorted(entry.id for entry in self.submissions if entry.state == "present")

    @property
    def asked(self) -> Asked:
        """What carries marks beside the hidden images."""
        parts = tuple(part.id for part in self.assignment.parts)
        return Asked(parts, self.check_points)


def mark_of(evidence: Evidence, grade: Grade) -> PublishedMark:
    """What is published of a submission with this evidence and grade."""
    return PublishedMark(
        score=grade.score,
        possible=grade.possible,
        status=grade.status,
        key=evidence.key,
        digest=evidence.submission.digest,
        examined=evidence.started,
        overrides=tuple(each.decision for each in grade.overrides),
    )


def settings_with(settings: Sequence[Setting], more: Sequence[Setting]) -> tuple[Setting, ...]:
    """The settings with `more` laid over: the last word about each key."""
    return tuple({setting.key: setting for setting in (*settings, *more)}.values())
