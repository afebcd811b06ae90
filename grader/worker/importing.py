"""Importing a submission's file as `python -c "import main"` would, under a soft time limit."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import os
import signal
import sys
import threading
import time
from contextlib import contextmanager
from importlib.machinery import (
    BYTECODE_SUFFIXES,
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    ModuleSpec,
    PathFinder,
    SourceFileLoader,
    SourcelessFileLoader,
)
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any, Callable, Iterator, Mapping

from . import hooks
from .late_annotations import flags_for
from .workdir import Workdir

_WORKERS_OWN = ("importlib", "_frozen_importlib", __name__.rpartition(".")[0])


_THREADS = (
    *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"),
    *("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"),
)


_bound: dict[str, Any] = {}
_late: list[Callable[[], None]] = []  # told where annotations had to wait

MAX_EXTENSION = 1  # as in the limits that are kept from outside


class TimeLimit(BaseException):
    """Raised in the submission's code when its soft time limit has passed."""


def arrange_process(place: Workdir, entry: str, device: str, threads: int) -> None:
    """Give the process what `python main.py` in the submission's folder has, without a screen."""
    environment = os.environ
    environment["MPLBACKEND"] = "Agg"
    environment.pop("DISPLAY", None)
    environment["BROWSER"] = "true"  # the program that does nothing
    environment["TORCH_COMPILE_DISABLE"] = "1"  # takes longer than it saves, and a C++ compiler
    for name in _THREADS:
        environment.setdefault(name, str(threads))
    if device != "GPU":
        environment["CUDA_VISIBLE_DEVICES"] = ""
    os.chdir(str(place.cwd))
    sys.argv = [entry]
    sys.dont_write_bytecode = True


def submission_imports(place: Workdir) -> bool:
    """Whether it is code of the submission that asks a finder of the worker's for a module."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if not str(frame.f_globals.get("__name__", "")).startswith(_WORKERS_OWN):
            return place.source(frame.f_code.co_filename) is not None
        frame = frame.f_back
    return False


def arrange_path(place: Workdir) -> None:
    """Put the submission's folder behind the standard library and before installed packages."""
    folders = [str(place.cwd)]
    if place.root != place.cwd:
        folders.append(str(place.root))
    packages = [
        index
        for index, entry in enumerate(sys.path)
        if "site-packages" in entry or "dist-packages" in entry
    ]
    at = packages[0] if packages else len(sys.path)
    sys.path[at:at] = folders

    def own_module(name: str) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, folders)
        # A mere folder, which may be full of weights, is no module where there is a real one.
        return spec if spec is not None and spec.origin is not None else None

    hooks.install([hooks.OwnModuleFinder(own_module, lambda: submission_imports(place))])


def bind(names: Mapping[str, Any], place: Workdir, late: Callable[[], None]) -> None:
    """Have each of the submission's sources that uses one of `names` find it bound. To libraries
    they are unknown: rich and others tell by a NameError whether they are in a notebook. `late` is
    called where the annotations of a source have to wait for names bound below.
    """
    _bound.update(names)
    _late.append(late)
    find = FileFinder.path_hook(
        (ExtensionFileLoader, EXTENSION_SUFFIXES),
        (_OwnLoader, SOURCE_SUFFIXES),
        (SourcelessFileLoader, BYTECODE_SUFFIXES),
    )

    def hook(path: str) -> Any:
        if not own(path):
            raise ImportError("not a folder of the submission")
        return find(path)

    def own(path: str) -> bool:
        return place.within(str(Path(path) / "main.py")) is not None

    sys.path_hooks.insert(0, hook)
    for path in filter(own, list(sys.path_importer_cache)):
        del sys.path_importer_cache[path]


class _OwnLoader(SourceFileLoader):
    """Runs a source of the submission."""

    def source_to_code(  # type: ignore[override]
        self, data: Any, path: Any, *, _optimize: int = -1
    ) -> CodeType:
        return self.compiled(data, path, 0, _optimize)

    def compiled(self, data: Any, path: Any, flags: int, optimize: int) -> CodeType:
        """The code of a source; where its annotations have to wait, they do."""
        waiting = flags_for(data)
        for tell in _late if waiting else ():
            tell()
        code: CodeType = compile(
            data, path, "exec", flags | waiting, dont_inherit=True, optimize=optimize
        )
        return code

    def exec_module(self, module: ModuleType) -> None:
        self.bind(module)
        super().exec_module(module)

    def bind(self, module: ModuleType) -> None:
        """Give the module the names of `bind` that its source uses."""
        source = self.get_data(self.path)
        for name, thing in _bound.items():
            if name.encode() in source:
                vars(module).setdefault(name, thing)


class _CellsLoader(_OwnLoader):
    """Runs a source as a notebook's cells are run: with `await` at its top level."""

    def source_to_code(  # type: ignore[override]
        self, data: Any, path: Any, *, _optimize: int = -1
    ) -> CodeType:
        """The code, which is a coroutine's where it awaits."""
        flags = getattr(ast, "PyCF_ALLOW_TOP_LEVEL_AWAIT", 0)  # since Python 3.8
        return self.compiled(data, path, flags, _optimize)

    def exec_module(self, module: ModuleType) -> None:
        self.bind(module)
        code: Any = self.get_code(module.__name__)
        if code.co_flags & inspect.CO_COROUTINE:
            asyncio = importlib.import_module("asyncio")  # which few submissions need
            asyncio.run(eval(code, vars(module)))  # noqa: S307 - as below
        else:
            exec(code, vars(module))  # noqa: S102 - as importlib does


def import_file(
    path: Path, name: str, seconds: float = 0
) -> tuple[ModuleType, BaseException | None]:
    """Run the file as module `name`; the module as far as it came, and what stopped it, if so.

    A name that is in use already, such as that of a `json.py`, gets a "_" behind it. The module
    stays in `sys.modules` even if it failed, as graph mode looks it up there. After `seconds`
    (0: never) TimeLimit is raised inside the file's code.
    """
    while name in sys.modules:
        name += "_"
    spec = importlib.util.spec_from_file_location(
        name, str(path), loader=_CellsLoader(name, str(path))
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python source")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        with time_limit(seconds):
            spec.loader.exec_module(module)
    except BaseException as error:
        return module, error
    return module, None


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeLimit in the main thread's Python code after `seconds` (0: never), without those
    (up to MAX_EXTENSION times `seconds`) in which it had no processor.

    Code can catch it; the limit that counts is kept from outside, by ending the process.
    """
    usable = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if not seconds or not usable:
        yield
        return

    end, waited = time.monotonic() + seconds, _waited()

    def ring(number: int, frame: FrameType | None) -> None:
        if frame is not None and frame.f_code.co_filename == __file__:
            return  # on the way in or out; it rings again
        left = end + min(_waited() - waited, MAX_EXTENSION * seconds) - time.monotonic()
        if left > 0:
            signal.setitimer(signal.ITIMER_REAL, max(left, 0.01), 1.0)
            return
        raise TimeLimit(f"still running after {seconds:g} s")

    before = signal.signal(signal.SIGALRM, ring)
    # Repeated, as the first may be lost in a destructor or be caught by a broad except.
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before or signal.SIG_DFL)


def _waited() -> float:
    """Seconds that this thread was ready to run and had no processor; 0 where nobody tells."""
    try:
        told = os.open("/proc/thread-self/schedstat", os.O_RDONLY)
        try:
            return int(os.read(told, 200).split()[1]) / 1e9
        finally:
            os.close(told)
    except (OSError, ValueError, IndexError):
        return 0.0
