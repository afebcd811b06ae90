"""What students would get of what is hidden: hidden inputs of all parts, and model answers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from grader.assignment import Assignment
from grader.checks import reference
from grader.examine.images import Pixels, decode, pixels_digest
from grader.examine.near_duplicates import alike
from grader.labs.inner_files import contents, text_of
from grader.labs.number_arrays import Arrays, Size, arrays, pictures, written

MAX_HELD_BYTES = 256 * 1024 * 1024  # bytes of pictures that are compared at one time
MAX_SIZES = 32  # measures of hidden pictures by which rows of numbers are tried
LEAST_NUMBERS = 8  # of a hidden array, from which on it is looked for in rows of whatever shape
LEAST_QUOTED = 30  # letters of a hidden text, from which on it is looked for within others


class Leak(NamedTuple):
    """A content that students would get, and what it is of what is hidden.

    exact: it is the same; else a picture that looks like it. plain: it is a file of its own.
    """

    given: str
    hidden: Path
    exact: bool
    plain: bool


class Compared(NamedTuple):
    """What came of it: leaks, files that could not be looked into, hidden folders that are not
    there.
    """

    leaks: tuple[Leak, ...]
    closed: tuple[str, ...]
    absent: tuple[Path, ...]


def hidden_folders(assignment: Assignment) -> tuple[Path, ...]:
    """The folders of hidden inputs: the images, and those of each part."""
    parts = (assignment.home / part.hidden for part in assignment.parts)
    return tuple(dict.fromkeys((assignment.hidden, *parts)))


def answers(assignment: Assignment) -> tuple[Path, ...]:
    """Model answers: the reference's entry, and the references of networks."""
    files = [assignment.home / each.reference for each in assignment.networks if each.reference]
    if (own := reference.own(assignment)) is not None:
        files.append(own / assignment.interface.entry)
    return tuple(dict.fromkeys(path for path in files if path.is_file()))


def is_hidden(path: Path, assignment: Assignment) -> bool:
    """Whether a file lies in a hidden folder or is a model answer, by whatever way it is named."""
    place = path.resolve()
    inside = any(place.is_relative_to(one.resolve()) for one in hidden_folders(assignment))
    return inside or place in {one.resolve() for one in answers(assignment)}


def compare(assignment: Assignment, files: Sequence[Path]) -> Compared:
    """Compare `files` of the lab, and what lies in archives, arrays and notebooks among them, with
    all that is hidden: by bytes, texts, arrays and pictures, and by likeness of pictures, also of
    mirrored and turned ones.
    """
    hidden = _Hidden(assignment)
    leaks: list[Leak] = []
    closed: list[str] = []

    def seen() -> Iterator[_Seen]:
        for path in files:
            within = path.relative_to(assignment.home).as_posix()
            for inner in contents(path):
                plain = len(inner.names) == 1
                named = " → ".join((within, *inner.names[1:]))
                if inner.data is None:
                    closed.append(named)
                elif twin := hidden.same(inner.data):
                    leaks.append(Leak(named, twin, exact=True, plain=plain))
                elif inner.pixels is not None:
                    yield _Seen(named, plain, inner.pixels)
                else:
                    numbers = numbers_of(inner.data)
                    closed.extend([] if numbers.whole else [named])
                    for place, pixels in pictures(numbers.found, hidden.sizes):
                        yield _Seen(f"{named}{place}", plain, pixels)

    seeming = dict.fromkeys(hidden.alike(seen()))
    leaks += seeming
    absent = tuple(one for one in hidden_folders(assignment) if not one.is_dir())
    return Compared(tuple(leaks), tuple(dict.fromkeys(closed)), absent)


class _Seen(NamedTuple):
    """A picture that students would get. plain: it is a file of its own."""

    named: str
    plain: bool
    pixels: Pixels


class _Hidden:
    """All that is hidden, by what tells a copy of it."""

    def __init__(self, assignment: Assignment) -> None:
        self.sizes: set[Size] = set()
        self._pictures: dict[tuple[Path, int], Pixels] = {}  # each mirrored and turned
        self._prints: dict[str, Path] = {}
        self._quoted: dict[str, Path] = {}
        self._shapes: set[tuple[int, ...]] = set()
        self._lengths: set[int] = set()
        for folder in hidden_folders(assignment):
            for path in plain_files(folder):
                self._add(path)
        for path in answers(assignment):
            self._prints |= dict.fromkeys(_prints(path.read_bytes()), path)

    def _add(self, path: Path) -> None:
        data = path.read_bytes()
        self._prints |= dict.fromkeys(_prints(data), path)
        if (pixels := decode(data)) is not None:
            if len(self.sizes) < MAX_SIZES:
                self.sizes.add((pixels.shape[0], pixels.shape[1]))
            for turn, turned in enumerate(_turned(pixels)):
                self._pictures[path, turn] = turned
        for array in arrays(data).found:
            self._shapes.add(array.shape)
            if array.size >= LEAST_NUMBERS and array.min() != array.max():
                self._lengths.add(array.size)
                self._prints[_array_print(array.ravel())] = path
        text = _text(data)
        if len(text) >= LEAST_QUOTED:
            self._quoted[text] = path

    def same(self, data: bytes) -> Path | None:
        """What is hidden and the same as `data`, or stands in it."""
        for found in _prints(data):
            if twin := self._prints.get(found):
                return twin
        for array in numbers_of(data).found if self._shapes else ():
            for row in self._rows(array):
                if twin := self._prints.get(_array_print(row)):
                    return twin
        text = _text(data) if self._quoted else ""
        return next((path for quoted, path in self._quoted.items() if quoted in text), None)

    def _rows(self, array: NDArray[Any]) -> Iterator[NDArray[Any]]:
        """The rows of an array that may be hidden ones, in their shape or one behind another."""
        if array.ndim and array.shape[1:] in self._shapes:
            yield from array
        if array.size in self._lengths:
            yield array.ravel()
        length = array.size // max(1, len(array)) if array.ndim > 1 else 0
        for each in sorted(self._lengths) if array.ndim == 1 else (length, length - 1):
            if each in self._lengths and each < array.size:
                if array.ndim == 1 and array.size % each == 0:
                    yield from array.reshape(-1, each)
                elif array.ndim > 1 and each == length:
                    yield from array.reshape(len(array), each)
                elif array.ndim > 1:  # a label before or behind
                    flat = array.reshape(len(array), length)
                    yield from (row for part in (flat[:, 1:], flat[:, :-1]) for row in part)

    def alike(self, shown: Iterable[_Seen]) -> Iterator[Leak]:
        """Those of the pictures that look like hidden ones."""
        held: list[_Seen] = []
        size = 0
        for one in shown:
            held.append(one)
            size += one.pixels.nbytes
            if size > MAX_HELD_BYTES:
                yield from self._alike(held)
                held, size = [], 0
        yield from self._alike(held)

    def _alike(self, shown: Sequence[_Seen]) -> Iterator[Leak]:
        pictures = {number: one.pixels for number, one in enumerate(shown)}
        for number, twin in alike(pictures, self._pictures):
            one = shown[number]
            same = pixels_digest(one.pixels) == pixels_digest(self._pictures[twin])
            yield Leak(one.named, twin[0], exact=same, plain=one.plain)


def _turned(pixels: Pixels) -> Iterator[Pixels]:
    """The picture as it is, then turned by 90, 180 and 270 degrees; the same mirrored."""
    for each in (pixels, pixels[:, ::-1]):
        for quarters in range(4):
            yield np.rot90(each, quarters)


def plain_files(folder: Path) -> Iterator[Path]:
    """The regular files below `folder`, but for compiled Python."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink() and "__pycache__" not in path.parts:
            yield path


def _prints(data: bytes) -> Iterator[str]:
    """Digests of the bytes, of the words of a text and of the numbers of an array; none of what is
    empty, which tells nothing.
    """
    if not data.strip():
        return
    yield hashlib.sha256(data).hexdigest()
    if text := _text(data):
        yield f"text {hashlib.sha256(text.encode()).hexdigest()}"
    for array in arrays(data).found:
        yield _array_print(array)


def _text(data: bytes) -> str:
    """The words of a text, one blank between them; "" where it is none."""
    return " ".join(text_of(data).split())


def numbers_of(data: bytes) -> Arrays:
    """Arrays of numbers that the bytes hold, as np.save writes them or in a text."""
    found = arrays(data)
    if found.found or b"\0" in data:
        return Arrays(found.found, whole=True)  # what is unknown is told of the content
    return written(data)


def _array_print(array: NDArray[Any]) -> str:
    """A digest of the numbers, whatever type holds them."""
    numbers = np.ascontiguousarray(array, np.float32)
    return f"{array.shape} {hashlib.sha256(numbers.tobytes()).hexdigest()}"
