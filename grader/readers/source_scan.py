"""Reads a submission's sources without running them: what is reachable from the entry.

A hostile source can crash or exhaust Python's parser: `a.b.b.b…` ends CPython 3.10's by a
segmentation fault, and `import a.b.b…` takes 3.12's all memory. So a reader does this, and whoever
asked it goes on by regular expressions where it fails.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from grader.readers.limits import ReadingLimit
from grader.readers.source_facts import SourceFacts, by_lines, by_tree, no_facts
from grader.readers.source_text import text_of
from grader.readers.time_limits import OverTimeError, within

__all__ = ["Scanner", "by_lines", "by_tree", "sources"]

TREE = 1024 * 1024  # characters of a source that is parsed; a longer one is looked at by its lines
MAX_SOURCES = 300  # sources that are looked at
MAX_NAME_CHARS = 200  # characters of a package's name
MAX_NAMED = 500  # packages, commands, files that are told, of each kind
# Of which one submission needs one; what comes with one of them.
FRAMEWORKS = {
    "mindspore",
    "torch",
    "torchvision",
    "tensorflow",
    "keras",
    "tf_keras",
    "paddle",
    "jax",
}
NOT_LOOKED_INTO = {"__pycache__", "venv", "node_modules", "site-packages"}


def sources(folder: Path) -> list[Path]:
    """The sources of a submission, those nearest to its top first."""
    found = [
        path
        for suffix in ("*.py", "*.ipynb")
        for path in folder.rglob(suffix)
        if path.is_file()
        and not path.is_symlink()
        and not NOT_LOOKED_INTO.intersection(path.relative_to(folder).parts)
    ]
    found.sort(key=lambda path: (len(path.parts), path.suffix != ".py", str(path)))
    return found[:MAX_SOURCES]


class _Found:
    """What was found on the way."""

    def __init__(self) -> None:
        self.imports: dict[str, tuple[str, int, bool]] = {}
        self.used: set[str] = set()  # packages of which something is made
        self.installs: list[tuple[str, str, int]] = []
        self.devices: list[tuple[str, str, int]] = []

    def note(self, file: str, facts: SourceFacts, optional: bool) -> None:
        """The facts of one source that is run (`optional`: perhaps)."""
        if not optional:
            self.installs += [(command, file, line) for command, line in facts.installs]
            self.devices += [(target, file, line) for target, line in facts.devices]

    def need(self, package: str, file: str, line: int, optional: bool) -> None:
        """An import; the first one stands, but a required one before an optional one."""
        package = package[:MAX_NAME_CHARS]
        if package not in self.imports or (self.imports[package][2] and not optional):
            self.imports[package] = (file, line, optional)

    def told(self) -> dict[str, tuple[str, int, bool]]:
        """The imports. Where a framework is used, others that are not are left over from a try."""
        if not self.used.intersection(FRAMEWORKS):
            return self.imports
        return {
            name: (file, line, optional or (name in FRAMEWORKS and name not in self.used))
            for name, (file, line, optional) in self.imports.items()
        }


class Scanner:
    """Follows imports from the entry through the submission's own modules."""

    def __init__(self, folder: Path, parse: bool, each: float) -> None:
        """`parse`: by syntax tree where that works; else by lines only. each: seconds of processor
        time for a source.
        """
        self.function = ""
        self.folder = folder
        self.parse = parse
        self.each = each
        self.fallen_back: list[str] = []
        self.left_out: dict[str, ReadingLimit] = {}
        self._known: dict[Path, SourceFacts | None] = {}

    def facts(self, path: Path) -> SourceFacts:
        """The facts of one source; what cannot be parsed within the limits is read by lines."""
        if path not in self._known:
            self._known[path] = self._tried(path, self._by_tree) if self.parse else None
            if self._known[path] is None:
                self._known[path] = self._tried(path, by_lines)
        return self._known[path] or no_facts()

    def _by_tree(self, text: str) -> SourceFacts:
        return by_tree(text, self.function)

    def _tried(self, path: Path, read: Callable[[str], SourceFacts]) -> SourceFacts | None:
        """The facts of a source, None where they cannot be had this way."""
        name = path.relative_to(self.folder).as_posix()
        try:
            with within(self.each):
                text = text_of(path)
                if read is not by_lines and len(text) > TREE:
                    raise ValueError(f"a source of {len(text)} characters")
                return read(text)
        except (SyntaxError, ValueError, RecursionError):
            pass
        except OSError:
            return None
        except OverTimeError:
            self.left_out[name] = "time"
        except MemoryError:
            self.left_out[name] = "memory"
        if read is not by_lines:
            self.fallen_back.append(name)
            self.left_out.pop(name, None)
        return None

    def entry(self, wanted: str, function: str) -> Path | None:
        """The source that defines `function`: `wanted` if it does, else the nearest that does."""
        found = sources(self.folder)
        named = [path for path in found if path.name.lower() == wanted.lower()]
        for path in (*named, *found):
            if function in self.facts(path).defines or (path in named and self._star(path)):
                return path
        if named:
            return named[0]
        return found[0] if found else None

    def _star(self, path: Path) -> bool:
        """Whether a source takes all names of another: its own may be among them."""
        return "*" in self.facts(path).defines

    def scan(self, wanted: str, function: str) -> dict[str, Any]:
        """Everything that is reachable from the entry, as plain values."""
        self.function = function
        entry = self.entry(wanted, function)
        if entry is None:
            empty = ("imports", "installs", "devices", "lines_only", "left_out")
            return {"entry": "", **{kind: [] for kind in empty}}
        tops = [entry.parent, self.folder] if entry.parent != self.folder else [self.folder]
        found = _Found()
        reached = self._follow(entry, False, tops, found)
        for path in sources(self.folder):  # a LeNet5 may be in a script that nobody imports
            if path not in reached:
                self._follow(path, True, tops, found)
        return {
            "entry": entry.relative_to(self.folder).as_posix(),
            "imports": [[p, *w] for p, w in sorted(found.told().items())][:MAX_NAMED],
            "installs": found.installs[:MAX_NAMED],
            "devices": found.devices[:MAX_NAMED],
            "lines_only": self.fallen_back[:MAX_NAMED],
            "left_out": list(self.left_out.items())[:MAX_NAMED],
        }

    def _follow(self, start: Path, optional: bool, tops: list[Path], found: _Found) -> set[Path]:
        """Note what is imported from `start` on; the sources that were reached."""
        pending, seen = [(start, optional)], {(start, optional)}
        while pending and len(seen) <= MAX_SOURCES:
            path, goes_on = pending.pop(0)
            facts = self.facts(path)
            found.note(path.relative_to(self.folder).as_posix(), facts, goes_on)
            written = {Path(name).stem for name in facts.writes}
            ran = [file for name in facts.runs for file in self._run(name, tops)]
            imported = [
                (self._local(path, name, tops), goes_on or guarded)
                for name, _, guarded in facts.imports
            ]
            for modules, without in ((ran, goes_on), *imported):
                for module in modules:
                    if (module, without) not in seen and (module, False) not in seen:
                        seen.add((module, without))
                        pending.append((module, without))
            for (name, line, _), (local, without) in zip(facts.imports, imported, strict=True):
                package = name.split(".")[0]
                there = local or package in written or self._is_local(package, tops)
                if package and not there:
                    where = path.relative_to(self.folder).as_posix()
                    found.need(package, where, line, without)
                    if not without and (name, line) not in facts.idle:
                        found.used.add(package)
        return {path for path, _ in seen}

    def _run(self, name: str, tops: list[Path]) -> list[Path]:
        """The submission's own file that a notebook's %run names."""
        paths = [Path(os.path.normpath(top / name)) for top in tops]
        return [
            path
            for path in paths
            if self.folder in path.parents and path.suffix in (".py", ".ipynb") and path.is_file()
        ][:1]

    def _is_local(self, package: str, tops: list[Path]) -> bool:
        return any((top / f"{package}.py").is_file() or (top / package).is_dir() for top in tops)

    def _local(self, path: Path, name: str, tops: list[Path]) -> list[Path]:
        """The submission's own files that importing `name` in `path` runs."""
        if name.startswith("."):
            level = len(name) - len(name.lstrip("."))
            base = path
            for _ in range(level):
                base = base.parent
            bases, rest = [base], name.lstrip(".")
        else:
            bases, rest = tops, name
        parts = [part for part in rest.split(".") if part][:20]
        for base in bases:
            if self.folder not in (base, *base.parents):
                continue
            if files := self._files(base, parts):
                return files
        return []

    @staticmethod
    def _files(base: Path, parts: list[str]) -> list[Path]:
        found = []
        here = base
        for part in parts:
            if len(part) > 200:
                break
            if (module := here / f"{part}.py").is_file():
                found.append(module)
                break
            here = here / part
            if not here.is_dir():
                break
            if (init := here / "__init__.py").is_file():
                found.append(init)
        return found
