"""Paths that are not there: what was meant by them, and what is wrong with them."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, NamedTuple

from .text import clean
from .workdir import Workdir

MOST_FILES = 5000  # of a submission that are compared

# Folders and suffixes by which a path is known to belong to a data set, or to be weights.
_DATA_WORDS = ("data", "train", "val", "test", "garbage", "mnist", "image", "img", "pic")
_PICTURES = {".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff"}
_WEIGHTS = {
    *(".ckpt", ".pth", ".pt", ".h5", ".keras", ".npz", ".npy", ".pkl", ".mindir", ".onnx"),
    *(".safetensors", ".weights", ".bin", ".pdparams", ".tflite", ".pb", ".index", ".model"),
}


MAX_SOURCE_BYTES = 1 << 20  # of a file of code that is looked through
_ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz")
_SUFFIXES = "|".join(re.escape(suffix) for suffix in sorted(_WEIGHTS - {".bin"}))
_WEIGHTS_TOLD = re.compile(r"""["']([^"'\n{}%*]{0,200}(?:""" + _SUFFIXES + r"""))["']""")


class IntendedPath(NamedTuple):
    """The handed-in file that a path most likely means ("" for none) and the path's fault.

    fault: "separator" (backslashes), "case" (capital letters), "absolute" (a path of another
    machine), "folder" (the file lies elsewhere), "name" (only one of that kind is there),
    "missing" (nothing like it is there).
    """

    file: str
    fault: str


def path_facts(place: Workdir, asked: str) -> dict[str, Any]:
    """What is to be said of a path that does not exist: missing_path as the code has it,
    path_fault, found_elsewhere (where there is one) or closed_archive (one that may hold it, as
    nobody unpacks what lies beside code), reads_dataset (whether it belongs to a data
    set that was not handed in); then absent_weights and the file that is like_weights, see there.
    """
    meant = what_is_meant(place, asked)
    facts: dict[str, Any] = {"missing_path": clean(asked), "path_fault": meant.fault}
    if meant.file:
        facts["found_elsewhere"] = meant.file
    elif not belongs_to_dataset(asked):
        facts["closed_archive"] = _archive(place)
    facts["reads_dataset"] = not meant.file and belongs_to_dataset(asked)
    weights = absent_weights(place) if facts["reads_dataset"] else ""
    if weights:
        facts.update(absent_weights=clean(weights), like_weights=what_is_meant(place, weights).file)
    return facts


def absent_weights(place: Workdir) -> str:
    """The first path of weights that stands in the submission's code and is not there; "" where
    there is none. Code that trains where it finds no weights says nothing else of them.
    """
    files = _files(place.root)
    there = {path.name for path in files}
    for path in files:
        if path.suffix != ".py" or path.stat().st_size > MAX_SOURCE_BYTES:
            continue
        for asked in _WEIGHTS_TOLD.findall(path.read_text(encoding="utf-8", errors="replace")):
            plain = PurePosixPath(asked.replace("\\", "/"))
            known = (
                plain.name in there if plain.name == str(plain) else (place.cwd / plain).exists()
            )
            if not known:
                return str(asked)
    return ""


def belongs_to_dataset(asked: str) -> bool:
    """Whether a path looks like an image or folder of a data set."""
    plain = PurePosixPath(asked.replace("\\", "/"))
    suffix = plain.suffix.lower()
    if suffix in _WEIGHTS:
        return False
    folders = [part.lower() for part in (plain.parts[:-1] if suffix else plain.parts)]
    return suffix in _PICTURES or any(word in part for part in folders for word in _DATA_WORDS)


def what_is_meant(place: Workdir, asked: str) -> IntendedPath:
    """The file of the submission that is most like the path."""
    absolute = bool(PureWindowsPath(asked).drive) or asked.startswith(("/", "\\\\"))
    plain = PurePosixPath(asked.replace("\\", "/"))
    files = {place.name(path): path for path in _files(place.root)}
    elsewhere = "absolute" if absolute else "folder"
    full = Path(os.path.normpath(str(place.cwd / plain)))
    for name, path in files.items():
        if path == full:
            return IntendedPath(name, "separator")
        if str(path).lower() == str(full).lower():
            return IntendedPath(name, "case")
    for name, path in files.items():
        if path.name == plain.name:
            return IntendedPath(name, elsewhere)
    for name, path in files.items():
        if path.name.lower() == plain.name.lower():
            return IntendedPath(name, elsewhere)
    suffix = plain.suffix.lower()
    for name, path in files.items():
        if suffix in _WEIGHTS and path.suffix.lower() == suffix:
            return IntendedPath(name, "name")
    return IntendedPath("", "absolute" if absolute else "missing")


def _archive(place: Workdir) -> str:
    packed = (path for path in _files(place.root) if path.name.lower().endswith(_ARCHIVES))
    return next(map(place.name, packed), "")


def _files(root: Path) -> list[Path]:
    found: list[Path] = []
    for folder, _, names in os.walk(str(root)):
        found += [Path(folder, name) for name in sorted(names)]
        if len(found) > MOST_FILES:
            break
    return found
