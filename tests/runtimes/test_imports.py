from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.readers import source_scan, source_text
from grader.readers.source_scan import by_lines, by_tree
from grader.runtimes.imports import ImportScan, scan
from tests.intake.reading import scan_apart

PREDICT = "def predict(image):\n    return 'Hats'\n"


def write(top: Path, **files: str | bytes) -> Path:
    """Sources below `top`; "__" in a keyword stands for "/", "init" for "__init__"."""
    for name, text in files.items():
        parts = ["__init__" if part == "init" else part for part in name.split("__")]
        path = top.joinpath(*parts).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    return top


def scanned(tmp_path: Path, text: str) -> ImportScan:
    return scan(write(tmp_path, main=text + "\n" + PREDICT))


def test_imports_are_found_wherever_they_stand(tmp_path: Path) -> None:
    found = scanned(
        tmp_path,
        "import cv2, numpy as np\nfrom PIL import Image\nimport torch.nn.functional as F\n"
        "class A:\n    def f(self):\n        import timm\n"
        "import importlib\nimportlib.import_module('easydict')\n__import__('tqdm')\n",
    )
    assert {"PIL", "cv2", "easydict", "numpy", "timm", "torch", "tqdm"} <= set(found.required)
    (pillow,) = (found for found in found.imports if found.package == "PIL")
    assert (pillow.file, pillow.line, pillow.optional) == ("main.py", 2, False)


def test_what_the_code_can_do_without_is_optional(tmp_path: Path) -> None:
    found = scanned(
        tmp_path,
        "try:\n    import moxing\nexcept ImportError:\n    moxing = None\n"
        "try:\n    import a1\nexcept (ValueError, ModuleNotFoundError):\n    import b1\n"
        "try:\n    import c1\nexcept ValueError:\n    pass\n"
        "if __name__ == '__main__':\n    import wandb\nelse:\n    import d1\n"
        "if '__main__' == __name__:\n    import wandb2\n"
        "if TYPE_CHECKING:\n    import e1\nif False:\n    import f1\n"
        "try:\n    import g1\nexcept ImportError:\n    pass\nimport g1\n",
    )
    assert set(found.optional) == {"moxing", "a1", "b1", "wandb", "wandb2", "e1", "f1"}
    assert set(found.required) == {"c1", "d1", "g1"}


def test_own_modules_are_followed_and_left_out(tmp_path: Path) -> None:
    found = scan(
        write(
            tmp_path,
            main="from net import build\nimport src.model\nfrom src import tools\n" + PREDICT,
            net="import mindspore\nfrom . import sibling\n",
            sibling="import scipy\n",
            src__init="import easydict",
            src__model="from .blocks import Block\nimport json",
            src__blocks="import timm",
            src__tools="import pandas",
            unused="import tensorflow",
        )
    )
    assert set(found.required) == {"mindspore", "scipy", "easydict", "json", "timm", "pandas"}
    assert found.optional == ("tensorflow",), "of a file that nobody imports"


def test_modules_that_import_each_other_come_to_an_end(tmp_path: Path) -> None:
    write(tmp_path, main="import a\n" + PREDICT, a="import b\nimport cv2", b="import a\nimport PIL")
    assert scan(tmp_path).required == ("PIL", "cv2")


@pytest.mark.parametrize(
    ("files", "entry"),
    [
        ({"main": PREDICT, "other": PREDICT}, "main.py"),
        ({"main": "train()", "test_model": PREDICT}, "test_model.py"),
        ({"main": "from model import predict", "model": PREDICT}, "main.py"),
        ({"main": "from model import *", "model": PREDICT}, "main.py"),
        ({"main": "train()"}, "main.py"),
        ({"code__main": PREDICT}, "code/main.py"),
        ({"deep__er__model": PREDICT, "train": "x"}, "deep/er/model.py"),
        ({"train": "x = 1"}, "train.py"),
        ({}, ""),
    ],
)
def test_the_entry_is_what_defines_predict(
    tmp_path: Path, files: dict[str, str], entry: str
) -> None:
    assert scan(write(tmp_path, **files)).entry == entry


def notebook(*cells: str) -> str:
    return json.dumps({"cells": [{"cell_type": "code", "source": cell} for cell in cells]})


def test_notebooks_are_read_by_their_code_cells(tmp_path: Path) -> None:
    text = notebook(
        "%matplotlib inline\nimport cv2\n!pip install ttach",
        "%%bash\nimport nothing",
        "x?\n" + PREDICT,
    )
    (tmp_path / "lab.ipynb").write_text(text)
    found = scan(tmp_path)
    assert (found.entry, found.required, found.lines_only) == ("lab.ipynb", ("cv2",), ())
    assert [fact.said for fact in found.installs] == ["pip install ttach"]


def test_only_marked_cells_of_a_notebook_are_the_answer(tmp_path: Path) -> None:
    mark = f"# {source_text.CELL_MARKER}\n"
    text = notebook("import tensorflow", mark + "import cv2", mark + PREDICT)
    (tmp_path / "lab.ipynb").write_text(text)
    assert [found.package for found in scan(tmp_path).imports] == ["cv2"]


@pytest.mark.parametrize(
    "line",
    [
        "os.system('pip install ttach')",
        "subprocess.run(['pip', 'install', 'ttach'])",
        "subprocess.check_call([sys.executable, '-m', 'pip', 'install', 'ttach'])",
    ],
)
def test_commands_that_install_are_told(tmp_path: Path, line: str) -> None:
    (fact,) = scanned(tmp_path, line).installs
    assert "ttach" in fact.said and (fact.file, fact.line) == ("main.py", 1)
    assert scanned(tmp_path, f"if __name__ == '__main__':\n    {line}").installs == ()


def test_device_targets_are_told(tmp_path: Path) -> None:
    found = scanned(tmp_path, "context.set_context(mode=1, device_target='Ascend')")
    assert [(fact.said, fact.line) for fact in found.devices] == [("Ascend", 1)]


# --- sources that are not as they should be -----------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    [
        "# 垃圾分类\nimport cv2\n".encode("gbk"),
        "# -*- coding: gbk -*-\n# 垃圾\nimport cv2\n".encode("gbk"),
        b"\xef\xbb\xbfimport cv2\n",
        b"import cv2\r\nx = 1\r\n",
        b"# coding: nonsense\nimport cv2\n",
    ],
)
def test_sources_in_other_encodings_are_read(tmp_path: Path, raw: bytes) -> None:
    assert scan(write(tmp_path, main=raw + PREDICT.encode())).required == ("cv2",)


@pytest.mark.parametrize(
    "broken",
    ["print 'Python 2'", "def (", "\tx\n  y", "x = '", "(" * 500, "\0"],
)
def test_what_does_not_parse_is_read_line_by_line(tmp_path: Path, broken: str) -> None:
    text = f"import cv2, os.path as p  # x\nfrom torch.nn import (A,\n{broken}\n{PREDICT}"
    found = scan(write(tmp_path, main=text))
    assert {"cv2", "os", "torch"} <= set(found.required)
    assert found.lines_only == ("main.py",) and found.entry == "main.py"


@pytest.mark.parametrize(
    "hostile",
    [
        "a" + ".b" * 200_000,
        "import a" + ".b" * 200_000,
        "if 1: pass\n" + "elif 1: pass\n" * 50_000,
        "x = [" + "1," * 200_000 + "]",
        "a = " * 50_000 + "1",
    ],
)
def test_sources_that_end_the_parser_end_nothing_else(tmp_path: Path, hostile: str) -> None:
    begun = time.monotonic()
    found = scan_apart(write(tmp_path, main=f"import cv2\n{PREDICT}\n{hostile}"))
    assert "cv2" in found.required
    assert time.monotonic() - begun < 25


def test_a_notebook_of_hundreds_of_megabytes_is_read_in_part(tmp_path: Path) -> None:
    with (tmp_path / "lab.ipynb").open("wb") as file:
        file.truncate(300 * 1024 * 1024)
    write(tmp_path, main="import cv2\n" + PREDICT)
    assert scan_apart(tmp_path).required == ("cv2",)


def test_a_source_that_is_too_long_to_parse_is_read_by_lines(tmp_path: Path) -> None:
    text = "import cv2\nfrom net import x\n" + "x = 1\n" * (source_scan.TREE // 6)
    found = scanned(tmp_path, text)
    assert (found.required, found.lines_only) == (("cv2", "net"), ("main.py",))


@settings(max_examples=200)
@given(st.text(max_size=300))
def test_reading_lines_is_total(text: str) -> None:
    by_lines(text)


WORDS = st.sampled_from(["a", "b.c", "numpy", "_x.y.z"])
LINES = st.lists(
    st.one_of(
        st.builds("import {}".format, WORDS),
        st.builds("import {} as q, {}".format, WORDS, WORDS),
        st.builds("from {} import x, y".format, WORDS),
        st.builds("from .{} import x".format, WORDS),
        st.sampled_from(["x = 1", "# import z", "def predict(i): pass", "class A: pass"]),
    ),
    max_size=8,
)


@given(LINES)
def test_reading_lines_finds_what_parsing_finds(lines: list[str]) -> None:
    text = "\n".join(lines)
    parsed, read = by_tree(text), by_lines(text)
    assert set(parsed.imports) == set(read.imports)
    assert parsed.defines == read.defines
