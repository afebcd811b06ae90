"""What the fields of a document mean, as the code says beside them."""

from __future__ import annotations

import ast
import inspect
import textwrap
from functools import cache

from grader.evidence import Document


def meanings(document: type[Document]) -> dict[str, str]:
    """Field -> meaning: the docstring below it, else the comment on its line or above it. A field
    that has neither is left out.
    """
    found: dict[str, str] = {}
    for each in reversed(document.__mro__):
        if issubclass(each, Document) and each is not Document:
            found |= _own_meanings(each)
    return found


@cache
def _own_meanings(document: type[Document]) -> dict[str, str]:
    source = textwrap.dedent(inspect.getsource(document))
    lines = source.splitlines()
    statements = [each for top in ast.parse(source).body for each in getattr(top, "body", ())]
    found = {}
    for statement, below in zip(statements, [*statements[1:], None], strict=True):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            said = _docstring(below) or _comment(lines, statement)
            if said:
                found[statement.target.id] = said
    return found


def first_paragraph(document: type) -> str:
    """The docstring's first paragraph, on one line."""
    return " ".join((inspect.getdoc(document) or "").partition("\n\n")[0].split())


def _docstring(statement: ast.stmt | None) -> str:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return " ".join(str(statement.value.value).split())
    return ""


def _comment(lines: list[str], statement: ast.stmt) -> str:
    end = statement.end_lineno or statement.lineno
    _, mark, beside = lines[end - 1][statement.end_col_offset or 0 :].partition("#")
    if mark:
        return beside.strip()
    above: list[str] = []
    for line in reversed(lines[: statement.lineno - 1]):
        if not line.strip().startswith("#"):
            break
        above.insert(0, line.strip(" #"))
    return " ".join(above)
