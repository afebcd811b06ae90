"""What one source says without being run: what it imports, installs, asks for and writes."""

from __future__ import annotations

import ast
import contextlib
import re
import warnings
from collections.abc import Iterator
from typing import NamedTuple

from grader.readers.needed_names import Needed

NODES = 200_000  # of one file's syntax tree
ELEMENTS = 1_000  # of a list or table; a longer one is data, which is not looked into


class SourceImport(NamedTuple):
    """An import: the dotted name, its line, whether the code goes on without it."""

    name: str
    line: int
    optional: bool


class SourceFacts(NamedTuple):
    """What one source holds; `names` are dotted names that may be local modules as well. runs,
    writes: paths of the sources that a notebook's lines run and write.
    """

    imports: list[SourceImport]
    installs: list[tuple[str, int]]
    devices: list[tuple[str, int]]
    defines: set[str]
    runs: list[str]
    writes: list[str]
    idle: set[tuple[str, int]]


def no_facts() -> SourceFacts:
    """Those of an empty source."""
    return SourceFacts([], [], [], set(), [], [], set())


# --- by syntax tree ---------------------------------------------------------------------

_GUARDS = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
_COMMANDS = {"system", "popen", "run", "call", "check_call", "check_output", "Popen", "getoutput"}


def by_tree(text: str, function: str = "") -> SourceFacts:
    """The facts of one source by its syntax tree. `function`: the one that is to be called in it.

    Raises SyntaxError, ValueError, RecursionError or MemoryError for what Python cannot parse.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(text)
    facts = no_facts()
    needed = Needed(tree, function)
    stack: list[tuple[ast.AST, bool]] = [(tree, False)]
    for _ in range(NODES):
        if not stack:
            break
        node, optional = stack.pop()
        _note(node, optional, facts, needed)
        stack += reversed([*_children(node, optional)])
    facts.defines.update(_defined(tree))
    return facts


def _note(node: ast.AST, optional: bool, facts: SourceFacts, needed: Needed) -> None:
    if isinstance(node, ast.Import):
        facts.imports.extend(
            SourceImport(alias.name, node.lineno, optional) for alias in node.names
        )
        for alias in node.names:
            if not needed.imported(alias.asname or alias.name.partition(".")[0], node.lineno):
                facts.idle.add((alias.name, node.lineno))
    elif isinstance(node, ast.ImportFrom):
        base = "." * node.level + (node.module or "")
        facts.imports.append(SourceImport(base, node.lineno, optional))
        joint = "" if base.endswith(".") or not base else "."
        # "from package import module": a local module, perhaps
        made = [
            SourceImport(f"{base}{joint}{alias.name}", node.lineno, optional)
            for alias in node.names
            if alias.name != "*"
        ]
        facts.imports.extend(made)
        names = [alias.asname or alias.name for alias in node.names]
        if not any(name == "*" or needed.imported(name, node.lineno) for name in names):
            facts.idle.update((name, line) for name, line, _ in made)
            facts.idle.add((base, node.lineno))
    elif isinstance(node, ast.Call):
        _note_call(node, optional, facts)


def _note_call(node: ast.Call, optional: bool, facts: SourceFacts) -> None:
    function = node.func
    name = getattr(function, "attr", getattr(function, "id", ""))
    if name in ("import_module", "__import__") and node.args:
        if isinstance(first := _constant(node.args[0]), str) and first:
            facts.imports.append(SourceImport(first, node.lineno, optional))
    elif name in _COMMANDS and node.args and not optional:
        command = _command(node.args[0])
        if re.search(r"\b(?:pip3?|conda)\b.*\binstall\b", command):
            facts.installs.append((command[:200], node.lineno))
    elif name in ("run_line_magic", "run_cell_magic"):
        _note_magic([str(_constant(argument)) for argument in node.args], node.lineno, facts)
    for keyword in node.keywords:
        if keyword.arg == "device_target" and isinstance(value := _constant(keyword.value), str):
            facts.devices.append((value[:40], node.lineno))


def _note_magic(words: list[str], line: int, facts: SourceFacts) -> None:
    """What a notebook's line or cell runs or writes."""
    match words:
        case ["run", file, *_]:
            facts.runs.extend(word.strip("'\"") for word in file.split()[:1])
        case ["pip" | "conda", command, *_] if "install" in command:
            facts.installs.append((f"{words[0]} {command}"[:200], line))
        case [name, file, text, *_]:
            if name in ("writefile", "file"):
                facts.writes.extend(word.strip("'\"") for word in file.split()[-1:])
            elif name not in ("time", "capture", "prun"):
                return
            with contextlib.suppress(SyntaxError, ValueError, RecursionError):
                inner = by_tree(text)
                facts.imports.extend(found._replace(line=line) for found in inner.imports)


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
MAX_LINE_CHARS = 1_000  # characters of one line


def by_lines(text: str) -> SourceFacts:
    """The facts of one source line by line, for sources that do not parse."""
    facts = no_facts()
    for number, line in enumerate(text.splitlines(), 1):
        line = line[:MAX_LINE_CHARS]
        if match := _LINE.match(line):
            _note_line(match, number, facts)
        elif match := _DEFINES.match(line):
            facts.defines.add(match[1] or match[2])
        if match := _INSTALL.search(line):
            facts.installs.append((match[1].strip("'\" )"), number))
        facts.devices.extend((name, number) for name in _DEVICE.findall(line))
    return facts


def _note_line(match: re.Match[str], number: int, facts: SourceFacts) -> None:
    # An indented import may stand below try or `if __name__`: taken as one to do without.
    optional = bool(match["indent"])
    if match["plain"] is not None:
        for piece in match["plain"].split("#")[0].split(","):
            if name := _NAME.match(piece.strip()):
                facts.imports.append(SourceImport(name[0], number, optional))
        return
    base = match["base"]
    if not base:
        return
    facts.imports.append(SourceImport(base, number, optional))
    joint = "" if base.endswith(".") else "."
    for piece in match["what"].split("#")[0].strip("() \\").split(","):
        if name := _NAME.match(piece.strip()):
            facts.imports.append(SourceImport(f"{base}{joint}{name[0]}", number, optional))
            facts.defines.add(name[0])
        elif piece.strip() == "*":
            facts.defines.add("*")
