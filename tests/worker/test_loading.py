"""A submission is copied, imported as `python -c "import main"` would, and its faults explained."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.worker import staging
from tests.worker.client import Worker, write
from tests.worker.conftest import Load
from tests.worker.runtimes import require

HATS = "def predict(image): return 'Hats'\n"


def test_the_module_is_named_as_its_file_and_knows_where_it_is(worker: Worker, load: Load) -> None:
    load(
        main="""
import os, sys
import main as itself
assert itself is sys.modules[__name__]
here = os.path.dirname(os.path.abspath(__file__)) == os.getcwd()
def predict(image): return f"{__name__} {here} {sys.argv} {os.environ.get('DISPLAY')}"
"""
    )
    assert worker.predict() == ("word", "main True ['main.py'] None")


def test_an_entry_named_as_a_module_in_use_does_not_replace_it(worker: Worker, load: Load) -> None:
    report = load(json="import json\ndef predict(image): return json.dumps('Hats')")
    assert report["entry"] == "json.py"
    assert worker.predict() == ("word", '"Hats"')


def test_the_submission_may_write_beside_itself(worker: Worker, load: Load) -> None:
    report = load(
        main="import os, shutil\nos.makedirs('results')\nshutil.rmtree('results')\n" + HATS
    )
    assert report["error"] is None


def test_own_modules_win_over_installed_ones_even_in_folders(worker: Worker, load: Load) -> None:
    report = load(
        main="from numpy_ import A\nfrom utils.net import B\nfrom yaml import C\n"
        "def predict(image): return A + B + C",
        numpy_="A = 'a'",
        utils__net="B = 'b'",
        yaml="C = 'c'",
    )
    assert report["error"] is None
    assert worker.predict() == ("word", "abc")


def test_what_only_notebooks_have_is_there_for_the_submission_and_for_no_library(
    worker: Worker, load: Load
) -> None:
    # A network's summary in Keras is printed by rich, which asks whether it is in a notebook.
    report = load(
        main="from rich.console import Console\nimport helper\n"
        "Console().print('printed')\nhelper.get()\n" + HATS,
        helper="def get():\n    return get_ipython().run_line_magic('matplotlib', 'inline')\n",
    )
    assert report["error"] is None
    assert worker.predict() == ("word", "Hats")


def test_provided_files_are_laid_under_what_is_missing(worker: Worker, tmp_path: Path) -> None:
    submission = write(
        tmp_path / "submission", main="import a, b\ndef predict(image): return a.x + b.x"
    )
    write(submission, a="x = 'theirs '")
    provided = write(tmp_path / "provided", a="x = 'ours '", b="x = 'ours'", sub__c="")
    report = worker.load(submission, provided=str(provided))
    assert report["error"] is None
    assert worker.predict() == ("word", "theirs ours")
    assert (worker.work / "sub" / "c.py").is_file()


def test_staging_links_large_files_and_leaves_clutter_out(tmp_path: Path) -> None:
    submission, work = write(tmp_path / "submission", main=HATS), tmp_path / "work"
    for name in ("__pycache__/main.cpython-311.pyc", "__MACOSX/._main.py", ".git/config"):
        (submission / name).parent.mkdir()
        (submission / name).touch()
    (submission / "small.ckpt").write_bytes(b"x")
    with (submission / "large.ckpt").open("wb") as file:
        file.truncate(staging.LINK_ABOVE + 1)
    (submission / "link").symlink_to("/etc/passwd")
    os.mkfifo(submission / "pipe")
    notes = staging.stage(submission, work)
    assert sorted(path.name for path in work.iterdir()) == ["large.ckpt", "main.py", "small.ckpt"]
    assert (work / "large.ckpt").is_symlink()
    assert not (work / "small.ckpt").is_symlink()
    assert len(notes) == 2


@pytest.mark.parametrize(
    ("source", "type_", "line", "stopped"),
    [
        ("1 / 0\n" + HATS, "ZeroDivisionError", 1, False),
        (HATS + "1 / 0", "ZeroDivisionError", 2, True),
        (HATS + "raise KeyboardInterrupt", "KeyboardInterrupt", 2, True),
        (HATS + "raise GeneratorExit", "GeneratorExit", 2, True),
        (HATS + "exit(3)", "SystemExit", 2, True),
        (HATS + "input()", "EOFError", 2, True),
        (HATS + "def f(): f()\nf()", "RecursionError", 2, True),
        (HATS + "import helper", "ZeroDivisionError", 3, True),
        ("x = (1,\n" + HATS, "SyntaxError", 1, False),
        ("def predict(image):\nreturn 1", "IndentationError", 2, False),
        (HATS + "__import__('no.such')", "ModuleNotFoundError", 2, True),
        (HATS + "raise type('Evil', (Exception,), {'__str__': exit})", "Evil", 2, True),
        (HATS + "assert False, '\\ud800'", "AssertionError", 2, True),
    ],
)
def test_what_stops_an_import_is_told_with_its_line(
    load: Load, source: str, type_: str, line: int, stopped: bool
) -> None:
    report = load(main=source, helper="\n\n1 / 0")
    error = report["error"]
    assert (error["type"], error["line"], report["stopped"]) == (type_, line, stopped)
    assert report["function"] is stopped
    assert "/worker/" not in error["traceback"]


def test_the_cause_of_an_error_explains_it_too(load: Load) -> None:
    report = load(
        main=HATS + "try:\n    open('results/best.ckpt')\n"
        "except OSError as error:\n    raise RuntimeError('no model') from error"
    )
    assert report["error"]["type"] == "RuntimeError"
    assert report["error"]["missing_path"] == "results/best.ckpt"
    assert report["attempts"]["missing"] == ["results/best.ckpt"]


def test_a_file_that_was_missed_in_silence_is_told(load: Load) -> None:
    report = load(main="try:\n    open('results/best.ckpt')\nexcept OSError:\n    pass\n" + HATS)
    assert report["error"] is None
    assert report["attempts"]["missing"] == ["results/best.ckpt"]


@pytest.mark.parametrize(
    "loop",
    [
        "while True: pass",
        "while True:\n    try: time.sleep(9)\n    except Exception: pass",
        "try:\n    time.sleep(9)\nexcept BaseException:\n    time.sleep(9)",
    ],
)
def test_an_import_that_does_not_end_is_stopped_by_the_soft_limit(
    worker: Worker, load: Load, loop: str
) -> None:
    report = load({"seconds": 0.3}, main="import time\n" + HATS + loop)
    assert report["error"]["time_limit"]
    assert report["stopped"]
    assert worker.predict() == ("word", "Hats")


def test_a_load_without_a_run_only_lays_files_out(worker: Worker, load: Load) -> None:
    report = load({"run": False}, main="1 / 0\n" + HATS)
    assert (report["entry"], report["function"], report["error"]) == ("main.py", False, None)
    assert (report["elsewhere"], report["line"]) == ("below", 2)
    assert worker.predict()[0] == "raised"


def test_a_predict_that_is_no_function_is_not_there(load: Load) -> None:
    assert load(main="predict = 'Hats'")["function"] is False


def test_a_callable_object_is_a_function_too(worker: Worker, load: Load) -> None:
    report = load(main="class P:\n    def __call__(self, picture): return 'Hats'\npredict = P()\n")
    assert (report["function"], report["parameter"]) == (True, "picture")
    assert worker.predict() == ("word", "Hats")


def test_an_error_in_a_notebook_is_told_by_cell(load: Load, tmp_path: Path) -> None:
    (tmp_path / "submission").mkdir()
    (tmp_path / "submission" / "lab.ipynb").write_text(
        '{"cells": [{"cell_type": "markdown", "source": "#"},'
        '{"cell_type": "code", "source": "x = 1\\ndef predict(image): return 1 / 0"},'
        '{"cell_type": "code", "source": ["\\n", "1 / 0"]}]}',
        encoding="utf-8",
    )
    report = load()
    assert (report["file"], report["line"]) == ("lab.ipynb cell 2", 2)
    assert (report["error"]["file"], report["error"]["line"]) == ("lab.ipynb cell 3", 2)


def test_what_is_attempted_is_told_once_with_its_line(load: Load) -> None:
    report = load(
        main="""
import os, socket, subprocess
for _ in range(3):
    os.system("true")
    try: socket.create_connection(("127.0.0.1", 9), timeout=1)
    except OSError: pass
subprocess.run(["pip", "--version", "install"], check=False)
"""
        + HATS
    )
    attempts = report["attempts"]
    assert attempts["commands"] == [{"what": "true", "file": "main.py", "line": 4}]
    assert {"what": "127.0.0.1:9", "file": "main.py", "line": 5} in attempts["network"]
    assert attempts["installs"] == [{"what": "pip --version install", "file": "main.py", "line": 7}]


def test_without_compat_nothing_is_put_back(load: Load) -> None:
    source = "import cv2\ncv2.imshow('window', None)\n" + HATS
    assert load({"compat": False}, main=source)["compatibility"] == []


def test_the_last_error_keeps_its_explanation(worker: Worker, load: Load) -> None:
    report = load(main="import cv2\n" + HATS + "cv2.imread('datasets/1.jpg').shape")
    assert report["error"]["reads_dataset"]
    assert worker.predict() == ("word", "Hats")
    assert worker.ask("last_error")["error"] == report["error"]


def test_libraries_use_as_many_threads_as_they_are_given(worker: Worker, load: Load) -> None:
    load({"threads": 1}, main="import cv2\ndef predict(image): return str(cv2.getNumThreads())")
    assert worker.predict() == ("word", "1")


def test_mindspore_has_as_many_threads_and_the_submission_may_set_its_own(
    worker: Worker, load: Load
) -> None:
    require("mindspore")
    count = "str(mindspore.get_context('runtime_num_threads'))"
    own = "mindspore.device_context.cpu.op_tuning.threads_num(2)"
    main = f"import mindspore\nfound = {count}\n{own}\ndef predict(image): return found"
    assert load({"threads": 1}, main=main)["function"]
    assert worker.predict() == ("word", "1")
    assert "runtime_num_threads" not in worker.log.read_text(errors="replace")
