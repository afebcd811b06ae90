"""What a submission of a run holds, to be shown beside the decision about it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from grader.intake.viewing import GoneError, ShownReport, staged
from grader.runs import SubmissionEntry

MAX_REPORTS = 4  # of one submission that are shown
MAX_FILE_BYTES = 64 * 1024 * 1024  # bytes of a file that is handed on


def papers(
    entry: SubmissionEntry | None, reports: Sequence[str]
) -> tuple[list[tuple[str, ShownReport | None]] | None, list[str]]:
    """The lab reports, None where what was graded is gone; and the names of all files."""
    if entry is None or not entry.place:
        return None, []
    try:
        with staged(Path(entry.place), entry.digest) as there:
            return there.shown(reports[:MAX_REPORTS]), there.files()
    except (GoneError, OSError):
        return None, []


def file(entry: SubmissionEntry | None, number: int) -> tuple[str, bytes] | None:
    """Name and bytes of the file at a place among all files; None for no such one."""
    if entry is None or not entry.place:
        return None
    try:
        with staged(Path(entry.place), entry.digest) as there:
            names = there.files()
            if not 0 <= number < len(names):
                return None
            path = there.root / names[number]
            if path.stat().st_size > MAX_FILE_BYTES:
                return None
            return path.name, path.read_bytes()
    except (GoneError, OSError):
        return None
