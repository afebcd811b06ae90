"""A view of the disk as in grading, where no sandbox gives one: what only this machine has is not
there, and each attempt at it is told.

By audit hooks (CPython 3.8+) for what Python opens, by functions in place of those that only look,
by an importer that finds nothing for folders of modules, and by `self_readers` for libraries that
open files behind Python's back. A help for honest students and no protection: what a library that
is not named there opens by itself is seen neither here nor told.
"""

from __future__ import annotations

import errno
import os
import pathlib
import sys
import threading
from importlib.machinery import SOURCE_SUFFIXES, FileFinder, ModuleSpec, SourceFileLoader
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any, Callable

from .hooks import AfterImportFinder
from .missing_paths import belongs_to_dataset, what_is_meant
from .outside_files import Outside
from .self_readers import READERS, watch
from .text import clean
from .workdir import Workdir

MAX_TOLD = 20
_EVENTS = frozenset(  # of audit hooks, whose first argument is a path
    ("open", "os.listdir", "os.scandir", "os.chdir", "os.mkdir", "ctypes.dlopen", "sqlite3.connect")
)
_TEMPORARY = os.path.realpath("/tmp")  # noqa: S108 - a sandbox has a new one, empty


class OwnView:
    """Hides what is outside of the submission at `place`.

    told: {what, file, line, how, inside, dataset} for each path that the submission asked for, as
    it wrote it. how: it "reads", "writes" or only "looks" whether that is there, as imports do;
    inside: its own file of that name, or ""; dataset: whether it looks like a part of one.
    """

    def __init__(self, place: Workdir) -> None:
        self.told: list[dict[str, Any]] = []
        self._place = place
        self._outside = Outside(place.root, place.root.parent)
        place.hidden = self._outside.has
        self._thread = threading.local()  # busy: within what is done here

    def watch_readers(self, after: AfterImportFinder) -> None:
        """Hide from libraries with readers of their own, once they are imported."""
        for module in READERS:
            after.when(module, lambda found: watch(found, self._require))

    def start(self) -> None:
        """Begin to hide."""
        self._hide_modules()
        self._blind()
        if hasattr(sys, "addaudithook"):
            sys.addaudithook(self._heard)

    def hides(self, path: Any, how: str = "reads") -> bool:
        """Whether the submission asks for a path that is to be hidden from it; told if so."""
        if getattr(self._thread, "busy", False):
            return False
        self._thread.busy = True
        try:
            return self._hides(path, how, sys._getframe(1))
        except Exception:  # a strange path is the business of who asked for it
            return False
        finally:
            self._thread.busy = False

    def _hides(self, path: Any, how: str, frame: FrameType) -> bool:
        written = os.fsdecode(path) if not isinstance(path, int) else ""
        if not written or written.startswith("file:"):
            return False
        full = str(Path.cwd() / written)
        if not self._outside.has(full) or (how != "writes" and not os.path.lexists(full)):
            return False
        spot = self._place.calling_spot(frame, through_imports=False)
        if spot is None:
            return False
        if how != "looks" or Path(full).is_file():
            self._tell(written, spot.file, spot.line, how)
        return True

    def _tell(self, path: str, file: str, line: int, how: str) -> None:
        what, known = clean(path), [one for one in self.told if one["what"] == clean(path)]
        if known and known[0]["how"] == "looks":
            known[0]["how"] = how
        elif not known and len(self.told) < MAX_TOLD:
            told = {"what": what, "file": file, "line": line, "how": how}
            inside, dataset = self._inside(path), belongs_to_dataset(path)
            self.told.append({**told, "inside": inside, "dataset": dataset})

    def _inside(self, path: str) -> str:
        """The submission's own file of the same name; "" where it has none."""
        found = what_is_meant(self._place, path)
        return "" if found.fault == "name" else found.file

    def _require(self, path: Any, how: str = "reads") -> None:
        """Raises FileNotFoundError where `path` is to be hidden."""
        if self.hides(path, how):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), os.fsdecode(path))

    def _heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event not in _EVENTS or arguments[0] is None:
            return
        makes = event == "os.mkdir" or (event == "open" and _makes(arguments[1], arguments[2]))
        if makes:
            self._made(arguments[0], folder=event == "os.mkdir")
        self._require(arguments[0], "writes" if makes else "reads")

    def _made(self, path: Any, folder: bool) -> None:
        """Take a file or folder that is made in the folder for temporary files for its own."""
        if isinstance(path, (str, bytes)) and not getattr(self._thread, "busy", False):
            full = Path.cwd() / os.fsdecode(path)
            there = folder and os.path.lexists(str(full))
            if str(full.parent) == _TEMPORARY and not there:
                self._outside.except_below(str(full))

    def _blind(self) -> None:
        """Have functions that look at a path, which no audit event tells of, see nothing."""
        stat, access = os.stat, os.access

        def seeing(path: Any, *arguments: Any, **options: Any) -> Any:
            if self.hides(path, "looks"):
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
            return stat(path, *arguments, **options)

        _replace(os, "stat", seeing)
        _replace(os, "access", self._denying(access))
        for name in ("exists", "isfile", "isdir"):
            if not hasattr(getattr(os.path, name), "__code__"):  # in C, past os.stat
                _replace(os.path, name, self._denying(getattr(os.path, name)))
        accessor = getattr(pathlib, "_NormalAccessor", None)  # until Python 3.10
        if accessor is not None:
            accessor.stat = staticmethod(seeing)

    def _denying(self, look: Callable[..., bool]) -> Callable[..., bool]:
        def looking(path: Any, *arguments: Any, **options: Any) -> bool:
            return not self.hides(path, "looks") and look(path, *arguments, **options)

        return looking

    def _hide_modules(self) -> None:
        """Have folders outside hold no modules, wherever they are named: sys.path, a .pth file."""

        def hook(path: str) -> Any:
            if not self._outside.has(str(Path.cwd() / path)):
                raise ImportError("not outside")
            return _Nothing(path, self._told_module)

        sys.path_hooks.insert(0, hook)
        for path in [each for each in sys.path_importer_cache if self._outside.has(each)]:
            del sys.path_importer_cache[path]

    def _told_module(self, origin: str) -> None:
        spot = self._place.calling_spot(sys._getframe(1))
        if spot is not None:
            self._tell(origin, spot.file, spot.line, "looks")


class _Nothing(FileFinder):
    """Finds no module in a folder, and tells of those that are there."""

    def __init__(self, path: str, tell: Callable[[str], None]) -> None:
        super().__init__(path, (SourceFileLoader, SOURCE_SUFFIXES))
        self._tell = tell

    def find_spec(self, fullname: str, target: ModuleType | None = None) -> ModuleSpec | None:
        """Nothing."""
        there = super().find_spec(fullname, target)
        if there is not None and there.origin is not None:
            self._tell(there.origin)
        return None


def _makes(mode: Any, flags: Any) -> bool:
    """Whether what is opened like this may be made."""
    if isinstance(mode, str):
        return bool(set(mode) & set("wax"))
    return isinstance(flags, int) and bool(flags & os.O_CREAT)


def _replace(module: Any, name: str, function: Callable[..., Any]) -> None:
    """Put a function in the place of another, also where `os` keeps what that one can do."""
    original = getattr(module, name)
    for kind in (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks):
        if original in kind:
            kind.add(function)
    if original in os.supports_effective_ids:
        os.supports_effective_ids.add(function)
    function.__name__, function.__doc__ = name, original.__doc__
    setattr(module, name, function)
