"""Where no sandbox hides what only one machine has, the worker does, as in grading."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests import submissions

ROOT = Path(__file__).parents[2]
# In a process of its own, since an audit hook stays: {0}: what to run, `E` the folder elsewhere.
PROGRAM = """
import json, os, sys
from pathlib import Path
from grader.worker.hooks import AfterImportFinder, install
from grader.worker.own_view import OwnView
from grader.worker.workdir import Workdir
work = Path(sys.argv[1])
os.chdir(str(work))
view, after = OwnView(Workdir(work)), AfterImportFinder()
view.watch_readers(after)
install([after])
view.start()
sys.path.append(str(work))
import main
print(json.dumps([main.GOT, [[one["how"], one["what"], one["inside"]] for one in view.told]]))
"""


def seen(tmp_path: Path, expression: str, before: str = "") -> tuple[object, list[list[str]]]:
    """What an expression about folder E gives in a submission, and what was told of it."""
    elsewhere = submissions.submission(
        tmp_path / "elsewhere",
        {"net.pth": "0" * 99, "mine.py": "x = 1", "__pycache__/mine.pyc": "", "own.bin": "1"},
    )
    source = (
        f"import os, sys\nE = {str(elsewhere)!r}\n{before}\n"
        f"try:\n    GOT = {expression}\nexcept Exception as error:\n"
        "    GOT = type(error).__name__\n"
    )
    files = {"main.py": source, "own.bin": "mine", "weights/mine.pth": ""}
    work = submissions.submission(tmp_path / "scratch/work", files)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(work)], cwd=ROOT, capture_output=True, text=True,
        check=False, env={"TMPDIR": str(tmp_path / "scratch"), "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    got, told = json.loads(done.stdout)
    return got, [[how, what.replace(str(elsewhere), "E"), inside] for how, what, inside in told]


@pytest.mark.parametrize(
    ("expression", "before", "got", "told"),
    [
        ("open(E + '/net.pth').read()", "", "FileNotFoundError", "reads E/net.pth"),
        ("os.listdir(E)", "", "FileNotFoundError", "reads E"),
        ("os.chdir(E)", "", "FileNotFoundError", "reads E"),
        ("open(E + '/log.txt', 'w').name", "", "FileNotFoundError", "writes E/log.txt"),
        ("os.mkdir(E + '/a')", "", "FileNotFoundError", "writes E/a"),
        ("os.path.exists(E + '/net.pth')", "", False, "looks E/net.pth"),
        ("os.access(E + '/net.pth', os.R_OK)", "", False, "looks E/net.pth"),
        ("Path(E, 'net.pth').is_file()", "from pathlib import Path", False, "looks E/net.pth"),
        ("__import__('mine').x", "sys.path.append(E)", "ModuleNotFoundError", "looks E/mine.py"),
        ("cv2.imread(E + '/net.pth')", "import cv2", None, "reads E/net.pth"),
        # Of what is a matter of its own, or nobody's, nothing is told.
        ("open('own.bin').read()", "", "mine", ""),
        ("os.path.exists(E)", "", False, ""),
        ("open(E + '/none.pth').read()", "", "FileNotFoundError", ""),
        ("os.path.exists('/')", "", True, ""),
        ("bool(os.listdir(os.path.dirname(os.__file__)))", "", True, ""),
        ("os.makedirs(os.path.abspath('results/a')) or os.listdir('results')", "", ["a"], ""),
        ("shutil.rmtree(tempfile.mkdtemp())", "import shutil, tempfile", None, ""),
    ],
)
def test_what_only_this_machine_has_is_hidden_and_told(
    tmp_path: Path, expression: str, before: str, got: object, told: str
) -> None:
    found, said = seen(tmp_path, expression, before)
    assert found == got
    assert [f"{how} {what}" for how, what, _ in said] == ([told] if told else [])


def test_a_file_that_was_handed_in_too_is_named_by_its_place_there(tmp_path: Path) -> None:
    assert seen(tmp_path, "open(E + '/own.bin').read()")[1] == [["reads", "E/own.bin", "own.bin"]]
