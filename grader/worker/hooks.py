"""Import hooks: functions run right after a module was imported, and modules put back.

Nothing is imported for the hooks' sake: they wait until the submission imports what they are for.
"""

from __future__ import annotations

import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Callable, Sequence

AfterImport = Callable[[ModuleType], None]
STAND_IN = "stand-in"  # origin of a module that stands for a package that is not here


def loaded(name: str) -> Any:
    """The module of that name in memory; None where there is none, or a stand-in for it."""
    module = sys.modules.get(name)
    spec = getattr(module, "__spec__", None)
    return None if getattr(spec, "origin", None) == STAND_IN else module


class AfterImportFinder(MetaPathFinder):
    """Lets the ordinary finders find a module, and runs a function once it was executed."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[AfterImport]] = {}

    def when(self, name: str, action: AfterImport) -> None:
        """Run `action` with module `name` after its import; its exceptions are dropped."""
        self._waiting.setdefault(name, []).append(action)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The ordinary spec of a module that is waited for, with a loader that tells."""
        if fullname not in self._waiting:
            return None
        for finder in sys.meta_path:
            if finder is self or not hasattr(finder, "find_spec"):
                continue
            spec = finder.find_spec(fullname, path, target)
            if spec is not None:
                if spec.loader is None or spec.origin == STAND_IN:
                    return spec
                if hasattr(spec.loader, "exec_module"):
                    spec.loader = _TellingLoader(spec.loader, self._waiting[fullname])
                return spec
        return None


class _TellingLoader(Loader):
    def __init__(self, loader: Loader, actions: list[AfterImport]) -> None:
        self._loader = loader
        self._actions = actions

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)  # who only looks at the spec finds the real loader's

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        # The module and its spec are to look as they would without us, even while it runs.
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        for action in self._actions:
            try:
                action(module)
            except Exception as error:
                print(f"worker: {module.__name__}: {error!r}", file=sys.__stderr__)


class ConcealingFinder(MetaPathFinder):
    """An ordinary finder that does not find some top-level packages."""

    def __init__(self, finder: Any, names: Sequence[str]) -> None:
        self._finder = finder
        self._names = frozenset(names)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._finder, name)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """What the finder finds, but for what is concealed."""
        if fullname.partition(".")[0] in self._names:
            return None
        found: ModuleSpec | None = self._finder.find_spec(fullname, path, target)
        return found


def conceal(names: Sequence[str]) -> None:
    """Have nobody find these top-level packages, as if they were not installed."""
    if names:
        sys.meta_path[:] = [ConcealingFinder(finder, names) for finder in sys.meta_path]


class PutBackFinder(MetaPathFinder):
    """Finds modules that a later release of a library dropped, where nothing else finds them."""

    def __init__(self) -> None:
        self._makers: dict[str, Callable[[ModuleType], None]] = {}

    def offer(self, name: str, fill: Callable[[ModuleType], None]) -> None:
        """Let module `name` be found; `fill` puts its contents into the new, empty module."""
        self._makers[name] = fill

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of a module that is offered."""
        if fullname not in self._makers:
            return None
        return ModuleSpec(fullname, _FillingLoader(self._makers[fullname]), is_package=True)


class _FillingLoader(Loader):
    def __init__(self, fill: Callable[[ModuleType], None]) -> None:
        self._fill = fill

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        self._fill(module)


class OwnModuleFinder(MetaPathFinder):
    """Lets the submission's `test.py` or `code.py` win over the standard library's, for itself
    only.

    The submission's folder stands behind the standard library on `sys.path`, so that a library
    never gets the submission's module in place of the standard one.
    """

    def __init__(self, finders: Callable[[str], ModuleSpec | None], calls: Callable[[], bool]):
        self._find = finders
        self._submission_calls = calls

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The submission's own module, if it is the submission that imports."""
        if path is not None or not self._submission_calls():
            return None
        return self._find(fullname)


def install(first: Sequence[Any], last: Sequence[Any] = ()) -> None:
    """Ask `first` before and `last` after all other finders."""
    sys.meta_path[:0] = first
    sys.meta_path.extend(last)
