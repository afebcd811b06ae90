"""Where in a submission a network may be: modules in memory, other files, notebooks."""

from __future__ import annotations

import ast
import inspect
import re
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any, Callable, Iterator, NamedTuple

from . import entry, importing, notebooks, source
from .frameworks import loaded_frameworks
from .workdir import SourceLine, Workdir

MOST_FILES = 12  # that are imported in one search
IMPORT_SECONDS = 20.0  # soft limit for importing one of them
SECONDS_IN_ALL = 40.0  # after which no other file or class is begun

Fits = Callable[[str], bool]


class NetworkCandidate(NamedTuple):
    """A class, a function or a network already built, by the name it has in a module."""

    thing: Any
    module: ModuleType
    name: str
    named: bool  # whether its name speaks of what is sought


class NetworkSearch:
    """One search. `trouble` is the first error of a file that was imported for it."""

    def __init__(self, place: Workdir, name: str) -> None:
        self._place = place
        self._name = name
        self._seen: list[Any] = []  # the things themselves: ids are used again
        self._end = time.monotonic() + SECONDS_IN_ALL
        self._files = 0
        self.trouble: BaseException | None = None

    @property
    def imported(self) -> bool:
        """Whether files were run for it."""
        return self._files > 0

    def candidates(self) -> Iterator[NetworkCandidate]:
        """By exact name, then by likeness, each in memory and then in files; then any class."""
        every = (self._classes, self._functions, self._networks)
        for fits in (self._exact, self._alike):
            for module in self._loaded():
                yield from self._in_module(module, fits, every)
            for module in self._imported(fits):
                yield from self._in_module(module, fits, every)
        # By shape alone only classes: a function that is not meant may do anything when called,
        # and a network that predict uses may answer otherwise once it was asked by others.
        for module in self._loaded():
            for candidate in self._in_module(module, lambda name: True, (self._classes,)):
                if time.monotonic() > self._end:
                    return
                yield candidate
        drawn = self._drawn()
        for module in self._imported(drawn.__contains__):
            yield from self._in_module(module, drawn.__contains__, (self._classes,))

    def _drawn(self) -> set[str]:
        """Names of classes whose text has two convolutions and two dense layers, in any file."""
        return {
            node.name
            for path in entry.handed_in(self._place.root, "*.py")
            for node in ast.walk(source.parse(source.read_source(path)) or ast.Module([], []))
            if isinstance(node, ast.ClassDef) and _has_layers(node)
        }

    def others(self, taken: str) -> list[str]:
        """Names of further classes in memory that speak of what is sought, but for `taken`."""
        bases = tuple(framework.network_type() for framework in loaded_frameworks())
        found = {
            name
            for module in self._loaded()
            for name, thing in list(vars(module).items())
            if name != taken and self._alike(name) and _is(self._classes, thing, bases)
        }
        return sorted(found)[:3]

    def namesake(self) -> SourceLine | None:
        """Where a class of the name, or of one like it, stands that is no network."""
        for fits in (self._exact, self._alike):
            for suffix in ("*.py", "*.ipynb"):
                for path in entry.handed_in(self._place.root, suffix):
                    made = self._source_of(path)
                    node = _definition(source.read_source(made), fits) if made else None
                    if made is not None and isinstance(node, ast.ClassDef):
                        return self._place.spot(str(made), node.lineno)
        return None

    def functions(self) -> Iterator[NetworkCandidate]:
        """Functions by exact name, then by likeness, each in memory and then in files."""
        for fits in (self._exact, self._alike):
            for module in [*self._loaded(), *self._imported(fits)]:
                for name, thing in list(vars(module).items()):
                    if fits(name) and self._functions(thing, ()) and not self._was_seen(thing):
                        yield NetworkCandidate(thing, module, name, True)

    def _was_seen(self, thing: Any) -> bool:
        """Whether the thing was met before in this search; from now on it was."""
        seen = any(thing is other for other in self._seen)
        if not seen:
            self._seen.append(thing)
        return seen

    def _exact(self, name: str) -> bool:
        return name == self._name

    def _alike(self, name: str) -> bool:
        return resembles(name, self._name)

    def _in_module(
        self,
        module: ModuleType,
        fits: Fits,
        kinds: tuple[Callable[[Any, tuple[type, ...]], bool], ...],
    ) -> Iterator[NetworkCandidate]:
        bases = tuple(framework.network_type() for framework in loaded_frameworks())
        for kind in kinds if bases else ():
            for name, thing in list(vars(module).items()):
                if fits(name) and _is(kind, thing, bases) and not self._was_seen(thing):
                    yield NetworkCandidate(thing, module, name, self._alike(name))

    def _classes(self, thing: Any, bases: tuple[type, ...]) -> bool:
        return inspect.isclass(thing) and issubclass(thing, bases) and self._own(thing)

    def _functions(self, thing: Any, bases: tuple[type, ...]) -> bool:
        return inspect.isfunction(thing) and self._own(thing)

    def _networks(self, thing: Any, bases: tuple[type, ...]) -> bool:
        return isinstance(thing, bases)

    def _own(self, thing: Any) -> bool:
        """Whether the submission defines the class or function itself and not a library."""
        owner = sys.modules.get(str(thing.__module__))
        return owner is None or self._place.source(str(getattr(owner, "__file__", ""))) is not None

    def _loaded(self) -> list[ModuleType]:
        """Modules of the submission that are in memory."""
        found = []
        for module in list(sys.modules.values()):
            filename = _file_of(module)
            if isinstance(filename, str) and self._place.source(filename) is not None:
                found.append(module)
        return found

    def _imported(self, fits: Fits) -> Iterator[ModuleType]:
        """Files and notebooks whose text defines a fitting name that no module in memory has."""
        root = self._place.root
        for path in entry.handed_in(root, "*.py") + entry.handed_in(root, "*.ipynb"):
            made = self._source_of(path)
            last = last_line_of(source.read_source(made), fits) if made else 0
            if made is None or not last or self._in_memory(made, fits):
                continue
            if self._files >= MOST_FILES or time.monotonic() > self._end:
                return
            self._files += 1
            module, error = import_definitions(made, last)
            self.trouble = self.trouble or error
            yield module

    def _in_memory(self, path: Path, fits: Fits) -> bool:
        return any(
            fits(name)
            for module in self._loaded()
            if _file_of(module) == str(path)
            for name in vars(module)
        )

    def _source_of(self, path: Path) -> Path | None:
        """The file itself; for a notebook the source made from all its cells."""
        if path.suffix == ".py":
            return path
        for made, (origin, _) in self._place.made.items():
            if origin == self._place.name(path):
                return made
        converted = notebooks.convert(path, "")
        if converted is None:
            return None
        made = entry.write_source(path, converted)
        self._place.made[made] = (self._place.name(path), converted.cells)
        return made


def _has_layers(node: ast.ClassDef) -> bool:
    called = [
        str(getattr(call.func, "attr", getattr(call.func, "id", ""))).lower()
        for call in ast.walk(node)
        if isinstance(call, ast.Call)
    ]
    convolutions = sum("conv" in name for name in called)
    return convolutions >= 2 and sum(name in ("linear", "dense") for name in called) >= 2


def _is(kind: Callable[[Any, tuple[type, ...]], bool], thing: Any, bases: tuple[type, ...]) -> bool:
    """Whether it is of that kind; what raises when it is looked at is not."""
    try:
        return kind(thing, bases)
    except Exception:
        return False


def _file_of(module: Any) -> Any:
    """Its file, if it says; some are imported only when they are looked at, and then fail."""
    try:
        return getattr(module, "__file__", None)
    except Exception:
        return None


def resembles(found: str, name: str) -> bool:
    """Whether a name speaks of `name` without its number: "MyLeNet" and "lenet_5" do of LeNet5,
    "GoogLeNet", "MobileNet" and "ShuffleNet" do not.
    """
    stem = name.rstrip("0123456789")
    for match in re.finditer(re.escape(stem), found, re.IGNORECASE):
        before = found[: match.start()]
        begins_word = match.group()[:1].isupper() or not before[-1:].isalpha()
        if begins_word and not before.lower().endswith("goog"):
            return True
    return False


def last_line_of(text: str, fits: Fits) -> int:
    """Last line of the first class or function at top level whose name fits; 0 if none."""
    node = _definition(text, fits)
    return source.last_line(node) if node else 0


def first_line_of(text: str, name: str) -> int:
    """First line of the class or function `name` at top level, or of what is bound to it there; 0
    if there is none.
    """
    node = _definition(text, lambda found: found == name)
    tree = source.parse(text) if node is None else None
    if tree is not None:
        bound = (one for one in source.top_level(tree.body) if isinstance(one, ast.Assign))
        node = next((one for one in bound if name in map(_target, one.targets)), None)
    return node.lineno if node else 0


def _target(target: ast.expr) -> str:
    return target.id if isinstance(target, ast.Name) else ""


def _definition(text: str, fits: Fits) -> ast.stmt | None:
    tree = source.parse(text)
    for node in source.top_level(tree.body) if tree else ():
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and fits(node.name):
            return node
    return None


_ALWAYS = (ast.Import, ast.ImportFrom, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_BEFORE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.If, ast.Try)


def import_definitions(path: Path, last: int) -> tuple[ModuleType, BaseException | None]:
    """Run a file's imports and definitions; the module and its first error, if any.

    Up to line `last` assignments and conditions run as well, since classes may need them; calls
    and loops never do, as they may be a whole training. A statement that fails is passed over.
    """
    name = entry.module_name(path)
    while name in sys.modules:
        name += "_"
    module = ModuleType(name)
    module.__file__ = str(path)
    sys.modules[name] = module
    trouble: BaseException | None = None
    try:
        tree = ast.parse(source.read_source(path), str(path))
    except (SyntaxError, ValueError) as error:
        return module, error
    for node in tree.body:
        wanted = isinstance(node, _ALWAYS) or (isinstance(node, _BEFORE) and node.lineno <= last)
        if not wanted or source.is_main_guard(node):
            continue
        tree.body = [node]  # the same tree, as its other fields differ between versions of Python
        try:
            with importing.time_limit(IMPORT_SECONDS):
                exec(compile(tree, str(path), "exec", dont_inherit=True), vars(module))  # noqa: S102
        except BaseException as error:
            trouble = trouble or error
            if isinstance(error, importing.TimeLimit):
                break
    return module, trouble
