"""Intake: finds hand-ins, tells whose they are, makes clean private copies of them."""

from grader.intake.archive import unpack
from grader.intake.find import Found, HandIn, find
from grader.intake.identify import Student, identify, safe_id
from grader.intake.kinds import Kind
from grader.intake.limits import CLASS_LIMITS, IntakeLimits
from grader.intake.notices import (
    ArchiveRefusedError,
    IntakeError,
    Notice,
    UnpackerMissingError,
)
from grader.intake.records import find_records
from grader.intake.stage import digest, digest_folder, stage

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
