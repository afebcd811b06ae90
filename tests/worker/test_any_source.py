"""Whatever a source or a notebook holds, the worker's analysis of it raises nothing."""

from __future__ import annotations

import ast
import json
import sysconfig
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.worker import notebooks, source
from grader.worker.entry import find_entry

LIBRARY = Path(sysconfig.get_paths()["stdlib"])
# Where bodies are no lists, blocks are deep, and characters are halves.
ODD = (
    "x = 1 if y else lambda: 0\n",
    "match x:\n    case 1:\n        def predict(image): pass\n",
    "if a:\n    pass\n" + "elif a:\n    pass\n" * 2500,
    "x = " + "1 + " * 2000 + "1\n",
    "x = " + "(" * 90 + ")" * 90 + "\n",
    "# coding: undefined\nx = 1\n",
    "# coding: idna\nx = 1\n",
    "from " + "a" * 300 + " import *\n",
    "def predict(image): return '\x00'\n",
)


def analyse(text: str) -> None:
    """All that is read of a source before it is run."""
    source.where_defined(text, "predict")
    source.function_lines(text, "predict")
    source.bound_only_under_main(text, "predict")
    source.may_bind_unseen(text, "predict")
    notebooks.same_function(text, text, "predict")


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_odd_sources_are_analysed(tmp_path: Path, text: str) -> None:
    analyse(text)
    (tmp_path / "main.py").write_text(text, encoding="utf-8")
    found = find_entry(tmp_path, "main.py", "predict", "", [])
    assert found is None or found.origin == "main.py"


def test_the_standard_library_is_analysed() -> None:
    files = sorted(LIBRARY.glob("*.py"))[::8]
    assert files
    for file in files:
        analyse(source.read_source(file))


statements = st.recursive(
    st.sampled_from(["pass", "x = lambda: 0", "y = 1 if x else 2", "def predict(i): return i"]),
    lambda inner: st.tuples(
        st.sampled_from(["if x", "for x in y", "while x", "with x", "try", "class C", "def f()"]),
        inner,
    ).map(
        lambda pair: (
            f"{pair[0]}:\n"
            + "\n".join("  " + line for line in pair[1].splitlines())
            + ("\nfinally: pass" if pair[0] == "try" else "")
        )
    ),
    max_leaves=6,
)


@given(st.lists(statements, max_size=4).map("\n".join))
def test_any_tree_is_analysed(text: str) -> None:
    assert ast.parse(text) is not None
    analyse(text)


@given(st.text(max_size=80))
def test_any_text_in_a_notebook_is_analysed(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    folder = tmp_path_factory.mktemp("notebook")
    cells = [{"cell_type": "code", "source": text + "\ud800\ndef predict(image): return 1"}]
    (folder / "lab.ipynb").write_text(json.dumps({"cells": cells}), encoding="ascii")
    notes: list[str] = []
    found = find_entry(folder, "main.py", "predict", "", notes)
    assert found is None or found.origin == "lab.ipynb"


def test_case_of_a_conditional_expression_is_no_fault_of_ours() -> None:
    assert source.where_defined("x = f(1 if y else 'a')\n", "predict") == ""
