"""Sources that only newer versions of Python read, put into words of older ones."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.readers.newer_python import older

HELD = {"a": "x", "b": 3, "c": "<"}
# A value of an f-string whose quotes are Q, and what may follow it.
VALUES = ["d[QaQ]", " d[QbQ] ", "(d[QaQ])", "Q-Q.join(d[QaQ])", "f(d[QaQ], *[1])", "[*d][0] + QzQ"]
ENDS = ["", "!r", "!s:>9", ":>{d[QbQ] + 4}", ":{d[QcQ]}7", "=", " = ", "=!s", "=:>8"]
TEXTS = ["", "t", "{{", "}}", "é·", "%s", "\\t", "'", "\\\\"]
PARTS = st.tuples(st.sampled_from(TEXTS), st.sampled_from(VALUES), st.sampled_from(ENDS))


def value(source: str) -> Any:
    names: dict[str, Any] = {"d": HELD, "f": lambda *given: repr(given)}
    exec(source, names)  # noqa: S102
    return names["x"]


@given(st.lists(PARTS, min_size=1, max_size=4), st.sampled_from(["", "'a' ", "'a' 'b'\n "]))
def test_a_field_with_the_strings_own_quotes_means_the_same(
    parts: list[tuple[str, str, str]], beside: str
) -> None:
    told = "".join(f"{text}{{{held}{end}}}" for text, held, end in parts)
    before = f"x = ({beside}f'''{told.replace('Q', chr(34))}''' 'z' * 2)"
    if "'''" in told or "''''" in before:
        return
    new = f'x = ({beside}f"{told}" "z" * 2)'.replace("Q", '"')
    made = older(new)
    assert made == new or "format(" in made
    assert value(made) == value(before)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('x = f"{f"{f"{1 + 1}"}"}"', "2"),
        ("x = f\"{'\\n'.join('ab')}\"", "a\nb"),
        ('x = f"{1  # one\n}"', "1"),
        ('x = f"""{\nd["b"]\n}"""', "3"),
        ('x = rf"\\d{d["b"]}"', "\\d3"),
        ('x = f"{(lambda d: d["a"])({"a": 1})}"', "1"),
        ("type A[T] = list[T]\nx = A | None", None),
        ("def g[T: int, *R](v: T, *o: *R, k: T = 2) -> T:\n    return v\nx = g(3)", 3),
        ("class A[T]:\n    v: T\n\n    def g(self) -> T:\n        return 5\nx = A[int]().g()", 5),
        ("class A[K, V](dict[K, V], metaclass=type):\n    pass\nx = A(b=1)", {"b": 1}),
        ("class A[T]():\n    pass\nx = A.__mro__[1].__name__", "Generic"),
    ],
)
def test_newer_words_mean_the_same(source: str, expected: object) -> None:
    made = older(source)
    ast.parse(made, feature_version=(3, 11))
    assert made.count("\n") == source.count("\n")
    assert expected is None or value(made) == expected


@given(st.text(max_size=200))
def test_what_is_no_python_stays(text: str) -> None:
    made = older(text)
    assert made == text or ast.parse(made)


@pytest.mark.parametrize(
    "source", ['x = f"{d["a"}"', "print 'a'", "type = 3", 'x = f"{d["a"]!r}" f(', "x = '\ud800'"]
)
def test_what_no_version_reads_stays(source: str) -> None:
    assert older(source) == source
