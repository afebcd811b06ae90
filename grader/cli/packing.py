"""The zip that a student hands in: what goes into it, what stays out, and how large that is."""

from __future__ import annotations

import filecmp
import zipfile
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from rich.console import Console

from grader.assignment import Assignment
from grader.intake import IntakeLimits, Reading, find, stage
from grader.language import Translate
from grader.report.text import for_rich
from grader.sandbox.unconfined import Unconfined

MIB = 1024 * 1024
MIN_DATASET_IMAGES = 100  # images from which on folders of nothing else are a data set
MAX_LINES = 30  # files that are listed by name
IMAGES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff"})
MNIST = ("-ubyte", "-ubyte.gz")  # how files of MNIST end
# Folders that frameworks and tools fill again by themselves.
CACHES = frozenset(
    {
        *(".cache", ".keras", ".torch", ".triton", ".nv", "kernel_meta", "somas_meta"),
        *("akg_kernel_meta", "rank_0", "htmlcov", ".tox", "wandb", ".eggs"),
    }
)


class LeftOut(NamedTuple):
    """A folder or file that stays at home: its path, files and bytes, and whether it is a cache."""

    path: str
    files: int
    size: int
    cache: bool


class Packed(NamedTuple):
    """What the zip holds, in the order of the paths, and what it does not."""

    files: tuple[tuple[str, int], ...]  # path and bytes
    left_out: tuple[LeftOut, ...]
    size: int  # of the zip, bytes


def pack(folder: Path, target: Path, assignment: Assignment, made: Sequence[Path]) -> Packed:
    """Make the zip to hand in: what the grader would take of `folder`, UTF-8 names, without data
    sets and caches, and without what this command `made` there before.
    """
    limits = IntakeLimits(total=assignment.limits.submission * MIB)
    earlier = [path for path in made if path.is_file()]
    with TemporaryDirectory(prefix="pack-") as temporary:
        clean = Path(temporary) / "submission"
        sandbox = Unconfined(own_code=True)
        with Reading(Path(temporary), sandbox) as reading:
            stage(find([folder], sandbox=sandbox).submissions[0], clean, limits, reading=reading)
        names = (
            name for label in assignment.classes for name in (label.folder, label.en, label.zh)
        )
        stays = _staying(clean, frozenset(filter(None, names)))
        paths = [
            path
            for path in sorted(clean.rglob("*"))
            if not _among(path, earlier) and not any(path.is_relative_to(out) for out in stays)
        ]
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in paths:
                archive.write(path, path.relative_to(clean))
        files = tuple(
            (path.relative_to(clean).as_posix(), path.stat().st_size)
            for path in paths
            if path.is_file()
        )
        left_out = tuple(_left_out(path, clean) for path in stays)
    return Packed(files, left_out, target.stat().st_size)


def tell(
    packed: Packed, target: Path, assignment: Assignment, console: Console, say: Translate
) -> None:
    """Print what goes in, the largest first, what stays out, and how near the limit that is."""
    total = sum(size for _, size in packed.files)
    for path, size in sorted(packed.files, key=lambda one: -one[1])[:MAX_LINES]:
        console.print(f"  {size_text(size):>10}  {for_rich(path)}", highlight=False)
    if len(packed.files) > MAX_LINES:
        more = say("… and {count} more").format(count=len(packed.files) - MAX_LINES)
        console.print(f"  {'':>10}  {more}", style="dim")
    for out in packed.left_out:
        text = say("left out, a cache: {path} ({files} files, {size})")
        if not out.cache:
            text = say("left out, a data set: {path} ({files} files, {size})")
        said = text.format(path=out.path, files=out.files, size=size_text(out.size))
        console.print(f"[yellow]–[/] {for_rich(said)}", highlight=False)
    text = say(
        "Packed {zip}: {files} files, {unpacked}, as a zip {size}; the lab takes {limit} unpacked. "
        "That file is examined."
    ).format(
        zip=target,
        files=len(packed.files),
        unpacked=size_text(total),
        size=size_text(packed.size),
        limit=size_text(assignment.limits.submission * MIB),
    )
    console.print(for_rich(text), highlight=False)


def _staying(clean: Path, classes: frozenset[str]) -> list[Path]:
    """The uppermost folders that are data sets or caches, and files of MNIST. classes: how folders
    of the classes may be called.
    """
    stays: list[Path] = []
    for path in sorted(clean.rglob("*")):
        if any(path.is_relative_to(out) for out in stays):
            continue
        name = path.name.lower()
        foreign = (
            name in CACHES or _is_dataset(path, classes) if path.is_dir() else name.endswith(MNIST)
        )
        if foreign:
            stays.append(path)
    return stays


def _is_dataset(folder: Path, classes: frozenset[str]) -> bool:
    """Whether `folder` holds images alone, and folders of classes, or is one of them, or holds
    enough, its neighbours of the kind too: what lies beside them, such as a list of the classes,
    is not left out.
    """
    if not _images_alone(folder):
        return False
    if folder.name in classes and _class_folders(folder.parent, classes) > 1:
        return True
    inner = (path for path in (folder, *folder.rglob("*")) if path.is_dir())
    if any(_class_folders(path, classes) > 1 for path in inner):
        return True
    beside = [path for path in folder.parent.iterdir() if path.is_dir()]
    return sum(map(_images_alone, beside)) >= MIN_DATASET_IMAGES


def _class_folders(folder: Path, classes: frozenset[str]) -> int:
    """How many folders of images in `folder` are called as a class."""
    inner = (path for path in folder.iterdir() if path.is_dir() and path.name in classes)
    return sum(1 for path in inner if _images_alone(path))


def _images_alone(folder: Path) -> int:
    """How many images are below a folder that has nothing else; 0 where it has."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return len(files) if all(path.suffix.lower() in IMAGES for path in files) else 0


def _left_out(path: Path, clean: Path) -> LeftOut:
    files = [each for each in [path, *path.rglob("*")] if each.is_file()]
    return LeftOut(
        path.relative_to(clean).as_posix(),
        len(files),
        sum(each.stat().st_size for each in files),
        path.name.lower() in CACHES,
    )


def size_text(size: int) -> str:
    """Bytes for a person: "12 B", "3.4 KB", "5.6 MB"."""
    for unit, bytes_ in (("MB", MIB), ("KB", 1024)):
        if size >= bytes_:
            return f"{size / bytes_:,.1f} {unit}"
    return f"{size} B"


def _among(path: Path, products: Sequence[Path]) -> bool:
    """Whether `path` is a copy of one of `products`, under the same name."""
    return any(
        path.name == product.name and filecmp.cmp(path, product, shallow=False)
        for product in products
    )
