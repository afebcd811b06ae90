"""Archives within a submission, and its folders laid into each other: the same work in another
wrapping is the same submission.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from grader.intake.reading import Reading
from grader.readers.file_kinds import named_archive
from grader.readers.ignored_files import code
from grader.readers.limits import IntakeLimits
from grader.readers.notices import (
    ArchiveRefusedError,
    Notice,
    UnpackerMissingError,
    notice,
    refusals_of,
)

LEVELS = 6  # of archives within each other that are opened
FOR_PEOPLE = (".md", ".txt", ".pdf", ".doc", ".docx", ".wps", ".odt", ".rtf", ".html", ".url")
ARCHIVES = 10  # at one level: code and weights, perhaps parts of a report, but no data set


def open_nested(content: Path, limits: IntakeLimits, reading: Reading) -> Iterator[Notice]:
    """Unpack the archives in a folder that holds no code, and those that come to light then.

    Learning platforms and students wrap what is already wrapped; where there is code, an archive
    beside it is something that the code may ask for, and stays. Each is unpacked where it lies; the
    limits are those of the whole. An archive that cannot be opened is refused as if it had been
    handed in by itself, unless another of them holds code.

    Raises ArchiveRefusedError, UnpackerMissingError, OSError.
    """
    closed: dict[Path, ArchiveRefusedError | UnpackerMissingError] = {}
    for _ in range(LEVELS):
        found = [path for path in _archives(content) if path not in closed]
        if not found or len(found) > ARCHIVES or holds_code(content):
            break
        with ExitStack() as opened:
            places = {}
            room = less(limits, content)
            for number, archive in enumerate(found):
                place = content.with_name(f"{content.name}.inner{number}")
                opened.callback(shutil.rmtree, place, ignore_errors=True)
                place.mkdir()
                try:
                    with refusals_of(archive.name):
                        yield from reading.unpack(archive, place, room)
                except (ArchiveRefusedError, UnpackerMissingError) as error:
                    closed[archive] = error
                    continue
                yield notice("{name} was unpacked", name=archive.name)
                room = less(room, place)
                places[archive] = place
            _put(places)
    if holds_code(content):
        for archive, why in closed.items():
            yield notice("{name} was not unpacked: {reason}", name=archive.name, reason=why.said)
    elif closed:
        raise next(iter(closed.values()))
    elif left := _archives(content):
        yield notice(
            "{count} archives in it were not unpacked, such as {name}; an archive of the folder "
            "that holds the code is expected",
            count=len(left),
            name=left[0].name,
        )


def _archives(content: Path) -> list[Path]:
    paths = (path for path in content.rglob("*") if named_archive(path.name) and path.is_file())
    return sorted(paths)


def _put(places: Mapping[Path, Path]) -> None:
    """Put what was in archives, which lies at `places`, in their stead: the code at the top of its
    own, and what has none in the folders in which the code expects it.
    """
    tops = {place: lift(place) for place in places.values() if holds_code(place)}
    opened = next((top.relative_to(place).parts for place, top in tops.items()), ())
    for archive, place in places.items():
        archive.unlink()
        merge(tops.get(place) or below(place, opened), archive.parent)


def below(place: Path, opened: Sequence[str]) -> Path:
    """The folder in `place` in which what belongs to the code lies, if folders of these names,
    around each other, were opened around the code.
    """
    for name in opened:
        if [entry.name for entry in place.iterdir()] != [name]:
            break
        place = place / name
    return place


def less(limits: IntakeLimits, place: Path) -> IntakeLimits:
    """The limits that are left for the next part."""
    sizes = [path.stat().st_size for path in place.rglob("*") if path.is_file()]
    return replace(
        limits,
        files=max(limits.files - len(sizes), 1),
        total=max(limits.total - sum(sizes), 1),
    )


def holds_code(folder: Path) -> bool:
    """Whether code lies anywhere in `folder`."""
    return any(code(path.name) and path.is_file() for path in folder.rglob("*"))


def is_reading(name: str) -> bool:
    """Whether a file is for people: no code opens it."""
    return name.lower().endswith(FOR_PEOPLE)


def lift(content: Path) -> Path:
    """The folder that is to be the top: single folders that hold all code are opened.

    Files beside such a folder are in it, too, then, unless a name is there twice. Where one of them
    may be opened by the code, by its place beside the folder, that stays, and is the top.
    """
    while True:
        entries = list(content.iterdir())
        folders = [entry for entry in entries if entry.is_dir()]
        files = [entry for entry in entries if not entry.is_dir()]
        if len(folders) != 1 or any(code(file.name) for file in files):
            return content
        inner = folders[0]
        if files and not holds_code(inner):
            return content
        if any((inner / file.name).exists() for file in files):
            return content
        if not all(is_reading(file.name) for file in files):
            for file in files:
                os.link(file, inner / file.name)
            return content
        for file in files:
            file.rename(inner / file.name)
        content = inner


def merge(source: Path, target: Path) -> None:
    """Move what `source` holds into `target`; what is there already makes place for it."""
    for entry in list(source.iterdir()):
        place = target / entry.name
        if place.exists() and entry.is_dir() and place.is_dir():
            merge(entry, place)
        elif not place.exists():
            entry.rename(place)
        else:
            place.rename(_free(place))
            entry.rename(place)


def _free(place: Path) -> Path:
    """A name beside `place` that nothing has."""
    free, number = place.with_name(f"{place.name}.beside"), 1
    while free.exists():
        number += 1
        free = place.with_name(f"{place.name}.beside{number}")
    return free
