"""Intake: finds hand-ins, tells whose they are, makes clean private copies of them."""

from grader.intake.find import find
from grader.intake.handins import Found, HandIn, Part
from grader.intake.ids import safe_id
from grader.intake.reading import Allowance, LeftOut, Reading
from grader.intake.stage import digest, digest_folder, stage
from grader.platforms.folders import Student, identify
from grader.readers.kinds import Kind
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
    "Found",
    "HandIn",
    "IntakeError",
    "IntakeLimits",
    "Kind",
    "LeftOut",
    "Notice",
    "Part",
    "Reading",
    "Student",
    "UnpackerMissingError",
    "digest",
    "digest_folder",
    "find",
    "identify",
    "safe_id",
    "stage",
]
