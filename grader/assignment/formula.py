"""A rule of the teacher's own for marks: one formula over exact numbers.

It travels with the run's document and never runs code: only what is named here is understood, and
nothing of it can fail, whatever the counts are. ``percent`` is exact, so that ``percent >= 85`` of
130 images begins with the 111th.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor
from typing import Final

from grader.language import SaidError, Sentence

NAMES: Final = ("correct", "total", "percent", "points")
MAX_FORMULA_CHARS = 400  # characters
MAX_EXPONENT = 9
MAX_NODES = 300  # of a formula's tree

Number = Fraction | int | bool

_OPERATORS: Final[Mapping[type, Callable[[Number, Number], Number]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: lambda one, other: Fraction(one) / Fraction(other),
    ast.FloorDiv: operator.floordiv,
    ast.Pow: lambda one, other: Fraction(one) ** int(other),
}
_COMPARED: Final[Mapping[type, Callable[[Number, Number], bool]]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_SIGNS: Final[Mapping[type, Callable[[Number], Number]]] = {
    ast.USub: lambda value: -value,
    ast.UAdd: lambda value: value,
    ast.Not: lambda value: not value,
}
_FUNCTIONS: Final[Mapping[str, Callable[..., Number]]] = {
    "min": min,
    "max": max,
    "floor": floor,
    "ceil": ceil,
    "round": lambda value: floor(value + Fraction(1, 2)),
}
_SEVERAL: Final = ("min", "max")  # functions of two values or more; the others take one


class FormulaError(SaidError):
    """What is no formula: says what of it."""


def value_of(formula: str, correct: int, total: int, points: float) -> Fraction:
    """What the formula gives for `correct` of `total` (at least 1) images, exactly.

    Raises FormulaError, whatever the counts are, for what `require_formula` refuses.
    """
    known = {
        "correct": Fraction(correct),
        "total": Fraction(total),
        "percent": Fraction(100 * correct, total),
        "points": Fraction(str(points)),
    }
    return Fraction(_value(_parsed(formula), known))


def require_formula(formula: str) -> None:
    """Raises FormulaError for a text that is no formula."""
    value_of(formula, 0, 1, 1.0)


@lru_cache(maxsize=64)
def _parsed(formula: str) -> ast.expr:
    if len(formula) > MAX_FORMULA_CHARS:
        facts = {"most": str(MAX_FORMULA_CHARS)}
        raise FormulaError(Sentence("it is longer than {most} characters", facts))
    try:
        tree = ast.parse(formula.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise FormulaError(Sentence("it is no formula")) from None
    nodes = list(ast.walk(tree))
    if len(nodes) > MAX_NODES:
        raise FormulaError(Sentence("it is no formula"))
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    for node in nodes:
        if not (id(node) in called and isinstance(node, ast.Name) and node.id in _FUNCTIONS):
            _require_known(node)
    return tree


def _require_known(node: ast.AST) -> None:
    """Refuse what is not understood, and what might fail for some counts or take long."""
    fine = isinstance(node, (ast.IfExp, ast.BoolOp, ast.boolop, ast.operator, ast.cmpop))
    fine = fine or isinstance(node, (ast.unaryop, ast.expr_context))
    if isinstance(node, ast.Constant):
        fine = isinstance(node.value, (int, float)) and abs(node.value) < 1e12
    elif isinstance(node, ast.Name):
        fine = node.id in NAMES
    elif isinstance(node, ast.UnaryOp):
        fine = type(node.op) in _SIGNS
    elif isinstance(node, ast.Compare):
        fine = all(type(one) in _COMPARED for one in node.ops)
    elif isinstance(node, ast.Call):
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        fine = name in _FUNCTIONS and not node.keywords
        fine = fine and (len(node.args) > 1 if name in _SEVERAL else len(node.args) == 1)
    elif isinstance(node, ast.BinOp):
        fine = type(node.op) in _OPERATORS
        _require_safe(node)
    if not fine:
        what = ast.unparse(node) if isinstance(node, ast.expr) else type(node).__name__
        facts = {"what": what, "known": ", ".join((*NAMES, *_FUNCTIONS))}
        raise FormulaError(
            Sentence(
                "{what} is not understood; known are numbers, + - * / < if else, {known}", facts
            )
        )


def _require_safe(node: ast.BinOp) -> None:
    right = node.right
    if isinstance(node.op, (ast.Div, ast.FloorDiv)):
        constant = isinstance(right, ast.Constant) and right.value not in (0, 0.0)
        if not constant and not (isinstance(right, ast.Name) and right.id == "total"):
            facts = {"what": ast.unparse(node)}
            raise FormulaError(
                Sentence("{what}: it may divide by a number other than 0, or by total", facts)
            )
    if isinstance(node.op, ast.Pow):
        power = right.value if isinstance(right, ast.Constant) else None
        nested = any(isinstance(inner, ast.Pow) for inner in ast.walk(node.left))
        if nested or not isinstance(power, int) or not 0 <= power <= MAX_EXPONENT:
            facts = {"what": ast.unparse(node), "most": str(MAX_EXPONENT)}
            raise FormulaError(
                Sentence("{what}: a power is a whole number from 0 to {most}", facts)
            )


def _value(node: ast.expr, known: Mapping[str, Number]) -> Number:
    """The value of a tree in which everything is understood."""
    if isinstance(node, ast.Constant):
        return Fraction(str(node.value)) if not isinstance(node.value, bool) else node.value
    if isinstance(node, ast.Name):
        return known[node.id]
    if isinstance(node, ast.IfExp):
        chosen = node.body if _value(node.test, known) else node.orelse
        return _value(chosen, known)
    if isinstance(node, ast.BoolOp):
        values = [bool(_value(each, known)) for each in node.values]
        return all(values) if isinstance(node.op, ast.And) else any(values)
    if isinstance(node, ast.UnaryOp):
        return _SIGNS[type(node.op)](_value(node.operand, known))
    if isinstance(node, ast.BinOp):
        calculate = _OPERATORS[type(node.op)]
        return calculate(_value(node.left, known), _value(node.right, known))
    if isinstance(node, ast.Compare):
        sides = [_value(each, known) for each in (node.left, *node.comparators)]
        pairs = zip(node.ops, sides, sides[1:], strict=False)
        return all(_COMPARED[type(how)](one, other) for how, one, other in pairs)
    assert isinstance(node, ast.Call) and isinstance(node.func, ast.Name)  # noqa: S101
    return _FUNCTIONS[node.func.id](*(_value(each, known) for each in node.args))
