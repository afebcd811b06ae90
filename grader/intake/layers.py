"""Parts of one submission laid over each other: which of them counts, and what is there twice."""

from __future__ import annotations

import filecmp
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from grader.evidence.vocabulary import VOCABULARY
from grader.intake.nested_folders import is_reading, merge
from grader.readers.ignored_files import code
from grader.readers.notices import Notice, notice

TWICE: Final = VOCABULARY["handed-in-twice"][1]  # told of a file that several parts have
_AGAIN = re.compile(
    r"(?P<stem>.+?)(?:-(?P<dash>\d{1,2})| ?\((?P<brackets>\d{1,2})\))"
    r"(?P<suffix>(?:\.tar)?\.[A-Za-z0-9]+)"
)
_T = TypeVar("_T")


class UploadName(NamedTuple):
    """The name of an upload without the number that a platform or browser gave it when it came
    again: "Lab.zip" of "Lab-1.zip" and "Lab (1).zip". number: 0 for the first.
    """

    first: str
    number: int


def upload_name(name: str) -> UploadName:
    """What `name` may be an upload of; whether it is one shows by the others."""
    again = _AGAIN.fullmatch(name)
    if again is None:
        return UploadName(name, 0)
    return UploadName(again["stem"] + again["suffix"], int(again["dash"] or again["brackets"]))


def latest_first(parts: Sequence[_T], name: Callable[[_T], str]) -> list[_T]:
    """The parts, in their order but for those that are one name uploaded again: of these the one
    with the highest number stands where the first of them stood, and the others behind it.
    """
    names = [upload_name(name(part)) for part in parts]
    first: dict[str, int] = {}
    for place, each in enumerate(names):
        first.setdefault(each.first.casefold(), place)
    order = sorted(
        range(len(parts)), key=lambda at: (first[names[at].first.casefold()], -names[at].number)
    )
    return [parts[at] for at in order]


def same_work(root: Path, other: Path) -> bool:
    """Whether two folders hold code of one name at their top: two versions of one work."""

    def names(folder: Path) -> set[str]:
        found = {path.name for path in folder.iterdir() if path.is_file() and code(path.name)}
        return found - {"__init__.py"}

    return not names(root).isdisjoint(names(other))


class Layers:
    """Lays parts over each other, and remembers of which part a file is."""

    def __init__(self) -> None:
        self._names: dict[Path, list[str]] = {}  # of the parts whose versions differ, the last used

    def lay(self, source: Path, target: Path, part: str) -> None:
        """Move what `source` holds into `target`; of two files at one place this one is used."""
        for path in sorted(source.rglob("*")):
            if not path.is_file():
                continue
            place = target / path.relative_to(source)
            names = self._names.setdefault(place, [])
            if not names or not place.is_file() or not filecmp.cmp(path, place, shallow=False):
                names.append(part)
        merge(source, target)

    def twice(self, top: Path) -> Iterator[Notice]:
        """What is told of files below `top` that several parts have, one different from the other:
        the code first. What people read is kept beside each other, and none of it is used.
        """
        by_parts: dict[tuple[str, ...], list[Path]] = {}
        for place, names in self._names.items():
            if len(names) > 1 and not is_reading(place.name):
                by_parts.setdefault(tuple(names), []).append(place.relative_to(top))
        for (*others, used), places in by_parts.items():
            first = min(places, key=lambda path: (not code(path.name), len(path.parts), path))
            more = f" (+{len(places) - 1})" if len(places) > 1 else ""
            yield notice(TWICE, path=first.as_posix(), more=more, used=used, others=others)
