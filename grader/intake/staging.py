"""Staging: a clean private copy of a submission, the only one that its code ever sees.

Regular files only, plain permissions, nothing that tools rebuild, names in NFC; the original is
read and never touched.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from grader.evidence import SubmissionRecord
from grader.intake.folder import OutputFolder
from grader.intake.layers import Layers, latest_first, same_work, upload_name
from grader.intake.nested_archives import less, open_nested
from grader.intake.nested_folders import below, holds_code, lift
from grader.intake.reading import Reading
from grader.intake.submissions import Submission, SubmissionFile
from grader.intake.true_names import true_names
from grader.readers.extraction import ENTRIES_PER_ALLOWED, Extraction
from grader.readers.file_kinds import FileKind
from grader.readers.ignored_files import (
    ENVIRONMENT_FOLDERS,
    ENVIRONMENT_MARKER,
    code,
    environments,
    is_ignored,
)
from grader.readers.limits import IntakeLimits
from grader.readers.notices import Notice, notice, refusals_of, refuse
from grader.readers.parsing import ArchiveMember, MemberType
from grader.readers.paths import decoded, readable_name

CHUNK_BYTES = 1024 * 1024  # bytes read at a time


def stage(
    submission: Submission,
    into: Path,
    limits: IntakeLimits | None = None,
    notices: list[Notice] | None = None,
    reading: Reading | None = None,
) -> SubmissionRecord:
    """Make a clean copy of `submission` at `into`, which must not exist or be empty.

    What is worth telling (what was left out, what was unpacked) is added to `notices`. Archives are
    unpacked by `reading`, or by one of the strongest sandbox of this machine.
    Raises ArchiveRefusedError (the student's fault), UnpackerMissingError or OSError (ours);
    nothing is left at `into` then.
    """
    limits = limits or IntakeLimits()
    told = notices if notices is not None else []
    work = into.with_name(f"{into.name}.part")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        content = work / "content"
        content.mkdir()
        with ExitStack() as own:
            reading = reading or own.enter_context(Reading(work))
            told += _lay_all(submission.parts, content, work, limits, reading)
        told += _prune_environments(content)
        root = lift(content)
        record = _settle(root, submission)
        if into.exists():
            into.rmdir()
        root.rename(into)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return record


def digest(submission: Submission) -> str:
    """A key of the original as it lies there: sha256 over an archive's bytes, or over the names,
    sizes and bytes of a folder without what is never staged. Changes whenever `stage` could.

    Raises OSError where it cannot be read.
    """
    digests = [_digest(part) for part in submission.parts]
    if len(digests) == 1:
        return digests[0]
    names = [part.name for part in submission.parts]
    return hashlib.sha256("\0".join(["parts", *digests, *names]).encode()).hexdigest()


def _digest(part: SubmissionFile) -> str:
    if part.kind is FileKind.FOLDER:
        return digest_folder(part.path)
    whole = hashlib.sha256(b"archive\0" if part.kind.archive else f"file\0{part.name}\0".encode())
    _feed(whole, part.path)
    return whole.hexdigest()


def digest_folder(folder: Path) -> str:
    """As `digest`, of any folder."""
    whole = hashlib.sha256(b"folder\0")
    for raw, path, status in sorted(_walk(folder), key=lambda found: found[0]):
        whole.update(raw + f"\0{stat.S_IFMT(status.st_mode)}\0{status.st_size}\0".encode())
        if stat.S_ISREG(status.st_mode):
            _feed(whole, path)
    return whole.hexdigest()


# --- parts ------------------------------------------------------------------------------


def _lay_all(
    parts: Sequence[SubmissionFile],
    content: Path,
    work: Path,
    limits: IntakeLimits,
    reading: Reading,
) -> Iterator[Notice]:
    """Lay what belongs to one submission into `content`: beside each other, as the student had it.

    Where a part that holds code lies in a folder of its own, that folder is the top, for the other
    parts as well. Of two files with one name, the one beside the code keeps it, and where they
    differ that is told (`layers.TWICE`). Of archives, and of sources, that are one name uploaded
    again ("lab.zip", "lab-1.zip", "lab (2).zip") the one with the highest number counts; what
    only earlier ones have stays beside it. So it is of two versions of one work under other names,
    of which the first counts.
    """
    if len(parts) == 1 and parts[0].kind is not FileKind.FILE:
        yield from _lay(parts[0], content, limits, reading)
        yield from open_nested(content, limits, reading)
        yield from true_names(content, ())
        return
    places = []
    parts = latest_first(parts, lambda part: part.name)
    for number, part in enumerate(parts):
        place = work / f"part{number}"
        place.mkdir()
        yield from _lay(part, place, limits, reading)
        _first_name(part, parts, place)
        yield from true_names(place, ())
        limits = less(limits, place)
        places.append(place)
    top = next((place for place in places if holds_code(place)), places[0])
    root = lift(top)
    opened = root.relative_to(top).parts
    layers = Layers()
    for place, part in reversed(list(zip(places, parts, strict=True))):
        if place != top:
            own = lift(place) if holds_code(place) else place
            version = own if same_work(root, own) else below(place, opened)
            layers.lay(version, content, part.name)
    layers.lay(root, content, parts[places.index(top)].name)
    yield from layers.twice(content)
    yield from open_nested(content, less(limits, content), reading)
    yield from true_names(content, [part.name for part in parts if part.kind is FileKind.FILE])


def _first_name(part: SubmissionFile, parts: Sequence[SubmissionFile], place: Path) -> None:
    """Call a source that was uploaded again ("main-1.py") as the one before it, which is there."""
    if part.kind is not FileKind.FILE or not code(part.name):
        return
    first, number = upload_name(part.name)
    named = next((one.name for one in parts if one.name.casefold() == first.casefold()), None)
    if number and named and (place / part.name).is_file():
        (place / part.name).rename(place / named)


def _lay(
    part: SubmissionFile, place: Path, limits: IntakeLimits, reading: Reading
) -> Iterator[Notice]:
    if part.kind.archive:
        with refusals_of(readable_name(Path(part.name))):
            yield from reading.unpack(part.path, place, limits)
    elif part.kind is FileKind.FOLDER:
        yield from _copy(part.path, place, limits)
    else:
        sink = Extraction(OutputFolder(place), limits, packed=limits.total)
        if output := sink.take(ArchiveMember(part.name, MemberType.FILE, part.path.stat().st_size)):
            with output:
                for chunk in _chunks(part.path):
                    output.write(chunk)


# --- folders ----------------------------------------------------------------------------


def _walk(root: Path) -> Iterator[tuple[bytes, Path, os.stat_result]]:
    """All entries that are no folders and no clutter: relative name as bytes, path, lstat."""
    pending = [root]
    while pending:
        folder = pending.pop()
        entries = sorted(os.scandir(folder), key=lambda entry: os.fsencode(entry.name))
        here = [(entry.name,) for entry in entries if not entry.is_dir(follow_symlinks=False)]
        environment = (ENVIRONMENT_MARKER,) in here
        if environment and folder != root and not any(code(name) for (name,) in here):
            continue
        for entry in entries:
            if is_ignored((entry.name,)):
                continue
            if not entry.is_dir(follow_symlinks=False):
                path = Path(entry.path)
                name = os.fsencode(path.relative_to(root))
                yield name, path, entry.stat(follow_symlinks=False)
            elif not (environment and entry.name.lower() in ENVIRONMENT_FOLDERS):
                pending.append(Path(entry.path))


def _copy(source: Path, content: Path, limits: IntakeLimits) -> Iterator[Notice]:
    """Copy what may be staged of the folder `source`, by the same rules as an archive's members."""
    sink = Extraction(
        OutputFolder(content), limits, packed=limits.total
    )  # a folder has no ratio to speak of
    for count, (raw, path, status) in enumerate(_walk(source)):
        if count > ENTRIES_PER_ALLOWED * limits.files:
            raise refuse(
                "it holds more than {limit} files", limit=ENTRIES_PER_ALLOWED * limits.files
            )
        name = decoded([raw])[0]
        if not (output := sink.take(ArchiveMember(name, _type(status.st_mode), status.st_size))):
            continue
        with output:
            for chunk in _chunks(path):
                output.write(chunk)
    yield from sink.notices()


def _type(mode: int) -> MemberType:
    if stat.S_ISREG(mode):
        return MemberType.FILE
    return MemberType.LINK if stat.S_ISLNK(mode) else MemberType.SPECIAL


def _chunks(path: Path) -> Iterator[bytes]:
    """The bytes of a regular file; a link or pipe put there meanwhile is not followed."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    descriptor = os.open(path, flags | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EIO, "no regular file any more", str(path))
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def _feed(whole: hashlib._Hash, path: Path) -> None:
    for chunk in _chunks(path):
        whole.update(chunk)


def _prune_environments(content: Path) -> Iterator[Notice]:
    """Remove virtual environments whatever their name; those of a folder were never copied."""
    paths = [path.relative_to(content).parts for path in content.rglob("*") if path.is_file()]
    for parts in sorted(environments(paths)):
        if (folder := content.joinpath(*parts)).is_dir():
            shutil.rmtree(folder)
            yield notice("the virtual environment {name} was left out", name="/".join(parts))


def _settle(root: Path, submission: Submission) -> SubmissionRecord:
    """Plain permissions for all; the value that stands for what is staged."""
    whole = hashlib.sha256()
    found: Counter[str] = Counter()
    root.chmod(0o755)
    names = sorted(path.relative_to(root).as_posix() for path in root.rglob("*"))
    for name in names:
        path = root / name
        if path.is_dir():
            path.chmod(0o755)
            continue
        path.chmod(0o644)
        bytes_of_file = path.stat().st_size
        whole.update(f"{name}\0{bytes_of_file}\0".encode())
        _feed(whole, path)
        found["files"] += 1
        found["size"] += bytes_of_file
    return SubmissionRecord(
        id=submission.id,
        name=submission.student.name or submission.id,
        number=submission.student.number,
        source=readable_name(submission.path.resolve()),
        digest=whole.hexdigest(),
        size=found["size"],
        files=found["files"],
        origin=submission.origin,
    )
