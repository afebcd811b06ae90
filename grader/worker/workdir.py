"""Where a submission lies, and how its files are named to a reader."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import FrameType, TracebackType
from typing import Callable, NamedTuple

from . import notebooks
from .text import clean


class SourceLine(NamedTuple):
    """A line of the submission: as its reader knows it, and as it lies on disk here.

    For a notebook `file` is "lab.ipynb cell 3", `line` is counted within the cell, and `path` is
    the source that was made of the notebook.
    """

    file: str
    line: int
    path: Path
    line_on_disk: int


def is_there(path: Path) -> bool:
    """Whether the path exists. One that no file can have, such as a name of 300 bytes, does not."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


class Workdir:
    """The folder of a submission's private copy, and the sources made from its notebooks."""

    def __init__(self, root: Path, cwd: Path | None = None) -> None:
        self.root = root.resolve()
        self.cwd = (cwd or root).resolve()
        self.hidden: Callable[[str], bool] = lambda path: False  # full paths that are not shown
        self.made: dict[Path, tuple[str, tuple[notebooks.Cell, ...]]] = {}

    def shows(self, name: str) -> bool:
        """Whether there is something at a path, as the submission sees it."""
        path = self.cwd / name
        return is_there(path) and not self.hidden(str(path))

    def within(self, filename: str) -> Path | None:
        """The full path of a file that lies, or would lie, in the submission; None elsewhere."""
        if not filename or filename.startswith("<"):
            return None
        path = Path(os.path.normpath(str(self.cwd / filename)))
        return path if self.root in path.parents and "site-packages" not in path.parts else None

    def source(self, filename: str) -> Path | None:
        """The full path of a source of the submission by the name that its code has; None for code
        of libraries, whose compiled parts may name files that never were here ("h5py/h5f.pyx").
        """
        path = self.within(filename)
        return path if path is not None and is_there(path) else None

    def name(self, path: Path) -> str:
        """The path as handed in: relative, forward slashes."""
        try:
            return clean(path.relative_to(self.root).as_posix())
        except ValueError:
            return clean(str(path))

    def shorten(self, text: str) -> str:
        """The text without the folders of this machine: of the submission, of installed
        packages.
        """
        packages = [folder for folder in (*sys.path, sys.prefix, sys.base_prefix) if folder]
        for folder in (str(self.root), *sorted(packages, key=len, reverse=True)):
            text = text.replace(folder + os.sep, "")
        return text

    def spot(self, filename: str, line: int) -> SourceLine | None:
        """A line of a source of the submission; None elsewhere."""
        path = self.source(filename)
        if path is None:
            return None
        if path in self.made:
            origin, cells = self.made[path]
            cell, inner = notebooks.cell_and_line(cells, line)
            return SourceLine(f"{origin} cell {cell}", inner, path, line)
        return SourceLine(self.name(path), line, path, line)

    def last_spot(self, traceback: TracebackType | None) -> SourceLine | None:
        """The innermost line of a traceback that is the submission's."""
        found = None
        while traceback is not None:
            filename = traceback.tb_frame.f_code.co_filename
            found = self.spot(filename, traceback.tb_lineno) or found
            traceback = traceback.tb_next
        return found

    def calling_spot(
        self, frame: FrameType | None, through_imports: bool = True
    ) -> SourceLine | None:
        """The nearest line of the submission at or above `frame`.

        Without `through_imports` None for what a library does while it is imported.
        """
        while frame is not None:
            filename = frame.f_code.co_filename
            if "importlib" in filename and not through_imports:
                return None
            spot = self.spot(filename, frame.f_lineno)
            if spot is not None:
                return spot
            frame = frame.f_back
        return None
