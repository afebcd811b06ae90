"""Which of a module's names its import and one of its functions need."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

_UNSEEN = {"exec", "eval", "globals", "locals", "vars"}  # by which names are used unseen
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Needed:
    """What running a module, and then calling `function` in it, may look at, by its text. Where the
    module does not define the function itself, others may call anything that it defines.
    """

    def __init__(self, tree: ast.Module, function: str) -> None:
        """`tree`: of the module."""
        defined = {node.name: node for node in _definitions(tree.body)}
        names = set(_names(_at_import(tree.body)))
        waiting = {function} if function in defined else {*defined}
        reached: set[str] = set()
        if waiting != {*defined}:
            waiting |= names & {*defined}
        while waiting:
            name = waiting.pop()
            reached.add(name)
            found = set(_names([defined[name]]))
            names |= found
            waiting |= (found & {*defined}) - reached
        self._all = bool(names & _UNSEEN)
        self._names = names
        self._unreached = [
            (node.lineno, node.end_lineno or node.lineno)
            for name, node in defined.items()
            if name not in reached
        ]

    def imported(self, name: str, line: int) -> bool:
        """Whether it looks at a name that an import in `line` binds."""
        reached = not any(low < line <= high for low, high in self._unreached)
        return self._all or (reached and name in self._names)


def _definitions(body: Iterable[ast.stmt]) -> Iterator[_Definition]:
    """Functions and classes at top level, those in blocks included; of one name the last."""
    for node in body:
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            yield node
        else:
            for block in ("body", "orelse", "finalbody"):
                inner = getattr(node, block, [])
                yield from _definitions(inner if isinstance(inner, list) else [])
            for handler in getattr(node, "handlers", []):
                yield from _definitions(handler.body)


def _at_import(body: Iterable[ast.stmt]) -> Iterator[ast.AST]:
    """What runs on import: all but the bodies of functions."""
    for node in body:
        if isinstance(node, _FUNCTIONS):
            yield from node.decorator_list
            yield node.args
            if node.returns is not None:
                yield node.returns
        elif isinstance(node, ast.ClassDef):
            yield from (*node.decorator_list, *node.bases, *(key.value for key in node.keywords))
            yield from _at_import(node.body)
        elif inner := [each for each in ast.iter_child_nodes(node) if isinstance(each, ast.stmt)]:
            yield from (e for e in ast.iter_child_nodes(node) if not isinstance(e, ast.stmt))
            yield from _at_import(inner)
        else:
            yield node


def _names(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Names that are looked up anywhere in nodes."""
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store):
            yield node.id
        waiting += ast.iter_child_nodes(node)
