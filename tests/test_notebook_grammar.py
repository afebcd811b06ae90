"""What only a notebook understands becomes plain Python, each line where it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.readers.notebook_grammar import parses, plain_cell, plain_source
from grader.readers.source_scan import Scanner
from grader.readers.source_text import code_cells
from grader.worker.notebooks import convert

LS = "get_ipython().system('ls')"


@pytest.mark.parametrize(
    ("cell", "plain"),
    [
        ("if x:\n    !ls\nelse:\n    y", f"if x:\n    {LS}\nelse:\n    y"),
        ("!a \\\n  b\nx", "get_ipython().system('a    b')\n\nx"),
        ("files = !ls\nx = 1", "files = get_ipython().getoutput('ls')\nx = 1"),
        ("%cd /data\nx", "get_ipython().run_line_magic('cd', '/data')\nx"),
        ("cd ..", "get_ipython().run_line_magic('cd', '..')"),
        ("ls -l", "get_ipython().run_line_magic('ls', '-l')"),
        ("time = 3", "time = 3"),
        ("%time x = f(3)", "x = f(3)"),
        ("%%time\nx = 1\n!ls", f"pass\nx = 1\n{LS}"),
        ("%%capture out\nx = 1", "out = get_ipython().captured()\nx = 1"),
        ("%%nobody_knows\nx = 1", "pass\nx = 1"),
        ("%%bash\nls", "get_ipython().run_cell_magic('bash', '', 'ls')\n"),
        ("await f()", "await f()"),
        ("print?\nx", "get_ipython().run_line_magic('pinfo', 'print')\nx"),
        ("x = '''\n!not\n'''\n!ls", f"x = '''\n!not\n'''\n{LS}"),
        ("x = (3\n% 2)", "x = (3\n% 2)"),
        (">>> x = 1\n>>> y = 2", "x = 1\ny = 2"),
        ("def f(:", "def f(:"),
    ],
)
def test_a_cell(cell: str, plain: str) -> None:
    assert plain_cell(cell) == plain


def test_a_name_that_the_notebook_binds_is_no_magic() -> None:
    assert plain_cell("run", frozenset({"run"})) == "run"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("!pip install x\nx = 1\n", "get_ipython().system('pip install x')\nx = 1"),
        (
            "import os\npip install x\n",
            "import os\nget_ipython().run_line_magic('pip', 'install x')",
        ),
        ("x = 5 \\\n  % 3\n", "x = 5 \\\n  % 3"),
        ("print 'old'\n%cd x\n", "print 'old'\n%cd x"),  # no better afterwards
    ],
)
def test_lines_of_a_notebook_in_a_source(text: str, plain: str) -> None:
    assert plain_source(text).rstrip("\n") == plain


LINES = [
    "x = 1",
    "!ls",
    "%cd a",
    "if x:",
    "    !ls \\",
    "'''",
    "y = !ls",
    "f?",
    "pass",
    "%%time",
    "(",
]


@given(st.lists(st.sampled_from(LINES)).map("\n".join) | st.text())
def test_any_cell_becomes_a_cell_of_as_many_lines_or_stays(cell: str) -> None:
    plain = plain_cell(cell)
    assert plain == cell or plain.count("\n") >= cell.rstrip("\n").count("\n")
    if parses(cell) and "\n" in cell.strip() and not cell.lstrip().startswith("%%"):
        assert plain == cell


def test_what_a_notebook_writes_and_runs_counts_among_its_imports(tmp_path: Path) -> None:
    cells = [
        "%%writefile net.py\nimport torch\nx = torch.ones(1)",
        "import net\n%run tools.py",
        "import mindspore\ndef predict(image): return net.x",
    ]
    made = [{"cell_type": "code", "source": cell} for cell in cells]
    (tmp_path / "lab.ipynb").write_text(json.dumps({"cells": made}), encoding="utf-8")
    (tmp_path / "tools.py").write_text("import timm\ntimm.f()", encoding="utf-8")
    found = Scanner(tmp_path, parse=True, each=9).scan("main.py", "predict")
    optional = {name: goes_on for name, _, _, goes_on in found["imports"]}
    assert optional == {"torch": False, "timm": False, "mindspore": True}  # nothing is made of it


CODE = {"cell_type": "code", "source": ["# 预测\ndef predict(image): return 'Hats'"]}
ODD_NOTEBOOKS = {
    "in GBK": json.dumps({"cells": [CODE]}, ensure_ascii=False).encode("gbk"),
    "in UTF-16": json.dumps({"cells": [CODE]}, ensure_ascii=False).encode("utf-16"),
    "nothing typed": json.dumps({"cells": [CODE, {"cell_type": "code", "source": None}]}).encode(),
    "a cell that is none": json.dumps({"cells": [CODE, [1, 2]]}).encode(),
    "lines that are none": json.dumps({"cells": [CODE, {**CODE, "source": [1, {}]}]}).encode(),
}


@pytest.mark.parametrize("raw", ODD_NOTEBOOKS.values(), ids=ODD_NOTEBOOKS)
def test_one_odd_cell_or_encoding_loses_no_notebook(raw: bytes, tmp_path: Path) -> None:
    (tmp_path / "lab.ipynb").write_bytes(raw)
    converted = convert(tmp_path / "lab.ipynb", "")
    assert converted is not None
    assert "# 预测\ndef predict" in converted.text
    assert code_cells(raw)[0].text == CODE["source"][0]
