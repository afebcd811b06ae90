"""Where a hand-in lies, and how its files are named to a reader."""

from __future__ import annotations

import os
import sys
from pathlib import Path, PurePosixPath, PureWindowsPath
from types import FrameType, TracebackType

from . import notebooks
from .text import clean


class Place:
    """The folder of a hand-in's private copy, and the sources made from its notebooks."""

    def __init__(self, root: Path, cwd: Path | None = None) -> None:
        self.root = root.resolve()
        self.cwd = (cwd or root).resolve()
        self.made: dict[Path, tuple[str, tuple[notebooks.Cell, ...]]] = {}

    def inside(self, filename: str) -> Path | None:
        """The path of a file inside the hand-in; None for others ("<string>", libraries)."""
        if not filename or filename.startswith("<"):
            return None
        path = Path(os.path.normpath(str(self.cwd / filename)))
        if self.root not in path.parents or "site-packages" in path.parts:
            return None
        # Compiled libraries name sources that never were here ("h5py/h5f.pyx").
        relative = not Path(filename).is_absolute()
        return None if relative and not path.exists() else path

    def name(self, path: Path) -> str:
        """The path as handed in: relative, forward slashes."""
        try:
            return clean(path.relative_to(self.root).as_posix())
        except ValueError:
            return clean(str(path))

    def shorten(self, text: str) -> str:
        """The text without the folders of this machine: of the hand-in, of installed packages."""
        folders = [str(self.root), *sorted(_package_folders(), key=len, reverse=True)]
        for folder in folders:
            text = text.replace(folder + os.sep, "")
        return text

    def spot(self, filename: str, line: int) -> tuple[str, int] | None:
        """File and line as a reader of the hand-in knows them; None outside the hand-in.

        For a notebook the file is "lab.ipynb cell 3" and the line is counted within the cell.
        """
        path = self.inside(filename)
        if path is None:
            return None
        if path in self.made:
            origin, cells = self.made[path]
            cell, inner = notebooks.place(cells, line)
            return f"{origin} cell {cell}", inner
        return self.name(path), line

    def last_spot(self, traceback: TracebackType | None) -> tuple[str, int, str] | None:
        """The innermost frame of a traceback that is the hand-in's: file, line, real filename."""
        found = None
        while traceback is not None:
            filename = traceback.tb_frame.f_code.co_filename
            if self.inside(filename) is not None:
                found = filename, traceback.tb_lineno
            traceback = traceback.tb_next
        return self._told(found)

    def calling_spot(self, frame: FrameType | None) -> tuple[str, int, str] | None:
        """The nearest frame of the hand-in at or above `frame`: file, line, real filename."""
        while frame is not None:
            filename = frame.f_code.co_filename
            if self.inside(filename) is not None:
                return self._told((filename, frame.f_lineno))
            frame = frame.f_back
        return None

    def _told(self, found: tuple[str, int] | None) -> tuple[str, int, str] | None:
        if found is None:
            return None
        spot = self.spot(*found)
        return None if spot is None else (spot[0], spot[1], found[0])


def _package_folders() -> list[str]:
    return [folder for folder in (*sys.path, sys.prefix, sys.base_prefix) if len(folder) > 3]


# Folders and suffixes by which a path is known to belong to a data set, or to be weights.
_DATA_WORDS = ("data", "train", "val", "test", "garbage", "mnist", "image", "img", "pic")
_PICTURES = {".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff"}
WEIGHTS = {
    *(".ckpt", ".pth", ".pt", ".h5", ".keras", ".npz", ".npy", ".pkl", ".mindir", ".onnx"),
    *(".safetensors", ".weights", ".bin", ".pdparams", ".tflite", ".pb", ".index", ".model"),
}


def path_facts(place: Place, asked: str) -> dict[str, str | bool]:
    """What is to be said of a path that does not exist.

    missing_path: as the code has it. found_elsewhere: the file of the hand-in that was meant, if
    one is like it. path_fault: why it was not found ("separator", "case", "absolute", "folder",
    "name", "missing"). reads_dataset: whether it belongs to a data set that was not handed in.
    """
    facts: dict[str, str | bool] = {"missing_path": clean(asked)}
    meant, fault = _meant(place, asked)
    facts["path_fault"] = fault
    if meant:
        facts["found_elsewhere"] = meant
    facts["reads_dataset"] = not meant and belongs_to_dataset(asked)
    return facts


def belongs_to_dataset(asked: str) -> bool:
    """Whether a path looks like an image or folder of a data set."""
    plain = PurePosixPath(asked.replace("\\", "/"))
    suffix = plain.suffix.lower()
    if suffix in WEIGHTS:
        return False
    folders = [part.lower() for part in (plain.parts if not suffix else plain.parts[:-1])]
    return suffix in _PICTURES or any(word in part for part in folders for word in _DATA_WORDS)


def _meant(place: Place, asked: str) -> tuple[str, str]:
    """The handed-in file that `asked` most likely means, and what is wrong with the path."""
    windows = PureWindowsPath(asked)
    absolute = bool(windows.drive) or asked.startswith(("/", "\\\\"))
    slashed = PurePosixPath(asked.replace("\\", "/"))
    wanted = slashed.name
    if not wanted:
        return "", "missing"
    files = _files(place.root)
    same_path = str(slashed).lower().lstrip("./")
    for path in files:
        name = place.name(path)
        if os.path.normpath(str(place.cwd / str(slashed))) == str(path):
            return name, "separator"
        if not absolute and name.lower() == same_path:
            return name, "case"
    elsewhere = "absolute" if absolute else "folder"
    for same in (str.__eq__, lambda one, other: one.lower() == other.lower()):
        for path in files:
            if same(path.name, wanted):
                return place.name(path), elsewhere
    suffix = slashed.suffix.lower()
    alike = [path for path in files if suffix in WEIGHTS and path.suffix.lower() == suffix]
    if alike:
        return place.name(alike[0]), "name"
    return "", "absolute" if absolute else "missing"


def _files(root: Path, most: int = 5000) -> list[Path]:
    found: list[Path] = []
    for folder, _, names in os.walk(str(root)):
        found += [Path(folder, name) for name in sorted(names)]
        if len(found) > most:
            break
    return found
