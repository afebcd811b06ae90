"""Intake: finds hand-ins, tells whose they are, makes clean private copies of them."""

from grader.intake.find import find
from grader.intake.handins import Found, HandIn, Part
from grader.intake.ids import safe_id
from grader.intake.stage import digest, digest_folder, stage
from grader.platforms.folders import Student, identify
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
    "Part",
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
