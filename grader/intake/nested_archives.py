"""Archives within a submission: the same work in another wrapping is the same submission."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from grader.intake.layers import Layers, latest_first
from grader.intake.nested_folders import below, holds_code, lift
from grader.intake.reading import Reading
from grader.readers.file_kinds import named_archive
from grader.readers.limits import IntakeLimits
from grader.readers.notices import (
    ArchiveRefusedError,
    Notice,
    UnpackerMissingError,
    notice,
    refusals_of,
)

LEVELS = 6  # of archives within each other that are opened
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
            yield from _put(places, content)
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


def _put(places: Mapping[Path, Path], content: Path) -> Iterator[Notice]:
    """Put what was in archives, which lies at `places`, in their stead: the code at the top of its
    own, and what has none in the folders in which the code expects it. Of one name uploaded again
    the latest counts.
    """
    tops = {place: lift(place) for place in places.values() if holds_code(place)}
    opened = next((top.relative_to(place).parts for place, top in tops.items()), ())
    layers = Layers()
    for archive in reversed(latest_first(sorted(places, reverse=True), lambda path: path.name)):
        place = places[archive]
        archive.unlink()
        layers.lay(tops.get(place) or below(place, opened), archive.parent, archive.name)
    yield from layers.twice(content)


def less(limits: IntakeLimits, place: Path) -> IntakeLimits:
    """The limits that are left for the next part."""
    sizes = [path.stat().st_size for path in place.rglob("*") if path.is_file()]
    return replace(
        limits,
        files=max(limits.files - len(sizes), 1),
        total=max(limits.total - sum(sizes), 1),
    )
