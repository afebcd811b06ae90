"""Archives: unpacked by our own rules, every byte counted before it is written.

What is refused: names that lead out, passwords, damaged bytes, overlapping members, other code
under one name, more or larger files than allowed, ratios of a bomb. What is left out and told:
names that deceive or are too long, links and special files. Archives inside an archive stay as they
are; intake opens them (`grader.intake.nested_archives`).
"""

from __future__ import annotations

from pathlib import Path

from grader.readers.archive_members import entries
from grader.readers.extraction import Extraction, ExtractionTarget
from grader.readers.file_kinds import FileKind, kind_of
from grader.readers.ignored_files import environments
from grader.readers.limits import IntakeLimits
from grader.readers.notices import Notice
from grader.readers.parsing import MemberType
from grader.readers.paths import Parts


def unpack(archive: Path, target: ExtractionTarget, limits: IntakeLimits) -> tuple[Notice, ...]:
    """Hand what `archive` holds to the empty `target`; returns what is worth telling.

    Raises ArchiveRefusedError (what was handed over until then stays there, for the caller to
    remove), FormatUnknownError, or OSError for faults of this machine.
    """
    if kind_of(archive) is FileKind.SEVEN:
        from grader.readers import sevenzip

        if sevenzip.takes_names(archive):
            return sevenzip.unpack(archive, target, limits)
    sink = Extraction(target, limits, archive.stat().st_size, _environments(archive, limits))
    for member, data in entries(archive, limits):
        if file := sink.take(member):
            with file:
                for chunk in data():
                    file.write(chunk)
    return sink.notices()


def names(archive: Path, limits: IntakeLimits) -> list[str]:
    """The names of the files in `archive`, unchecked; errors as in `unpack`."""
    if kind_of(archive) is FileKind.SEVEN:
        from grader.readers import sevenzip

        return sevenzip.names(archive, limits)
    found = []
    for member, _ in entries(archive, limits):
        if member.type is MemberType.FILE:
            found.append(member.name)
        if len(found) > limits.files:
            break
    return found


def _environments(archive: Path, limits: IntakeLimits) -> frozenset[Parts]:
    """Virtual environments in a zip: thousands of files that must not use up the limits.

    Other archives have no table of contents to tell this beforehand.
    """
    if kind_of(archive) is not FileKind.ZIP:
        return frozenset()
    paths = []
    for member, _ in entries(archive, limits):
        parts = tuple(part for part in member.name.replace("\\", "/").split("/") if part != ".")
        if member.type is MemberType.FILE and 0 < len(parts) <= limits.depth:
            paths.append(parts)
    return environments(paths)
