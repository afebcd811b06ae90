"""Whether the hand-in's code goes on without what it is importing."""

from __future__ import annotations

import ast
from functools import lru_cache
from pathlib import Path
from types import FrameType

from .. import source
from ..place import Place

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


def is_guarded(frame: FrameType | None, place: Place) -> bool:
    """Whether a line of the hand-in that led here lies in a block whose ImportError is caught."""
    while frame is not None:
        path = place.source(frame.f_code.co_filename)
        if path is not None:
            line = frame.f_lineno
            if any(first <= line <= last for first, last in _guarded(path)):
                return True
        frame = frame.f_back
    return False


@lru_cache(maxsize=500)
def _guarded(path: Path) -> tuple[tuple[int, int], ...]:
    """First and last lines of the blocks of a source that go on without an import."""
    tree = source.parse(source.read_source(path))
    found = []
    for node in ast.walk(tree) if tree else ():
        if (isinstance(node, ast.Try) and any(map(_catches, node.handlers))) or (
            isinstance(node, ast.With) and any(map(_suppresses, node.items))
        ):
            found.append((node.body[0].lineno, max(map(source.last_line, node.body))))
    return tuple(found)


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
