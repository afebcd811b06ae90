"""The hidden images: read, checked, and put in an order that no submission can foresee."""

from __future__ import annotations

import hashlib
import io
import random
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from grader.assignment import Assignment, AssignmentError, Label
from grader.language import Sentence
from grader.readers.ignored_files import is_ignored

MAX_IMAGE_BYTES = 256 * 1024 * 1024  # bytes of a file that may be an image
ALIKE = 0.6  # of `difflib`, from which on a folder is taken for that of a class misspelt
MAX_NAMED = 5  # names of files that a sentence lists
# Suffixes that promise an image: one that cannot be read is a fault of the set, not something else.
SUFFIXES = frozenset(
    {
        *(".jpg", ".jpeg", ".jpe", ".jfif", ".pjpeg", ".pjp", ".png", ".bmp", ".dib", ".webp"),
        *(".tif", ".tiff", ".gif", ".avif", ".jp2", ".heic", ".heif", ".ppm", ".pgm", ".pbm"),
        *(".svg", ".ico", ".raw", ".dng"),
    }
)
# What Pillow reads where OpenCV cannot; no format that starts a program or is told by few bytes.
_PILLOW = ("AVIF", "BMP", "GIF", "JPEG", "JPEG2000", "PNG", "PPM", "TIFF", "WEBP")

Pixels = NDArray[np.uint8]


class HiddenImage(NamedTuple):
    """One image of the hidden set: "<folder>/<file>", the class name that is right, the file and
    the sha256 of its bytes.
    """

    id: str
    truth: str
    path: Path
    sha256: str = ""


class PartSet(NamedTuple):
    """The hidden inputs of another part of the assignment, in the order of their ids."""

    id: str
    classes: int
    inputs: tuple[HiddenImage, ...]


class HiddenSet(NamedTuple):
    """The images in the order of their ids, a digest of their ids and bytes, what people should
    know of them before a run, and the inputs of other parts, which the digest is of, too.
    """

    images: tuple[HiddenImage, ...]
    digest: str
    told: tuple[Sentence, ...] = ()
    parts: tuple[PartSet, ...] = ()


def read_hidden(assignment: Assignment, folder: Path) -> HiddenSet:
    """All images below `folder`, one folder a class named as in the assignment.

    An image is what can be decoded as one, whatever its suffix; what systems leave behind is
    ignored, a folder called as another part holds inputs of that, and anything else is told. Every
    image is decoded once, so that a bad one is known before the first submission runs.
    Raises AssignmentError for a folder that is absent or empty, a class folder that the
    assignment does not know and for images that cannot be read; all of them at once.
    """
    if not folder.is_dir():
        raise AssignmentError(
            Sentence(
                "{folder}: not found. Expected the hidden images, one folder a class; name it with "
                "--hidden or as images.hidden in the assignment.",
                {"folder": str(folder)},
            )
        )
    truths = {label.folder: label.en for label in assignment.classes}
    found = entries(folder)
    parts = {part.id for part in assignment.parts_beside_images}
    folders = [path for path in found if path.is_dir() and _composed(path) not in parts]
    wrong = [
        foreign_folder(path, assignment.classes, folders)
        for path in folders
        if _composed(path) not in truths
    ]
    others = [path.name for path in found if not path.is_dir()]
    digest = hashlib.sha256()
    images: list[HiddenImage] = []
    for inner in folders:
        for path in entries(inner):
            name = f"{_composed(inner)}/{_composed(path)}"
            named = path.suffix.lower() in SUFFIXES
            whole = path.is_file() and (named or path.stat().st_size <= MAX_IMAGE_BYTES)
            data = path.read_bytes() if whole else b""
            if decode(data) is not None:
                own = hashlib.sha256(data)
                digest.update(name.encode() + b"\0" + own.digest())
                truth = truths.get(_composed(inner), "")
                images.append(HiddenImage(name, truth, path, own.hexdigest()))
            elif named:
                wrong.append(
                    Sentence(
                        "{path}: not an image that can be read. Replace or remove it.",
                        {"path": str(path)},
                    )
                )
            else:
                others.append(name)
    if not images:
        wrong.append(
            Sentence(
                "{folder}: no images. Expected folders of images such as {example}; put them "
                "there, or name another folder with --hidden.",
                {"folder": str(folder), "example": assignment.classes[0].folder},
            )
        )
    if wrong:
        raise AssignmentError(*wrong)
    counts = Counter(image.truth for image in images)
    each = [(label.folder, counts[label.en]) for label in assignment.classes]
    return HiddenSet(tuple(images), digest.hexdigest(), tuple(_told(others, each)))


def foreign_folder(path: Path, classes: Sequence[Label], there: Sequence[Path]) -> Sentence:
    """That a folder is of no class, and of which it probably is: one of nearly that name that has
    no folder yet. there: the folders beside it.
    """
    present, name = {_composed(each) for each in there}, _composed(path)
    waiting = [one for one in classes if one.folder not in present]
    words = {word.lower(): one.folder for one in waiting for word in (one.zh, one.en, one.folder)}
    close = get_close_matches(name.lower(), [word for word in words if word], 1, ALIKE)
    if close:
        facts = {"path": str(path), "meant": words[close[0]]}
        return Sentence(
            "{path}: the assignment has no class with this folder. Did you mean {meant}?", facts
        )
    return Sentence(
        "{path}: the assignment has no class with this folder. Rename or remove it.",
        {"path": str(path)},
    )


def _composed(path: Path) -> str:
    """The name of a file, the same whether its system kept marks and letters apart or not."""
    return unicodedata.normalize("NFC", path.name)


def entries(folder: Path) -> list[Path]:
    """What lies in a folder but for what systems leave behind, in order."""
    return [
        path
        for path in sorted(folder.iterdir())
        if not path.name.startswith(".") and not is_ignored((path.name,))
    ]


def _told(others: Sequence[str], each: Sequence[tuple[str, int]]) -> Iterator[Sentence]:
    """What is no image, and classes that have none; with either, how many each class has."""
    if others:
        listed = ", ".join(others[:MAX_NAMED]) + (", …" if len(others) > MAX_NAMED else "")
        yield Sentence(
            "hidden images: {count} files or folders are no images and were left out: {listed}",
            {"count": str(len(others)), "listed": listed},
        )
    without = [folder for folder, count in each if not count]
    if without:
        listed = ", ".join(without[:MAX_NAMED]) + (", …" if len(without) > MAX_NAMED else "")
        yield Sentence(
            "hidden images: {count} classes have none: {listed}",
            {"count": str(len(without)), "listed": listed},
        )
    if others or without:
        total = sum(count for _, count in each)
        sums = ", ".join(f"{folder} {count}" for folder, count in each if count)
        yield Sentence(
            "hidden images: {total}, of each class: {sums}", {"total": str(total), "sums": sums}
        )


def decode(data: bytes) -> Pixels | None:
    """uint8 (H, W, 3) in BGR, as OpenCV reads it, else as Pillow; None where the bytes are no
    image. Of a moving picture the first frame.

    A student's install may lack OpenCV. The two read the same pixels from 8-bit JPEG and PNG.
    """
    if not data:
        return None
    try:
        import cv2
    except ImportError:
        return _decoded_by_pillow(data)
    pixels: Pixels | None = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)  # type: ignore[assignment]
    return pixels if pixels is not None else _decoded_by_pillow(data)


def _decoded_by_pillow(data: bytes) -> Pixels | None:
    Image.init()
    formats = [name for name in _PILLOW if name in Image.OPEN]
    try:
        with Image.open(io.BytesIO(data), formats=formats) as image:
            upright = np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    return np.ascontiguousarray(upright[:, :, ::-1])


def pixels_digest(pixels: Pixels) -> str:
    """sha256 over shape and values: the same for pictures that look the same to a submission."""
    return hashlib.sha256(str(pixels.shape).encode() + pixels.tobytes()).hexdigest()


def pixels_of(image: HiddenImage, channels: str) -> Pixels:
    """uint8 (H, W, 3) of `image` in the order `channels`, "BGR" or "RGB".

    Raises OSError where the file is gone or no longer an image: a fault of ours.
    """
    pixels = decode(image.path.read_bytes())
    if pixels is None:
        raise OSError(f"{image.path}: no longer an image that can be read")
    return pixels if channels == "BGR" else np.ascontiguousarray(pixels[:, :, ::-1])


def shuffled(images: Sequence[HiddenImage], secret: str) -> list[HiddenImage]:
    """The images in an order that follows from `secret`: the same input gives the same mark, and
    who does not know the hidden set's digest cannot foresee it.
    """
    order = list(images)
    random.Random(secret).shuffle(order)  # noqa: S311 - no cryptography: the secret is the digest
    return order
