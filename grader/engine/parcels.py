"""Folders and files on their way to another machine: packed here, unpacked there, the same after.

A parcel is a tar file of our own making. What a submission holds goes in as it lies: an archive
as its bytes, a folder with its files and links, which are looked at where every submission is.
"""

from __future__ import annotations

import io
import os
import stat
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from grader.assignment import Assignment
from grader.examine.images import HiddenSet
from grader.examine.public_images import public_folders, sample
from grader.intake import Submission

HOME, IMAGES, MNIST, PARTS, PUBLIC = "home", "images", "mnist", "parts", "public"
CHUNK_BYTES = 1 << 20  # bytes


def pack(places: Mapping[str, Path], left_out: Iterable[Path] = ()) -> bytes:
    """A parcel with each of `places` (files and folders) below its name, but for `left_out`.

    Raises OSError for what cannot be read.
    """
    out = set(left_out)
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.PAX_FORMAT) as parcel:
        pending = list(places.items())
        while pending:
            inside, path = pending.pop()
            if path not in out:
                _add(parcel, inside, path)
                if not path.is_symlink() and path.is_dir():
                    pending += [
                        (f"{inside}/{one.name}", Path(one.path)) for one in os.scandir(path)
                    ]
    return made.getvalue()


def _add(parcel: tarfile.TarFile, inside: str, path: Path) -> None:
    """One entry; sockets and device files have nothing that could be sent."""
    status = path.lstat()
    entry = tarfile.TarInfo(inside)
    entry.mode = stat.S_IMODE(status.st_mode)
    if stat.S_ISREG(status.st_mode):
        with path.open("rb") as file:
            entry.size = os.fstat(file.fileno()).st_size
            parcel.addfile(entry, file)
        return
    if stat.S_ISLNK(status.st_mode):
        entry.type, entry.linkname = tarfile.SYMTYPE, str(path.readlink())
    elif stat.S_ISFIFO(status.st_mode):
        entry.type = tarfile.FIFOTYPE
    elif stat.S_ISDIR(status.st_mode):
        entry.type = tarfile.DIRTYPE
    else:
        return
    parcel.addfile(entry)


def unpack(parcel: bytes, folder: Path) -> None:
    """Lay a parcel out in `folder`. Raises OSError where it cannot be written.

    Links come last, so that nothing is written through one.
    """
    links: list[tuple[Path, str]] = []
    with tarfile.open(fileobj=io.BytesIO(parcel), mode="r:") as opened:
        for entry in opened:
            inside = PurePosixPath(entry.name)
            if inside.is_absolute() or ".." in inside.parts:
                raise OSError(f"a parcel with {entry.name!r} is none of ours")
            path = folder / inside
            path.parent.mkdir(parents=True, exist_ok=True)
            if entry.isdir():
                path.mkdir(exist_ok=True)
            elif entry.issym():
                links.append((path, entry.linkname))
            elif entry.isfifo():
                os.mkfifo(path)
            elif (content := opened.extractfile(entry)) is not None:
                with path.open("wb") as file:
                    while part := content.read(CHUNK_BYTES):
                        file.write(part)
                path.chmod(entry.mode | 0o600)
    for path, target in links:
        path.symlink_to(target)


def at_its_place(submission: Submission) -> Submission:
    """`submission` with paths that mean the same in every folder and through every link."""
    beside = tuple(replace(part, path=part.path.resolve()) for part in submission.beside)
    name = submission.name or submission.path.name
    return replace(submission, path=submission.path.resolve(), name=name, beside=beside)


def packed_submission(submission: Submission) -> bytes:
    """All that was handed in. Raises OSError for what cannot be read."""
    return pack(
        {_inside(number, part.path): part.path for number, part in enumerate(submission.parts)}
    )


def unpacked_submission(parcel: bytes, submission: Submission, folder: Path) -> Submission:
    """`submission` as it lies in `folder` now."""
    unpack(parcel, folder)
    first, *others = (folder / _inside(n, part.path) for n, part in enumerate(submission.parts))
    pairs = zip(submission.beside, others, strict=True)
    return replace(
        submission, path=first, beside=tuple(replace(part, path=path) for part, path in pairs)
    )


def _inside(number: int, path: Path) -> str:
    """Where a part lies in a parcel: two parts may have one name."""
    return f"{number}/{path.name}"


def class_parcel(assignment: Assignment, hidden: HiddenSet) -> bytes:
    """What examiners need for every submission: the assignment's folder and the hidden images,
    and MNIST where the assignment names it. Raises OSError for what cannot be read.
    """
    places = {HOME: assignment.home}
    places |= {f"{IMAGES}/{image.id}": image.path for image in hidden.images}
    places |= {
        f"{PARTS}/{part.id}/{each.id}": each.path for part in hidden.parts for each in part.inputs
    }
    if assignment.mnist is not None:
        places[MNIST] = assignment.mnist
    public = public_folders(assignment)
    for key, folder in public.items():
        places |= {f"{PUBLIC}/{key}/{one.id}": one.path for one in sample(assignment, folder)}
    cache = assignment.home.rglob("__pycache__")
    others = {assignment.home / part.hidden for part in assignment.parts}
    return pack(places, {assignment.hidden, *public.values(), *others, *cache})


def unpacked_class(
    parcel: bytes, assignment: Assignment, hidden: HiddenSet, folder: Path
) -> tuple[Assignment, HiddenSet]:
    """`assignment` and `hidden` as they lie in `folder` now."""
    unpack(parcel, folder)
    images = tuple(image._replace(path=folder / IMAGES / image.id) for image in hidden.images)
    parts = tuple(
        part._replace(
            inputs=tuple(
                each._replace(path=folder / PARTS / part.id / each.id) for each in part.inputs
            )
        )
        for part in hidden.parts
    )
    named = {"train": assignment.images.train, "validation": assignment.images.validation}
    there = {key: str(folder / PUBLIC / key) for key, name in named.items() if name}
    if assignment.images.mnist:
        there["mnist"] = str(folder / MNIST)
    images_there = assignment.images.model_copy(update=there)
    update: dict[str, object] = {"home": folder / HOME, "images": images_there}
    return assignment.model_copy(update=update), hidden._replace(images=images, parts=parts)
