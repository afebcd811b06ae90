"""The conversation survives whatever a submission does to its own process, short of ending it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.worker.client import Worker, WorkerDiedError, write
from tests.worker.conftest import Load

HATS = "def predict(image): return 'Hats'\n"


def test_hello_tells_python_and_packages_without_importing_them(worker: Worker) -> None:
    reply = worker.ask("hello")
    assert reply["python"].startswith("3.")
    assert reply["packages"]["numpy"] == np.__version__


def test_bye_ends_the_worker_with_exit_code_zero(worker: Worker) -> None:
    assert worker.close() == 0


def test_the_worker_leaves_when_the_grader_is_gone(worker: Worker) -> None:
    assert worker.process.stdin
    worker.process.stdin.close()
    assert worker.process.wait(10) == 0


def test_an_unknown_operation_is_answered_by_an_error(worker: Worker) -> None:
    assert "there is no operation 'dance'" in worker.ask("dance")["error"]


def test_predict_before_load_is_answered(worker: Worker) -> None:
    assert worker.predict() == ("raised", "there is no function to call")


def test_bad_meta_data_of_a_load_are_answered(worker: Worker) -> None:
    assert "KeyError" in worker.ask("load")["fault"]


def test_what_is_printed_goes_to_the_log(worker: Worker, load: Load) -> None:
    load(
        main="""
import os, subprocess, sys
print("by print")
os.write(1, b"by descriptor\\n")
os.system("echo by a child")
print("by the original", file=sys.__stdout__)
def predict(image):
    print("for each image")
    return "Hats"
"""
    )
    assert worker.predict() == ("word", "Hats")
    for text in ("by print", "by descriptor", "by a child", "by the original", "for each image"):
        assert text in worker.printed()


@pytest.mark.parametrize(
    "deed",
    [
        "sys.stdout.close(); sys.stderr.close()",
        "sys.stdout = sys.stderr = None",
        "os.closerange(0, 50)",
        "sys.stdin.read()",
        "sys.modules.clear()",
        "sys.setrecursionlimit(80)",
        "warnings.simplefilter('error')",
        "threading.Thread(target=time.sleep, args=(99,)).start()",
        "atexit.register(time.sleep, 99)",
        "json.dumps = struct.pack = None",
        "os.chdir('/')",
        "os.environ.clear()",
        "sys.path.clear()",
    ],
)
def test_a_submission_may_mistreat_its_process(worker: Worker, load: Load, deed: str) -> None:
    imports = "import atexit, json, os, struct, sys, threading, time, warnings\n"
    reply = load(main=imports + HATS + deed)
    assert reply["function"]
    assert worker.predict() == ("word", "Hats")
    assert worker.ask("last_error")["error"] == reply["error"]
    assert worker.close() == 0


def test_a_forked_child_that_returns_does_not_answer_in_our_place(
    worker: Worker, load: Load
) -> None:
    load(main="import os\ndef predict(image):\n    return 'Hats' if os.fork() else 'Gloves'")
    assert [worker.predict()[1] for _ in range(5)] == ["Hats"] * 5
    assert worker.ask("hello")["python"]


def test_children_do_not_inherit_the_conversation(worker: Worker, load: Load) -> None:
    load(
        main="""
import subprocess, sys
LIST = "import os; print(sorted(os.listdir('/proc/self/fd'), key=int))"
def predict(image):
    return subprocess.run([sys.executable, "-c", LIST], stdout=-1, close_fds=False).stdout.decode()
"""
    )
    outcome, word = worker.predict()
    assert outcome == "word"
    assert "100" not in word


def test_the_death_of_the_process_is_the_end(worker: Worker, load: Load) -> None:
    load(main="import os\ndef predict(image): os._exit(3)")
    with pytest.raises(WorkerDiedError):
        worker.predict()
    assert worker.process.returncode == 3


def test_each_image_is_a_fresh_writable_copy(worker: Worker, load: Load) -> None:
    load(
        main="""
seen = []
def predict(image):
    before = int(image.sum())
    image[:] = 7
    seen.append(image)
    return f"{before} {image.dtype} {image.shape} {image.flags['C_CONTIGUOUS']} {len(seen)}"
"""
    )
    image = np.ones((4, 5, 3), np.uint8)
    assert worker.predict(image) == ("word", "60 uint8 (4, 5, 3) True 1")
    assert worker.predict(image) == ("word", "60 uint8 (4, 5, 3) True 2")


def test_the_submission_itself_is_never_written(worker: Worker, tmp_path: Path) -> None:
    submission = write(tmp_path / "submission", main=HATS + "open('main.py', 'w').write('gone')")
    worker.load(submission)
    assert (submission / "main.py").read_text(encoding="utf-8").startswith(HATS)
    assert [path.name for path in submission.iterdir()] == ["main.py"]
