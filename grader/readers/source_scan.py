"""Reads a hand-in's source without running it: what it imports, installs and asks for.

A hostile source can crash or exhaust Python's parser: `a.b.b.b…` ends CPython 3.10's by a
segmentation fault, and `import a.b.b…` takes 3.12's all memory. So a reader does this, and whoever
asked it goes on by regular expressions where it fails.
"""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from grader.readers.patience import OverTimeError, within

READ = 2 * 1024 * 1024  # bytes of one source file; of a notebook NOTEBOOK
TREE = 1024 * 1024  # characters of a source that is parsed; a longer one is looked at by its lines
NOTEBOOK = 64 * 1024 * 1024
FILES = 300  # sources that are looked at
NAME = 200  # characters of a package's name
NAMED = 500  # packages, commands, files that are told, of each kind
NODES = 200_000  # of one file's syntax tree
ELEMENTS = 1_000  # of a list or table; a longer one is data, which is not looked into
NOT_LOOKED_INTO = {"__pycache__", "venv", "node_modules", "site-packages"}


class Import(NamedTuple):
    """An import: the dotted name, its line, whether the code goes on without it."""

    name: str
    line: int
    optional: bool


class Facts(NamedTuple):
    """What one source holds; `names` are dotted names that may be local modules as well."""

    imports: list[Import]
    installs: list[tuple[str, int]]
    devices: list[tuple[str, int]]
    defines: set[str]


# --- sources ----------------------------------------------------------------------------


def text_of(path: Path) -> str:
    """The source at `path` as text, notebooks by their code cells; never raises for its content."""
    if path.suffix.lower() == ".ipynb":
        with path.open("rb") as file:
            return notebook(file.read(NOTEBOOK))
    with path.open("rb") as file:
        return decode(file.read(READ))


def decode(raw: bytes) -> str:
    """Text of a source: by its declared encoding, else UTF-8, else GB18030."""
    try:
        declared, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
    except (SyntaxError, UnicodeDecodeError):
        declared = "utf-8"
    for encoding in (declared, "utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return raw.decode("utf-8", "replace")


MARK = "生成 main.py 时请勾选此 cell"  # the platform's own mark of cells that are the answer
_OTHER_LANGUAGE = re.compile(
    r"%%(?:bash|sh|cmd|html|javascript|js|latex|markdown|svg|perl|ruby|script|writefile|file)\b"
)


def notebook(raw: bytes) -> str:
    """The code cells of a notebook as one source; magics become `pass`, lines keep their place.

    Where cells are marked as the answer, only those.
    """
    try:
        cells = json.loads(decode(raw))["cells"]
        sources = [_cell(cell) for cell in cells if cell.get("cell_type") == "code"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ""
    if any(MARK in source for source in sources):
        sources = [source for source in sources if MARK in source]
    return "\n".join(_without_magics(source) for source in sources)


def _cell(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


def _without_magics(source: str) -> str:
    if _OTHER_LANGUAGE.match(source.lstrip()):
        return ""
    return "\n".join(_without_magic(line) for line in source.splitlines())


def _without_magic(line: str) -> str:
    stripped = line.lstrip()
    if not stripped.startswith(("%", "!", "?")) and not stripped.rstrip().endswith("?"):
        return line
    indent = line[: len(line) - len(stripped)]
    if stripped.startswith(("!", "%pip")) and "pip" in stripped:
        return f"{indent}__import__('os').system({stripped.lstrip('!%')[:200]!r})"
    return f"{indent}pass"


# --- by syntax tree ---------------------------------------------------------------------

_GUARDS = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
_COMMANDS = {"system", "popen", "run", "call", "check_call", "check_output", "Popen", "getoutput"}


def by_tree(text: str) -> Facts:
    """The facts of one source by its syntax tree.

    Raises SyntaxError, ValueError, RecursionError or MemoryError for what Python cannot parse.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(text)
    facts = Facts([], [], [], set())
    stack: list[tuple[ast.AST, bool]] = [(tree, False)]
    for _ in range(NODES):
        if not stack:
            break
        node, optional = stack.pop()
        _note(node, optional, facts)
        stack += reversed([*_children(node, optional)])
    facts.defines.update(_defined(tree))
    return facts


def _note(node: ast.AST, optional: bool, facts: Facts) -> None:
    if isinstance(node, ast.Import):
        facts.imports.extend(Import(alias.name, node.lineno, optional) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = "." * node.level + (node.module or "")
        facts.imports.append(Import(base, node.lineno, optional))
        joint = "" if base.endswith(".") or not base else "."
        # "from package import module": a local module, perhaps
        facts.imports.extend(
            Import(f"{base}{joint}{alias.name}", node.lineno, optional)
            for alias in node.names
            if alias.name != "*"
        )
    elif isinstance(node, ast.Call):
        _note_call(node, optional, facts)


def _note_call(node: ast.Call, optional: bool, facts: Facts) -> None:
    function = node.func
    name = getattr(function, "attr", getattr(function, "id", ""))
    if name in ("import_module", "__import__") and node.args:
        if isinstance(first := _constant(node.args[0]), str) and first:
            facts.imports.append(Import(first, node.lineno, optional))
    elif name in _COMMANDS and node.args and not optional:
        command = _command(node.args[0])
        if re.search(r"\b(?:pip3?|conda)\b.*\binstall\b", command):
            facts.installs.append((command[:200], node.lineno))
    for keyword in node.keywords:
        if keyword.arg == "device_target" and isinstance(value := _constant(keyword.value), str):
            facts.devices.append((value[:40], node.lineno))


def _constant(node: ast.AST) -> object:
    return node.value if isinstance(node, ast.Constant) else None


def _command(node: ast.AST) -> str:
    parts = node.elts if isinstance(node, (ast.List, ast.Tuple)) else [node]
    return " ".join(str(_constant(part) or getattr(part, "attr", "")) for part in parts)


def _children(node: ast.AST, optional: bool) -> Iterator[tuple[ast.AST, bool]]:
    """Parts of a node, each with whether the code goes on without what it imports."""
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)) and len(node.elts) > ELEMENTS:
        return
    if isinstance(node, ast.Dict) and len(node.keys) > ELEMENTS:
        return
    if isinstance(node, ast.Try) and any(_guards(handler) for handler in node.handlers):
        for child in ast.iter_child_nodes(node):
            yield child, True
    elif isinstance(node, ast.If) and _not_at_import(node.test):
        for child in node.body:
            yield child, True
        for child in node.orelse:
            yield child, optional
    else:
        for child in ast.iter_child_nodes(node):
            yield child, optional


def _guards(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or getattr(kind, "id", "") in _GUARDS for kind in kinds)


def _not_at_import(test: ast.AST) -> bool:
    """Whether a condition is `__name__ == "__main__"`, `TYPE_CHECKING`, `False` or `0`."""
    if isinstance(test, ast.Compare) and len(test.comparators) == 1:
        sides = (test.left, test.comparators[0])
        names = {getattr(side, "id", None) for side in sides}
        constants = {_constant(side) for side in sides if isinstance(_constant(side), str)}
        return "__name__" in names and "__main__" in constants and isinstance(test.ops[0], ast.Eq)
    if isinstance(test, ast.Constant):
        return not test.value
    return getattr(test, "id", getattr(test, "attr", "")) == "TYPE_CHECKING"


def _defined(tree: ast.Module) -> Iterator[str]:
    """Names that the top level of a module binds."""
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)  # "*" too


# --- by lines ---------------------------------------------------------------------------

_LINE = re.compile(
    r"(?P<indent>\s*)(?:from\s+(?P<base>\.*[\w.]*)\s+import\s+(?P<what>.*)|import\s+(?P<plain>.+))"
)
_NAME = re.compile(r"[\w.]+")
_DEFINES = re.compile(r"(?:async\s+)?(?:def|class)\s+(\w+)|(\w+)\s*=[^=]")

_INSTALL = re.compile(r"(?:system|popen|run|call)\s*\(.{0,80}?(pip3?.{0,40}?\binstall\b.{0,80})")
_DEVICE = re.compile(r"""device_target\s*=\s*['"](\w{1,20})""")
LINE = 1_000  # characters of one line


def by_lines(text: str) -> Facts:
    """The facts of one source line by line, for sources that do not parse."""
    facts = Facts([], [], [], set())
    for number, line in enumerate(text.splitlines(), 1):
        line = line[:LINE]
        if match := _LINE.match(line):
            _note_line(match, number, facts)
        elif match := _DEFINES.match(line):
            facts.defines.add(match[1] or match[2])
        if match := _INSTALL.search(line):
            facts.installs.append((match[1].strip("'\" )"), number))
        facts.devices.extend((name, number) for name in _DEVICE.findall(line))
    return facts


def _note_line(match: re.Match[str], number: int, facts: Facts) -> None:
    # An indented import may stand below try or `if __name__`: taken as one to do without.
    optional = bool(match["indent"])
    if match["plain"] is not None:
        for piece in match["plain"].split("#")[0].split(","):
            if name := _NAME.match(piece.strip()):
                facts.imports.append(Import(name[0], number, optional))
        return
    base = match["base"]
    if not base:
        return
    facts.imports.append(Import(base, number, optional))
    joint = "" if base.endswith(".") else "."
    for piece in match["what"].split("#")[0].strip("() \\").split(","):
        if name := _NAME.match(piece.strip()):
            facts.imports.append(Import(f"{base}{joint}{name[0]}", number, optional))
            facts.defines.add(name[0])
        elif piece.strip() == "*":
            facts.defines.add("*")


# --- what is reachable ------------------------------------------------------------------


def sources(folder: Path) -> list[Path]:
    """The sources of a hand-in, those nearest to its top first."""
    found = [
        path
        for suffix in ("*.py", "*.ipynb")
        for path in folder.rglob(suffix)
        if path.is_file()
        and not path.is_symlink()
        and not NOT_LOOKED_INTO.intersection(path.relative_to(folder).parts)
    ]
    found.sort(key=lambda path: (len(path.parts), path.suffix != ".py", str(path)))
    return found[:FILES]


class _Found:
    """What was found on the way."""

    def __init__(self) -> None:
        self.imports: dict[str, tuple[str, int, bool]] = {}
        self.installs: list[tuple[str, str, int]] = []
        self.devices: list[tuple[str, str, int]] = []

    def note(self, file: str, facts: Facts, optional: bool) -> None:
        """The facts of one source that is run (`optional`: perhaps)."""
        if not optional:
            self.installs += [(command, file, line) for command, line in facts.installs]
            self.devices += [(target, file, line) for target, line in facts.devices]

    def need(self, package: str, file: str, line: int, optional: bool) -> None:
        """An import; the first one stands, but a required one before an optional one."""
        package = package[:NAME]
        if package not in self.imports or (self.imports[package][2] and not optional):
            self.imports[package] = (file, line, optional)


class Scanner:
    """Follows imports from the entry through the hand-in's own modules."""

    def __init__(self, folder: Path, parse: bool, each: float) -> None:
        """`parse`: by syntax tree where that works; else by lines only. each: seconds of processor
        time for a source.
        """
        self.folder = folder
        self.parse = parse
        self.each = each
        self.fallen_back: list[str] = []
        self.left_out: dict[str, str] = {}
        self._known: dict[Path, Facts | None] = {}

    def facts(self, path: Path) -> Facts:
        """The facts of one source; what cannot be parsed within the limits is read by lines."""
        if path not in self._known:
            self._known[path] = self._tried(path, by_tree) if self.parse else None
            if self._known[path] is None:
                self._known[path] = self._tried(path, by_lines)
        return self._known[path] or Facts([], [], [], set())

    def _tried(self, path: Path, read: Callable[[str], Facts]) -> Facts | None:
        """The facts of a source, None where they cannot be had this way."""
        name = path.relative_to(self.folder).as_posix()
        try:
            with within(self.each):
                text = text_of(path)
                if read is by_tree and len(text) > TREE:
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
        if read is by_tree:
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
            "imports": [[p, *w] for p, w in sorted(found.imports.items())][:NAMED],
            "installs": found.installs[:NAMED],
            "devices": found.devices[:NAMED],
            "lines_only": self.fallen_back[:NAMED],
            "left_out": list(self.left_out.items())[:NAMED],
        }

    def _follow(self, start: Path, optional: bool, tops: list[Path], found: _Found) -> set[Path]:
        """Note what is imported from `start` on; the sources that were reached."""
        pending, seen = [(start, optional)], {(start, optional)}
        while pending and len(seen) <= FILES:
            path, goes_on = pending.pop(0)
            facts = self.facts(path)
            found.note(path.relative_to(self.folder).as_posix(), facts, goes_on)
            for name, line, guarded in facts.imports:
                without = goes_on or guarded
                local = self._local(path, name, tops)
                for module in local:
                    if (module, without) not in seen and (module, False) not in seen:
                        seen.add((module, without))
                        pending.append((module, without))
                package = name.split(".")[0]
                if package and not local and not self._is_local(package, tops):
                    where = path.relative_to(self.folder).as_posix()
                    found.need(package, where, line, without)
        return {path for path, _ in seen}

    def _is_local(self, package: str, tops: list[Path]) -> bool:
        return any((top / f"{package}.py").is_file() or (top / package).is_dir() for top in tops)

    def _local(self, path: Path, name: str, tops: list[Path]) -> list[Path]:
        """The hand-in's own files that importing `name` in `path` runs."""
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
