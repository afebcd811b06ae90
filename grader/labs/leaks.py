"""What students would get of what is hidden: hidden inputs of all parts, and model answers."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from grader.assignment import Assignment
from grader.checks import reference
from grader.examine.images import Pixels, decode, pixels_digest
from grader.examine.near_duplicates import alike
from grader.labs.inner_files import contents

LEAST_SIDE = 8  # pixels along a side, from which on an array may be a picture
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
    all that is hidden: by bytes, texts, arrays and pictures, and by likeness of pictures.
    """
    hidden = _Hidden(assignment)
    leaks, closed = [], []
    pictures: dict[tuple[str, bool], Pixels] = {}
    for path in files:
        for inner in contents(path):
            plain = len(inner.names) == 1
            within = path.relative_to(assignment.home).as_posix()
            named = " → ".join((within, *inner.names[1:]))
            if inner.data is None:
                closed.append(named)
            elif twin := hidden.same(inner.data):
                leaks.append(Leak(named, twin, exact=True, plain=plain))
            else:
                pictures |= {
                    (f"{named}{place}", plain): pixels for place, pixels in _pictures(inner.data)
                }
    for (named, plain), twin in alike(pictures, hidden.pictures):
        same = pixels_digest(pictures[named, plain]) == pixels_digest(hidden.pictures[twin])
        leaks.append(Leak(named, twin, exact=same, plain=plain))
    absent = tuple(one for one in hidden_folders(assignment) if not one.is_dir())
    return Compared(tuple(leaks), tuple(dict.fromkeys(closed)), absent)


class _Hidden:
    """All that is hidden, by what tells a copy of it."""

    def __init__(self, assignment: Assignment) -> None:
        self.pictures: dict[Path, Pixels] = {}
        self._prints: dict[str, Path] = {}
        self._quoted: dict[str, Path] = {}
        self._shapes: set[tuple[int, ...]] = set()
        for folder in hidden_folders(assignment):
            for path in plain_files(folder):
                self._add(path)
        for path in answers(assignment):
            self._prints |= dict.fromkeys(_prints(path.read_bytes()), path)

    def _add(self, path: Path) -> None:
        data = path.read_bytes()
        self._prints |= dict.fromkeys(_prints(data), path)
        if (pixels := decode(data)) is not None:
            self.pictures[path] = pixels
        for array in _arrays(data):
            self._shapes.add(array.shape)
        text = _text(data)
        if len(text) >= LEAST_QUOTED:
            self._quoted[text] = path

    def same(self, data: bytes) -> Path | None:
        """What is hidden and the same as `data`, or stands in it."""
        for found in _prints(data):
            if twin := self._prints.get(found):
                return twin
        for array in _arrays(data):
            if array.ndim and array.shape[1:] in self._shapes:
                for row in array:
                    if twin := self._prints.get(_array_print(row)):
                        return twin
        text = _text(data) if self._quoted else ""
        return next((path for quoted, path in self._quoted.items() if quoted in text), None)


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
    for array in _arrays(data):
        yield _array_print(array)


def _text(data: bytes) -> str:
    """The words of a text, one blank between them; "" where it is none."""
    try:
        text = "" if b"\0" in data else data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return ""
    return " ".join(text.split())


def _arrays(data: bytes) -> Iterator[NDArray[Any]]:
    """The array of numbers that the bytes hold, where np.save wrote them."""
    if not data.startswith(b"\x93NUMPY"):
        return
    try:
        array = np.load(io.BytesIO(data), allow_pickle=False)
    except (ValueError, OSError, EOFError, SyntaxError):
        return
    if array.size and array.dtype.kind in "biuf":
        yield array


def _array_print(array: NDArray[Any]) -> str:
    """A digest of the numbers, whatever type holds them."""
    numbers = np.ascontiguousarray(array, np.float32)
    return f"{array.shape} {hashlib.sha256(numbers.tobytes()).hexdigest()}"


def _pictures(data: bytes) -> Iterator[tuple[str, Pixels]]:
    """Pictures that the bytes are: an image, or an array of one or of many."""
    if (pixels := decode(data)) is not None:
        yield "", pixels
    for array in _arrays(data):
        many = array.ndim == 4 or (array.ndim == 3 and array.shape[2] not in (1, 3))
        for number, each in enumerate(array if many else [array]):
            if (picture := _picture(each)) is not None:
                yield f"[{number}]" if many else "", picture


def _picture(array: NDArray[Any]) -> Pixels | None:
    """An array as a picture in grey or colour, its channels last or first, its values stretched."""
    if array.ndim == 3 and array.shape[0] in (1, 3) and array.shape[2] not in (1, 3):
        array = np.moveaxis(array, 0, 2)
    if array.ndim == 2:
        array = array[:, :, None]
    if array.ndim != 3 or array.shape[2] not in (1, 3) or min(array.shape[:2]) < LEAST_SIDE:
        return None
    values = np.nan_to_num(np.asarray(array, np.float32))
    if array.dtype != np.uint8:
        values = values - values.min()
        values *= 255 / max(float(values.max()), 1e-6)
    return np.ascontiguousarray(np.broadcast_to(values, (*values.shape[:2], 3)).astype(np.uint8))
