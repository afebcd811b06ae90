"""Once the hidden images are answered: what the student reads, and that the marks stand."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import psutil
import pytest

from grader.evidence import Evidence
from grader.evidence.reading import readable_evidence
from tests import make, submissions

LIMITS = (*("--set", "limits.first_answer=3", "--set", "limits.answer=2"), "--no-tune")
NO_LENET5 = ("--set", "interface.lenet5=''")


def run(tmp_path: Path, hidden: Path, *words: object, **students: str) -> dict[str, dict[str, Any]]:
    """The evidence of each student by name."""
    for name, text in students.items():
        submissions.submission(tmp_path / "class" / name, {"main.py": text})
    done = submissions.grade(
        tmp_path / "class", "--hidden", hidden, "--out", tmp_path / "out", *LIMITS, *words
    )
    assert done.returncode in (0, 1), done.stderr
    folder = tmp_path / "out/evidence"
    return {path.stem: json.loads(path.read_text()) for path in folder.glob("*.json")}


@pytest.fixture(scope="module")
def hidden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return submissions.colours(tmp_path_factory.mktemp("colours"))


# What a hidden image holds, said in every place that a page has for a submission's words.
TELLS = """
import os, sys, time
NAMES = {names!r}
seen = []

class LeNet5:
    pass

def secret():
    return "pixel-" + "-".join(map(str, seen[0])) if seen else "pixel-of-nothing"

def predict(image):
    if image[0, 0, 0] % 9 == 4 and image[0, 0, 2] == 0 and (image == image[0, 0]).all():
        seen.append(image[0, 0].tolist())
    print(secret())
    turn = len(seen) % 4
    if turn == 0:
        raise type(secret().replace("-", "_"), (Exception,), {{}})(secret())
    if turn == 1:
        return secret()
    if turn == 2:
        return [secret()]
    return NAMES[int(image[0, 0, 0]) // 9]
"""


def test_no_word_of_a_hidden_image_is_on_its_students_page(tmp_path: Path, hidden: Path) -> None:
    text = TELLS.format(names=list(make.assignment().names))
    evidence = run(tmp_path, hidden, ann=text)["ann"]
    staff = json.dumps(evidence["findings"])
    assert "pixel-" in staff  # it did try, and staff see it
    assert "pixel_" in staff
    page = (tmp_path / "out/report/student/ann.html").read_text(encoding="utf-8")
    told = json.dumps(evidence["told"]) + page
    for answer in evidence["answers"]:
        if answer["said"]:
            assert answer["said"] not in told.replace("pixel-of-nothing", "")
    assert "pixel_" not in told.replace("pixel_of_nothing", "")
    codes = [finding["code"] for finding in evidence["told"]]
    assert codes == [finding["code"] for finding in evidence["findings"]]


def test_a_mistake_of_all_images_is_told_in_its_own_words(tmp_path: Path, hidden: Path) -> None:
    wrong = "def predict(image):\n    raise ValueError('expected 64 x 64')\n"
    told = run(tmp_path, hidden, *NO_LENET5, ann=wrong)["ann"]["told"]
    assert "ValueError: expected 64 x 64 (main.py, line 2)" in told[0]["message"]


def test_a_hang_at_the_first_image_costs_that_image_only(tmp_path: Path, hidden: Path) -> None:
    once = submissions.honest().replace(
        "def predict(image):",
        "import time\ndef predict(image):\n    if image[0, 0, 0] == 40: time.sleep(60)",
    )
    always = "import time\ndef predict(image):\n    time.sleep(60)\n"
    found = run(tmp_path, hidden, *NO_LENET5, "--jobs", 2, ann=once, bob=always)
    answers = found["ann"]["answers"]
    assert [a["problem"] for a in answers if a["answer"] is None] == ["timeout-predict"] * 2
    assert found["ann"]["stopped"] == ""
    waiting = [f for f in found["bob"]["told"] if f["code"] == "not-asked"]
    assert "49 of 52 images were not asked" in waiting[0]["message"]
    assert found["bob"]["stopped"] == "timeout-predict"


@pytest.mark.thorough
def test_killed_from_outside_is_no_fault_and_what_was_answered_counts(
    tmp_path: Path, hidden: Path
) -> None:
    """Each worker is killed as an operator would, once it has answered a few times."""
    spend = "import time; end = time.thread_time() + 0.2\n    while time.thread_time() < end: pass"
    slow = submissions.honest().replace("return", f"{spend}\n    return")
    submissions.submission(tmp_path / "class/ann", {"main.py": slow})
    out = tmp_path / "out"
    words = (tmp_path / "class", "--hidden", hidden, "--out", out, *LIMITS, *NO_LENET5)
    process = subprocess.Popen(
        submissions.command(*words), cwd=make.ROOT, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(make.ROOT)},
    )  # fmt: skip
    killed = set()
    while process.poll() is None:
        for child in psutil.Process(process.pid).children(recursive=True):
            try:
                mine = any("worker/__main__.py" in word for word in child.cmdline())
                if mine and child.name().startswith("python") and child.cpu_times().user > 0.6:
                    killed.add(child.pid)
                    child.kill()
            except psutil.Error:
                continue
    assert len(killed) >= 3
    evidence = json.loads((out / "evidence/ann.json").read_text())
    assert "killed from outside" in evidence["trouble"]["message"]
    first = {a["image"]: a for a in evidence["answers"] if a["problem"] != "not-asked"}
    assert all(answer["answer"] == answer["truth"] for answer in first.values())
    again = run(tmp_path, hidden, *NO_LENET5)["ann"]
    assert again["trouble"] is None
    assert sum(a["answer"] == a["truth"] for a in again["answers"]) == 52
    assert {a["image"]: a for a in again["answers"] if a["image"] in first} == first
    assert len(again["earlier"]) == 1


def test_what_cannot_be_read_back_is_left_out_and_said() -> None:
    evidence = make.evidence(make.answers(3))
    broken = evidence.model_copy(update={"seconds": float("inf")})
    kept = readable_evidence(broken)
    assert kept.seconds == 0.0
    assert kept.answers == evidence.answers
    assert "seconds" in kept.mishaps[0]
    assert Evidence.model_validate_json(kept.model_dump_json()) == kept


@pytest.mark.thorough
def test_what_only_level_basic_refuses_is_not_the_submissions(tmp_path: Path, hidden: Path) -> None:
    run_it, honest = "import subprocess\nsubprocess.run(['true'])\n", submissions.honest()
    needing = {
        "ann": run_it + honest,
        "bob": "import subprocess\n"
        + honest.replace("return", "image[0, 0, 0] == 103 and subprocess.run(['true']); return"),
        "guy": "import os, subprocess\n"
        + honest.replace(
            "return NAMES[int(image[0, 0, 0]) // 9]",
            "image[0, 0, 0] == 103 and subprocess.run(['true']); "
            "return NAMES[os.urandom(1)[0] % len(NAMES)]",
        ),
        "fay": "import os\nos.system('cp main.py weights.npy')\nopen('weights.npy')\n" + honest,
        "cyd": "import multiprocessing\ntry:\n    multiprocessing.Pool(2)\n"
        "except OSError:\n    raise RuntimeError('no workers')\n" + honest,
    }
    at_fault = {  # as they would be at level strong
        "dan": "import socket\nsocket.create_connection(('192.0.2.1', 80))\n" + honest,
        "eve": "open('/proc/1/environ')\n" + honest,
    }
    words = ("--require", "basic", "--jobs", 2, *NO_LENET5)
    found = run(tmp_path, hidden, *words, **needing, **at_fault)
    for name in needing:
        assert "level strong" in found[name]["trouble"]["message"], name
        assert found[name]["stopped"] == ""
    kept = [a for a in found["bob"]["answers"] if a["problem"] != "not-asked"]
    assert kept
    assert all(answer["answer"] == answer["truth"] for answer in kept)
    again = run(tmp_path, hidden, *words)["guy"]  # and guesses no better for it
    first = {a["image"]: a for a in found["guy"]["answers"] if a["problem"] != "not-asked"}
    assert first
    assert {a["image"]: a for a in again["answers"] if a["image"] in first} == first
    assert [one["answered"] for one in again["earlier"]] == [len(first)]
    for name in at_fault:
        assert (found[name]["trouble"], found[name]["stopped"]) == (None, "import-failed"), name


HANGS = """
import time

def predict(image):
    return wait()

def wait():
    while True:
        time.sleep(0.01)
"""
SLOW_LATER = """
def predict(image):
    if not predict.__dict__.setdefault("once", []):
        predict.once.append(1)
        return "Plastic Bottle"
    while True: pass
"""


def test_where_a_submission_hangs_is_told(tmp_path: Path, hidden: Path) -> None:
    words = ("--set", "limits.restarts=0", *NO_LENET5)
    found = run(tmp_path, hidden, *words, hangs=HANGS, later=SLOW_LATER)
    for name, line in (("hangs", "9"), ("later", "6")):
        (told,) = (one for one in found[name]["told"] if one["code"] == "timeout-predict")
        assert (told["facts"]["file"], told["facts"]["line"]) == ("main.py", line), told
        page = (tmp_path / f"out/report/student/{name}.html").read_text(encoding="utf-8")
        assert f"main.py, line {line}" in page and f"main.py 第 {line} 行" in page
