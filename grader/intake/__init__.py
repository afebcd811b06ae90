"""Intake: finds hand-ins, tells whose they are, makes clean private copies of them."""

from grader.intake.find import Found, HandIn, find
from grader.intake.identify import Student, identify, safe_id
from grader.intake.stage import digest, digest_folder, stage
from grader.readers.archive import unpack
from grader.readers.kinds import Kind
from grader.readers.limits import CLASS_LIMITS, IntakeLimits
from grader.readers.notices import (
    ArchiveRefusedError,
    IntakeError,
    Notice,
    UnpackerMissingError,
)
from grader.readers.records import find_records

__all__ = [
    "CLASS_LIMITS",
    "ArchiveRefusedError",
    "Found",
    "HandIn",
    "IntakeError",
    "IntakeLimits",
    "Kind",
    "Notice",
    "Student",
    "UnpackerMissingError",
    "digest",
    "digest_folder",
    "find",
    "find_records",
    "identify",
    "safe_id",
    "stage",
    "unpack",
]
