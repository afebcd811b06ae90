"""Intake: finds submissions, tells whose they are, makes clean private copies of them."""

from grader.intake.discovery import find
from grader.intake.ids import safe_id
from grader.intake.reader_faults import LeftOut
from grader.intake.reading import Allowance, Reading
from grader.intake.staging import digest, digest_folder, stage
from grader.intake.submissions import FoundSubmissions, Submission, SubmissionFile
from grader.platforms.folders import Student, identify
from grader.readers.file_kinds import FileKind
from grader.readers.limits import CLASS_LIMITS, IntakeLimits
from grader.readers.notices import (
    ArchiveRefusedError,
    IntakeError,
    Notice,
    UnpackerMissingError,
)

__all__ = [
    "CLASS_LIMITS",
    "Allowance",
    "ArchiveRefusedError",
    "FileKind",
    "FoundSubmissions",
    "IntakeError",
    "IntakeLimits",
    "LeftOut",
    "Notice",
    "Reading",
    "Student",
    "Submission",
    "SubmissionFile",
    "UnpackerMissingError",
    "digest",
    "digest_folder",
    "find",
    "identify",
    "safe_id",
    "stage",
]
