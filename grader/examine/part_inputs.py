"""Hidden inputs of the assignment's other parts: images, arrays or texts, one folder a class."""

from __future__ import annotations

import hashlib
import io
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from grader.assignment import Assignment, AssignmentError, Part
from grader.examine.images import HiddenImage, HiddenSet, PartSet, decode, foreign_folder
from grader.language import Sentence
from grader.readers.ignored_files import is_ignored

MAX_TEXT_BYTES = 1024 * 1024  # bytes of a text
MAX_ARRAY_BYTES = 64 * 1024 * 1024  # bytes of an array, as a message to a worker holds
DTYPES: Mapping[str, str] = {  # what arrays become: what a worker can be given
    "bool": "uint8",
    "uint8": "uint8",
    "int8": "int32",
    "int16": "int32",
    "uint16": "int32",
    "int32": "int32",
    "int64": "int32",
    "uint32": "int32",
    "float16": "float32",
    "float32": "float32",
    "float64": "float32",
}

Value = NDArray[Any]


def with_parts(hidden: HiddenSet, assignment: Assignment) -> HiddenSet:
    """The hidden set with the inputs of all parts, and a digest of all of it.

    Raises AssignmentError for a folder that is absent, empty or of no class of the part, and for
    inputs that cannot be read; all of them at once.
    """
    if not assignment.parts:
        return hidden
    parts, wrong = read_parts(assignment)
    if wrong:
        raise AssignmentError(*wrong)
    digest = hashlib.sha256(hidden.digest.encode())
    for part in parts:
        for each in part.inputs:
            digest.update(f"{part.id}\0{each.id}\0{each.sha256}\0".encode())
    return hidden._replace(parts=parts, digest=digest.hexdigest())


def read_parts(assignment: Assignment) -> tuple[tuple[PartSet, ...], list[Sentence]]:
    """The hidden inputs of each part with which nothing is wrong, and what is wrong with those of
    the others.
    """
    sound: list[PartSet] = []
    faults: list[Sentence] = []
    for part in assignment.parts:
        wrong: list[Sentence] = []
        found = read_part(part, assignment.home / part.hidden, wrong)
        faults += wrong
        sound += [] if wrong else [found]
    return tuple(sound), faults


def read_part(part: Part, folder: Path, wrong: list[Sentence]) -> PartSet:
    """The inputs of a part below `folder`, one folder a class; `wrong` grows by what is wrong."""
    truths = {label.folder: label.en for label in part.classes}
    inputs, before = [], len(wrong)
    for inner in sorted(folder.iterdir()) if folder.is_dir() else ():
        name = unicodedata.normalize("NFC", inner.name)
        if name.startswith(".") or is_ignored((name,)) or not inner.is_dir():
            continue
        if name not in truths:
            there = [path for path in folder.iterdir() if path.is_dir()]
            wrong.append(foreign_folder(inner, part.classes, there))
            continue
        for path in sorted(inner.iterdir()):
            if path.name.startswith(".") or is_ignored((path.name,)):
                continue
            data = path.read_bytes() if path.is_file() else b""
            if _decoded(part, data) is None:
                wrong.append(_unreadable(part, path, data))
            file = unicodedata.normalize("NFC", path.name)
            digest = hashlib.sha256(data).hexdigest()
            inputs.append(HiddenImage(f"{name}/{file}", truths[name], path, digest))
    if not inputs and len(wrong) == before:  # else what there is has been told of
        wrong.append(
            Sentence(
                "{path}: no inputs of the part {part}. Expected one folder a class, such as "
                "{example}.",
                {"path": str(folder), "part": part.id, "example": part.classes[0].folder},
            )
        )
    return PartSet(part.id, len(part.classes), tuple(sorted(inputs)))


def _unreadable(part: Part, path: Path, data: bytes) -> Sentence:
    """Why a file is no input of a part, and what to do."""
    if part.inputs == "texts" and 0 < len(data) <= MAX_TEXT_BYTES:
        return Sentence(
            "{path}: not in UTF-8. Save it as UTF-8: Chinese Windows may have written it in GBK.",
            {"path": str(path)},
        )
    return Sentence(
        "{path}: cannot be read; expected {expected}.",
        {"path": str(path), "expected": _EXPECTED[part.inputs]},
    )


def value_of(part: Part, given: HiddenImage, channels: str) -> Value:
    """What the part's function is called with; a text as its bytes.

    Raises OSError where the file is gone or can no longer be read: a fault of ours.
    """
    value = _decoded(part, given.path.read_bytes())
    if value is None:
        raise OSError(f"{given.path}: can no longer be read")
    if part.inputs == "images" and channels == "RGB":
        return np.ascontiguousarray(value[:, :, ::-1])
    return value


def _decoded(part: Part, data: bytes) -> Value | None:
    return _DECODERS[part.inputs](data)


def _array(data: bytes) -> Value | None:
    if len(data) > MAX_ARRAY_BYTES:
        return None
    try:
        found = np.load(io.BytesIO(data), allow_pickle=False)
    except (ValueError, OSError, EOFError, SyntaxError, BadZipFile):
        return None
    kind = DTYPES.get(found.dtype.name) if isinstance(found, np.ndarray) else None
    if kind is None or found.ndim > 8:
        return None
    fits = kind != "int32" or not found.size or abs(found).max() < 2**31
    return np.asarray(found, kind) if fits else None


def _text(data: bytes) -> Value | None:
    if len(data) > MAX_TEXT_BYTES:
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return np.frombuffer(text.encode(), np.uint8)


_DECODERS: Mapping[str, Callable[[bytes], Value | None]] = {
    "images": decode,
    "arrays": _array,
    "texts": _text,
}
_EXPECTED = {
    "images": Sentence("an image"),
    "arrays": Sentence("an array of numbers that np.save wrote, of at most 64 MiB"),
    "texts": Sentence("a text in UTF-8, of at most 1 MiB"),
}
