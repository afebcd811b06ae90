"""Annotations of names that are bound further below: Python 3.14 reads them when they are asked
for, older versions where they stand, by a NameError.
"""

from __future__ import annotations
import __future__

import ast
import builtins
import sys
from typing import Any, Iterator

from .source import last_line, names_bound, top_level


def flags_for(data: Any) -> int:
    """Flags by which `compile` takes the source as Python 3.14 does; 0 where it needs none."""
    if sys.version_info >= (3, 14):
        return 0
    try:
        tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return 0
    bound: dict[str, int] = {}  # name -> the line behind which it is there
    for node in top_level(tree.body):
        for name in names_bound(node):
            bound.setdefault(name, last_line(node))
    late = any(
        node.lineno <= bound.get(node.id, 0) and not hasattr(builtins, node.id)
        for annotation in _annotations(tree.body, frozenset())
        for node in annotation
    )
    return __future__.annotations.compiler_flag if late else 0


def _annotations(body: list[ast.stmt], own: frozenset[str]) -> Iterator[list[ast.Name]]:
    """The names in each annotation that is read while the module is imported, without those that
    classes around it bind, `own`.
    """
    for node in top_level(body):
        found: list[ast.AST] = []
        if isinstance(node, ast.ClassDef):
            inner = frozenset(name for each in top_level(node.body) for name in names_bound(each))
            yield from _annotations(node.body, own | inner)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            given = node.args
            each = [*given.args, *given.kwonlyargs, *getattr(given, "posonlyargs", [])]
            each += [one for one in (given.vararg, given.kwarg) if one is not None]
            read = [node.returns, *(one.annotation for one in each)]
            found = [one for one in read if one is not None]
        elif isinstance(node, ast.AnnAssign):
            found = [node.annotation]
        for one in found:
            names = [inner for inner in ast.walk(one) if isinstance(inner, ast.Name)]
            yield [name for name in names if name.id not in own]
