"""Whether the submission's code goes on without what it is importing."""

from __future__ import annotations

import ast
from functools import lru_cache
from pathlib import Path
from types import FrameType
from typing import Tuple

from .. import source
from ..workdir import Workdir

_ERRORS = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}


def asks_only(frame: FrameType | None) -> bool:
    """Whether somebody only asks if there is such a module: `importlib.util.find_spec`."""
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        if name == "importlib.util":
            return True
        if not name.startswith(("importlib", "_frozen_importlib", __name__.partition(".")[0])):
            return False
        frame = frame.f_back
    return False


def needs_it(frame: FrameType | None, place: Workdir) -> bool:
    """Whether a statement of the submission imports it, and none of the submission's lines that led
    there lies in a block whose ImportError is caught.
    """
    nearest = True
    while frame is not None:
        path = place.source(frame.f_code.co_filename)
        if path is not None:
            line, (statements, guarded) = frame.f_lineno, _imports(path)
            if nearest and not any(first <= line <= last for first, last in statements):
                return False
            if any(first <= line <= last for first, last in guarded):
                return False
            nearest = False
        frame = frame.f_back
    return not nearest


def is_guarded(frame: FrameType | None, place: Workdir) -> bool:
    """Whether one of the submission's lines that lead to `frame` lies in a block whose ImportError
    is caught.
    """
    while frame is not None:
        path = place.source(frame.f_code.co_filename)
        if path is not None:
            line, (_, guarded) = frame.f_lineno, _imports(path)
            if any(first <= line <= last for first, last in guarded):
                return True
        frame = frame.f_back
    return False


Lines = Tuple[Tuple[int, int], ...]


@lru_cache(maxsize=500)
def _imports(path: Path) -> tuple[Lines, Lines]:
    """First and last lines of a source's import statements, and of its blocks that go on without
    what they import.
    """
    tree = source.parse(source.read_source(path))
    statements, guarded = [], []
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            statements.append((node.lineno, source.last_line(node)))
        elif (isinstance(node, ast.Try) and any(map(_catches, node.handlers))) or (
            isinstance(node, ast.With) and any(map(_suppresses, node.items))
        ):
            guarded.append((node.body[0].lineno, max(map(source.last_line, node.body))))
    return tuple(statements), tuple(guarded)


def _catches(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or _name(kind) in _ERRORS for kind in kinds)


def _suppresses(item: ast.withitem) -> bool:
    call = item.context_expr
    if not isinstance(call, ast.Call) or _name(call.func) != "suppress":
        return False
    return any(_name(kind) in _ERRORS for kind in call.args)


def _name(node: ast.AST) -> str:
    return str(getattr(node, "attr", getattr(node, "id", "")))
