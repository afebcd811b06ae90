"""A teacher's images, divided into those that students get and those that nobody sees."""

from __future__ import annotations

import shutil
import unicodedata
from pathlib import Path
from typing import NamedTuple

from grader.assignment import Label
from grader.examine.images import decode, entries, pixels_digest
from grader.language import SaidError, Sentence

MIN_IMAGES_PER_CLASS = 2  # one to see and one hidden
MAX_NAMED = 5  # names that a sentence lists


class ImagesError(SaidError):
    """The images cannot become a lab: says why, and what is expected."""


class ImageGroups(NamedTuple):
    """What lies in a teacher's folder, one folder a class.

    by_class: the same pictures of a class are together, in an order that follows from their bytes.
    left_out: what is no image.
    """

    by_class: dict[str, list[list[Path]]]
    left_out: list[Path]


def read_images(folder: Path) -> ImageGroups:
    """Read all images below `folder`, one folder a class. Raises ImagesError."""
    if not folder.is_dir():
        raise ImagesError(
            Sentence(
                "{folder}: not found. Expected a folder with a folder of images for each class.",
                {"folder": str(folder)},
            )
        )
    by_class: dict[str, list[list[Path]]] = {}
    left_out: list[Path] = []
    for inner in entries(folder):
        if not inner.is_dir():
            left_out.append(inner)
            continue
        groups: dict[str, list[Path]] = {}
        for path in entries(inner):
            pixels = decode(path.read_bytes()) if path.is_file() else None
            if pixels is None:
                left_out.append(path)
            else:
                groups.setdefault(pixels_digest(pixels), []).append(path)
        by_class[inner.name] = [groups[name] for name in sorted(groups)]
    _require_usable(folder, by_class)
    return ImageGroups(by_class, left_out)


def _require_usable(folder: Path, by_class: dict[str, list[list[Path]]]) -> None:
    few = [name for name, groups in by_class.items() if len(groups) < MIN_IMAGES_PER_CLASS]
    if len(by_class) - len(few) < 2:
        raise ImagesError(
            Sentence(
                "{folder}: expected folders of images, one for each class, such as {folder}/circle "
                "and {folder}/square; found {count} folders with at least {least} images.",
                {
                    "folder": str(folder),
                    "count": str(len(by_class) - len(few)),
                    "least": str(MIN_IMAGES_PER_CLASS),
                },
            )
        )
    if few:
        raise ImagesError(
            Sentence(
                "{folder}: these folders have fewer than {least} different images: {names}. Add "
                "some or remove the folder.",
                {
                    "folder": str(folder),
                    "least": str(MIN_IMAGES_PER_CLASS),
                    "names": ", ".join(few[:MAX_NAMED]),
                },
            )
        )


def labels_of(images: ImageGroups) -> list[Label]:
    """A class for each folder, called as the folder is."""
    return [Label(folder=name) for name in images.by_class]


def divide(images: ImageGroups, percent: int, hidden: Path, public: Path) -> tuple[int, int]:
    """Copy `percent` of each class into `hidden` and the others into `public`: how many each got.

    The same picture under several names stays on one side.
    """
    counts = [0, 0]
    for name, groups in images.by_class.items():
        wanted = min(max(round(len(groups) * percent / 100), 1), len(groups) - 1)
        for side, chosen, place in ((0, groups[:wanted], hidden), (1, groups[wanted:], public)):
            target = place / unicodedata.normalize("NFC", name)
            target.mkdir(parents=True)
            for path in (path for group in chosen for path in group):
                shutil.copyfile(path, target / unicodedata.normalize("NFC", path.name))
                counts[side] += 1
    return counts[0], counts[1]
