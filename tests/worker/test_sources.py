"""What is read from sources and notebooks without running them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.worker import notebooks, source
from grader.worker.entry import find_entry, module_name
from grader.worker.missing_paths import IntendedPath, belongs_to_dataset, what_is_meant
from grader.worker.workdir import Workdir
from tests.worker.client import MARKER, write

HATS = "def predict(image): return 'Hats'\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("x = '帽子'\n".encode("gbk"), "GBK"),
        ("# coding: utf-8\nx = '帽子'\n".encode("gbk"), "GBK"),
        ("x = '帽子'\n".encode("utf-16"), "UTF-16"),
        ("# -*- coding: ascii -*-\nx = '帽子'\n".encode(), "UTF-8"),
        ("# coding: no-such-encoding\nx = '帽子'\n".encode(), "UTF-8"),
    ],
)
def test_sources_that_python_cannot_decode_are_cured(data: bytes, encoding: str) -> None:
    cured = source.cure_encoding(data)
    assert cured is not None
    assert cured[1] == encoding
    names: dict[str, str] = {}
    exec(compile(cured[0], "main.py", "exec"), names)  # noqa: S102
    assert names["x"] == "帽子"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        "x = '帽子'\r\n".encode(),
        b"\xef\xbb\xbfx = 1\n",
        "# coding: gbk\nx = '帽子'\n".encode("gbk"),
        b"# coding: latin-1\nx = '\xe9'\n",
    ],
)
def test_sources_that_python_can_decode_are_left_alone(data: bytes) -> None:
    assert source.cure_encoding(data) is None


@pytest.mark.parametrize(
    ("text", "binds"),
    [
        ("def predict(image): pass", True),
        ("async def predict(image): pass", True),
        ("predict = model.answer", True),
        ("if x:\n  def predict(image): pass", True),
        ("try:\n  import a\nexcept ImportError:\n  def predict(image): pass", True),
        ("with x:\n  predict = 1", True),
        ("for predict in x: pass", True),
        ("from inference import predict", True),
        ("from inference import run as predict", True),
        ("from helper import *", True),
        ("from package import *", True),
        ("def predict(image):\n    print 'Python 2'", True),
        ("import predict", False),
        ("from numpy import *", False),
        ("class Model:\n  def predict(self): pass", False),
        ("def main():\n  def predict(image): pass", False),
        ("if __name__ == '__main__':\n  def predict(image): pass", False),
        ("if '__main__' == __name__:\n  def predict(image): pass", False),
        ("x = predict(1)", False),
        ("def predictor(x): print 'Python 2'", False),
    ],
)
def test_what_an_import_binds(tmp_path: Path, text: str, binds: bool) -> None:
    write(tmp_path, helper="from helper import *\n" + HATS)
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").write_text(HATS, encoding="utf-8")
    path = write(tmp_path, main=text) / "main.py"
    assert source.binds(path, "predict") is binds


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (HATS, "below"),
        ("if __name__ == '__main__':\n    def predict(image): pass", "main-guard"),
        ("class Model:\n    def predict(self): pass", "class"),
        ("def main():\n    def predict(image): pass", "function"),
        ("x = 1", ""),
        ("print 'Python 2'", ""),
    ],
)
def test_where_a_function_stands(text: str, where: str) -> None:
    assert source.where_defined(text, "predict") == where


def notebook(folder: Path, *cells: str, name: str = "lab.ipynb") -> Path:
    made = [{"cell_type": "code", "source": cell.splitlines(keepends=True)} for cell in cells]
    path = folder / name
    path.write_text(json.dumps({"cells": made}), encoding="utf-8")
    return path


def test_lines_map_back_to_cells(tmp_path: Path) -> None:
    path = notebook(tmp_path, "a = 1\nb = 2", f"# {MARKER}\nc = 3", f"d = 4\n# {MARKER}\ne = 5")
    converted = notebooks.convert(path, MARKER)
    assert converted is not None
    assert converted.marked
    lines = converted.text.splitlines()
    assert [
        notebooks.cell_and_line(converted.cells, lines.index(line) + 1)
        for line in ("c = 3", "e = 5")
    ] == [
        (2, 2),
        (3, 3),
    ]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"cells": 3}', "[" * 10**5])
def test_what_is_no_notebook_is_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "lab.ipynb"
    path.write_text(text, encoding="utf-8")
    assert notebooks.convert(path, MARKER) is None


def test_an_odd_cell_of_a_notebook_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "lab.ipynb"
    path.write_text(json.dumps({"cells": [1, {"cell_type": "code", "source": "a = 1"}]}), "utf-8")
    converted = notebooks.convert(path, MARKER)
    assert converted is not None
    assert converted.text == "a = 1\n"
    assert converted.cells[0].cell == 2


def test_notebooks_of_format_3_are_read(tmp_path: Path) -> None:
    path = tmp_path / "old.ipynb"
    cell = {"cell_type": "code", "input": ["x = 1\n"]}
    path.write_text(json.dumps({"worksheets": [{"cells": [cell]}]}), encoding="utf-8")
    converted = notebooks.convert(path, MARKER)
    assert converted is not None
    assert "x = 1" in converted.text


def entry_of(folder: Path) -> tuple[str, list[str]]:
    notes: list[str] = []
    found = find_entry(folder, "main.py", "predict", MARKER, notes)
    return (found.origin if found else ""), notes


def test_main_comes_first_then_the_likeliest_other_file(tmp_path: Path) -> None:
    write(tmp_path, deep__er__predict=HATS)
    assert entry_of(tmp_path)[0] == "deep/er/predict.py"
    write(tmp_path, a=HATS, my_predict=HATS, results__x="")
    origin, notes = entry_of(tmp_path)
    assert origin == "my_predict.py"
    assert notes == ["predict is also defined in a.py, deep/er/predict.py"]
    write(tmp_path, code__main=HATS)
    assert entry_of(tmp_path)[0] == "code/main.py"
    write(tmp_path, main="from a import predict")
    assert entry_of(tmp_path) == ("main.py", [])


def test_a_notebook_comes_after_files_and_a_marked_one_first(tmp_path: Path) -> None:
    notebook(tmp_path, HATS, name="a.ipynb")
    notebook(tmp_path, f"# {MARKER}\n{HATS}", name="b.ipynb")
    origin, notes = entry_of(tmp_path)
    assert origin == "b.ipynb"
    assert "predict is also defined in a.ipynb" in notes
    assert (tmp_path / "main.py").is_file()


def test_a_main_that_does_not_parse_is_what_is_reported(tmp_path: Path) -> None:
    write(tmp_path, main="def main(:", other=HATS)
    assert entry_of(tmp_path)[0] == "main.py"


@pytest.mark.parametrize("name", ["main", "test_5.26", "预测", "a b", "1"])
def test_every_file_gets_a_module_name(name: str) -> None:
    assert module_name(Path(name + ".py")).replace("1", "_").isidentifier()


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("results\\best.ckpt", IntendedPath("results/best.ckpt", "separator")),
        (".\\results\\best.ckpt", IntendedPath("results/best.ckpt", "separator")),
        ("Results/Best.ckpt", IntendedPath("results/best.ckpt", "case")),
        ("best.ckpt", IntendedPath("results/best.ckpt", "folder")),
        ("../results/best.ckpt", IntendedPath("results/best.ckpt", "folder")),
        ("/home/me/lab/results/best.ckpt", IntendedPath("results/best.ckpt", "absolute")),
        ("D:\\lab\\best.ckpt", IntendedPath("results/best.ckpt", "absolute")),
        ("results/other.ckpt", IntendedPath("results/best.ckpt", "name")),
        ("results/best.pth", IntendedPath("", "missing")),
        ("/home/best.pth", IntendedPath("", "absolute")),
        ("datasets/val/1.jpg", IntendedPath("", "missing")),
        ("", IntendedPath("", "missing")),
    ],
)
def test_what_a_wrong_path_means(tmp_path: Path, asked: str, meant: IntendedPath) -> None:
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "best.ckpt").touch()
    (tmp_path / "results" / "log.txt").touch()
    assert what_is_meant(Workdir(tmp_path), asked) == meant


@pytest.mark.parametrize(
    ("asked", "belongs"),
    [
        ("datasets/garbage_26x100/train", True),
        ("./data", True),
        ("D:\\garbage\\val\\00_00\\1.jpg", True),
        ("1.png", True),
        ("train/labels.txt", True),
        ("results/train.ckpt", False),
        ("data/best.pth", False),
        ("label.txt", False),
        ("results", False),
    ],
)
def test_paths_of_data_sets(asked: str, belongs: bool) -> None:
    assert belongs_to_dataset(asked) is belongs
