"""What source files say without being run: their encoding, and what they bind."""

from __future__ import annotations

import ast
import difflib
import io
import re
import tokenize
import warnings
from pathlib import Path
from typing import Iterator, Sequence

MAX_SOURCE_BYTES = 32 * 1024 * 1024  # bytes; some submissions carry weights in their source
MOST_FOLLOWED = 20  # star imports, one from the other
_COOKIE = re.compile(r"^([ \t\f]*#.*?coding[:=][ \t]*)([-\w.]+)", re.MULTILINE)

ALIKE = 0.7  # of `difflib`, from which on a name is taken for another one misspelt


def cure_encoding(data: bytes) -> tuple[bytes, str] | None:
    """The same source in UTF-8 and the name of the encoding it was in; None if Python can read it.

    Editors on Chinese Windows save as GBK without saying so, Notepad saves "Unicode" as UTF-16.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _recoded(data, "UTF-16")
    if _readable(data):
        return None
    for encoding in ("utf-8", "gb18030"):
        cured = _recoded(data, encoding)
        if cured is not None:
            return cured[0], {"gb18030": "GBK"}.get(encoding, encoding.upper())
    return None


def _readable(data: bytes) -> bool:
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        data.decode(encoding)
    except (SyntaxError, ValueError, LookupError):  # ValueError: the codec "undefined" and its like
        return False
    return True


def _recoded(data: bytes, encoding: str) -> tuple[bytes, str] | None:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    head, rest = text[:200], text[200:]  # a declaration counts in the first two lines only
    return (_COOKIE.sub(r"\1utf-8", head, count=1) + rest).encode("utf-8"), encoding


def read_source(path: Path) -> str:
    """The text of a source file as Python would decode it; "" where it cannot be read."""
    try:
        if path.stat().st_size > MAX_SOURCE_BYTES:
            return ""
        with tokenize.open(str(path)) as file:
            return file.read()
    except (OSError, SyntaxError, ValueError, LookupError):
        return ""


def parse(text: str) -> ast.Module | None:
    """The syntax tree of a source; None where this Python cannot parse it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def is_main_guard(node: ast.stmt) -> bool:
    """Whether the statement is `if __name__ == "__main__":`, either way round."""
    if not isinstance(node, ast.If) or not isinstance(node.test, ast.Compare):
        return False
    sides = [node.test.left, *node.test.comparators]
    names = any(isinstance(side, ast.Name) and side.id == "__name__" for side in sides)
    return names and any(_text_of(side) == "__main__" for side in sides)


def _text_of(node: ast.AST) -> object:
    """The value of a constant, in the syntax trees of all supported versions."""
    return getattr(node, "value", getattr(node, "s", None))


def top_level(body: list[ast.stmt], guarded: bool = False) -> Iterator[ast.stmt]:
    """Statements that run on import, in order, those inside `if`, `try`, `for`, `with` included.

    With `guarded` also those below `if __name__ == "__main__"`.
    """
    waiting = list(reversed(body))  # no recursion: `elif` after `elif` is nested ever deeper
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            for block in reversed(_blocks(node, guarded)):
                waiting += reversed(block)


def _blocks(node: ast.stmt, guarded: bool) -> list[list[ast.stmt]]:
    """The blocks of a statement in order."""
    inner = [] if is_main_guard(node) and not guarded else getattr(node, "body", [])
    branches = [*getattr(node, "handlers", []), *getattr(node, "cases", [])]
    blocks = [inner, *(branch.body for branch in branches)]
    return [*blocks, getattr(node, "orelse", []), getattr(node, "finalbody", [])]


def names_bound(node: ast.stmt) -> set[str]:
    """Names that one statement itself binds in its module ("*" for a star import)."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {node.name}
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {alias.asname or alias.name.partition(".")[0] for alias in node.names}
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, (ast.AnnAssign, ast.AugAssign, ast.For)):
        targets = [node.target]
    elif isinstance(node, ast.With):
        targets = [item.optional_vars for item in node.items if item.optional_vars is not None]
    return {
        name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)
    }


def binds(path: Path, name: str, _seen: frozenset[Path] = frozenset()) -> bool:
    """Whether importing the file would bind `name`, as far as its text tells.

    Star imports are followed into files beside it; a source that does not parse is searched for
    a line `def name(`.
    """
    text = read_source(path)
    tree = parse(text)
    if tree is None:
        return (
            re.search(rf"^(async\s+)?def\s+{re.escape(name)}\s*\(", text, re.MULTILINE) is not None
        )
    for node in top_level(tree.body):
        if isinstance(node, ast.Import):
            continue  # binds modules, and a module is no function
        bound = names_bound(node)
        if name in bound:
            return True
        if "*" in bound and isinstance(node, ast.ImportFrom) and node.module and path not in _seen:
            beside = path.parent.joinpath(*node.module.split("."))
            for file in (beside.with_suffix(".py"), beside / "__init__.py"):
                if len(_seen) < MOST_FOLLOWED and binds(file, name, _seen | {path}):
                    return True
    return False


def defines(path: Path, name: str) -> bool:
    """Whether the file itself has a function `name` at its top level."""
    return function_lines(read_source(path), name) is not None


def function_lines(text: str, name: str) -> tuple[int, int] | None:
    """First and last line of the function `name` at top level (or in the main guard's shadow)."""
    tree = parse(text)
    if tree is None:
        match = re.search(rf"^(async\s+)?def\s+{re.escape(name)}\s*\(", text, re.MULTILINE)
        if match is None:
            return None
        line = text.count("\n", 0, match.start()) + 1
        return line, line
    found = None
    for node in top_level(tree.body):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == name:
            found = node.lineno, last_line(node)
    return found


def last_line(node: ast.stmt) -> int:
    """The last line of a statement (`end_lineno` came with Python 3.8)."""
    lines: list[int] = [getattr(child, "lineno", 0) for child in ast.walk(node)]
    return max([getattr(node, "end_lineno", None) or 0, *lines])


def where_defined(text: str, name: str) -> str:
    """Where a function `name` stands that is not there after the import.

    "below": at top level, but the import stopped before it. "main-guard": below
    `if __name__ == "__main__"`. "class", "function": inside one. "" if nowhere.
    """
    tree = parse(text)
    if tree is None:
        return ""
    if any(name in names_bound(node) for node in top_level(tree.body)):
        return "below"
    for node in top_level(tree.body, guarded=True):
        if name in names_bound(node):
            return "main-guard"
    for outer in ast.walk(tree):
        body = getattr(outer, "body", [])  # that of a lambda and of `a if b else c` is no block
        for inner in body if isinstance(body, list) else []:
            if isinstance(inner, ast.FunctionDef) and inner.name == name:
                return "class" if isinstance(outer, ast.ClassDef) else "function"
    return ""


def similar_function(text: str, name: str, others: Sequence[str] = ()) -> str:
    """The function in `text` that was probably meant to be called `name`; "" if there is none, or
    something of that name: one of nearly that name, or the one that is called with one value at
    top level, of several the one called as such functions are. `others` have names of their own.
    """
    tree = parse(text)
    nodes = list(ast.walk(tree)) if tree is not None else []
    found = [node.name for node in nodes if isinstance(node, ast.FunctionDef)]
    if name in found or any(name in names_bound(node) for node in (tree.body if tree else ())):
        return ""  # it is there: as a method, or bound to what cannot be called
    by_lower = {each.lower(): each for each in found if each not in (name, *others)}
    close = difflib.get_close_matches(name.lower(), by_lower, 1, ALIKE)
    if close:
        return by_lower[close[0]]
    answering = [
        node.name
        for node in (tree.body if tree is not None else ())
        if isinstance(node, ast.FunctionDef) and _takes_one(node) and node.name in by_lower.values()
    ]
    usual = [each for each in answering if _ANSWERS.match(each)]
    return (usual or answering)[0] if 1 in (len(usual), len(answering)) else ""


_ANSWERS = re.compile("predict|classify|infer|recogni[sz]e|identify|answer", re.IGNORECASE)


def _takes_one(function: ast.FunctionDef) -> bool:
    """Whether it can be called with one value, and not with none."""
    given = function.args
    needed = len(given.args) - len(given.defaults)
    return needed == 1 or (needed == 0 and bool(given.vararg))


def bound_only_under_main(text: str, name: str) -> bool:
    """Whether `name` is bound below `if __name__ == "__main__"` and nowhere else at top level."""
    tree = parse(text)
    if tree is None:
        return False
    always = any(name in names_bound(node) for node in top_level(tree.body))
    return not always and any(name in names_bound(n) for n in top_level(tree.body, guarded=True))


# What can bind a name of the module without a statement that says so.
_BINDERS = frozenset(
    {"exec", "execfile", "globals", "locals", "setattr", "vars", "modules", "__getattr__"}
)


def may_bind_unseen(text: str, name: str) -> bool:
    """Whether the source can bind `name` in ways that `binds` does not look for."""
    tree = parse(text)
    return tree is None or any(_may_bind(node, name) for node in ast.walk(tree))


def _may_bind(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.ImportFrom):
        return any(alias.name == "*" for alias in node.names)
    if isinstance(node, ast.Import):  # of a module that can be called
        return any((alias.asname or alias.name) == name for alias in node.names)
    if isinstance(node, ast.Constant):
        return bool(node.value == name)
    if isinstance(node, ast.Name):
        return node.id in _BINDERS or node.id == name
    if isinstance(node, ast.Attribute):
        return node.attr in _BINDERS or (node.attr == name and isinstance(node.ctx, ast.Store))
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return node.name in _BINDERS
    # The captures of `match`, whose types older versions of Python do not have.
    captured = (getattr(node, "name", None), getattr(node, "rest", None))
    return isinstance(node, ast.Global) or (
        type(node).__name__.startswith("Match") and name in captured
    )
