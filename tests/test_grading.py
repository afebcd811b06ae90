"""The main job from the outside: submissions in, marks and a report out, whatever happens
between.
"""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests import make, submissions
from tests.processes import eventually, running

LIMITS = ["--set", "limits.first_answer=5", "--set", "limits.answer=2", "--set", "limits.import=20"]
HANG = "import time\ndef predict(image):\n    while True: time.sleep(1)\n"


@pytest.fixture(scope="session")
def hidden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return submissions.colours(tmp_path_factory.mktemp("colours"))


def small_class(folder: Path, **students: str) -> Path:
    for name, text in students.items():
        submissions.submission(folder / name, {"main.py": text})
    return folder


def rows(out: Path) -> dict[str, dict[str, Any]]:
    with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def run(hidden: Path, out: Path, *words: object) -> subprocess.CompletedProcess[str]:
    return submissions.grade(*words, "--hidden", hidden, "--out", out, *LIMITS)


def test_an_honest_submission_is_graded_and_reported(tmp_path: Path, hidden: Path) -> None:
    out = tmp_path / "out"
    done = run(hidden, out, small_class(tmp_path / "class", ann=submissions.honest()))
    assert done.returncode == 0, done.stderr
    row = rows(out)["ann"]
    assert (row["status"], row["score"], row["correct"], row["total"]) == (
        "graded",
        "100",
        "52",
        "52",
    )
    assert list(row) == [
        "id", "name", "status", "score", "correct", "total", "accuracy", "band", "findings",
        "number", "possible", "parts", "checks", "report", "overrides", "lateness", "run",
    ]  # fmt: skip
    for page in ("index.html", "staff/ann.html", "student/ann.html"):
        assert (out / "report" / page).stat().st_size > 1000
    assert (out / "logs" / "ann.txt").exists()
    (told,) = json.loads((out / "grades.json").read_text(encoding="utf-8"))["grades"]
    assert (told["id"], told["score"]) == ("ann", 100)


def test_each_fault_is_told_apart_and_touches_nobody_else(tmp_path: Path, hidden: Path) -> None:
    folder = small_class(
        tmp_path / "class",
        honest=submissions.honest(),
        hangs=HANG,
        no_predict="x = 1\n",
        broken="import nothing_like_this as it\nnet = it.Net()\n" + submissions.honest(),
        index="def predict(image):\n    return 3\n",
        raises="def predict(image):\n    raise ValueError('shape')\n",
        leaves="import os\ndef predict(image):\n    os._exit(3)\n",
        weights="w = open('results/best.ckpt')\ndef predict(image): return 'Hats'\n",
    )
    (folder / "torn.zip").write_bytes(b"PK\x03\x04 this is no archive")
    out = tmp_path / "out"
    done = run(hidden, out, folder, "--jobs", 2)
    assert done.returncode == 0, done.stderr
    found = rows(out)
    expected = {
        "honest": ("graded", "100", ""),
        "hangs": ("faulted", "0", "timeout-predict"),
        "no_predict": ("faulted", "0", "predict-missing"),
        "broken": ("faulted", "0", "package-missing"),
        "index": ("faulted", "0", "wrong-return-type"),
        "raises": ("faulted", "0", "predict-failed"),
        "leaves": ("faulted", "0", "crashed"),
        "weights": ("faulted", "0", "weights-missing"),
        "torn": ("faulted", "0", "archive-refused"),
    }
    for name, (status, score, finding) in expected.items():
        row = found[name]
        assert (row["status"], row["score"]) == (status, score), (name, row)
        assert finding in row["findings"], (name, row)


def test_a_crash_in_the_middle_costs_that_image_only(tmp_path: Path, hidden: Path) -> None:
    crashing = submissions.honest().replace(
        "def predict(image):",
        "def predict(image):\n    if image[0, 0, 0] == 40: import os; os._exit(1)",
    )
    out = tmp_path / "out"
    run(hidden, out, small_class(tmp_path / "class", ann=crashing))
    assert rows(out)["ann"]["correct"] == "50"
    assert rows(out)["ann"]["status"] == "graded"


@pytest.mark.thorough
def test_a_lenet5_that_hangs_costs_its_time_once_and_no_marks(tmp_path: Path, hidden: Path) -> None:
    hanging = (
        "import mindspore.nn as nn\nclass LeNet5(nn.Cell):\n"
        "    def __init__(self):\n        while True: pass\n"
    )
    folder = small_class(tmp_path / "class", ann=hanging + submissions.honest())
    out = tmp_path / "out"
    run(hidden, out, folder)
    evidence = json.loads((out / "evidence" / "ann.json").read_text(encoding="utf-8"))
    assert rows(out)["ann"]["score"] == "100"
    assert "time" in evidence["networks"][0]["error"]
    assert evidence["checks"][0]["outcome"] == "failed"
    assert evidence["confinement"]["restarts"] == 1  # for the images, beside the one it hung in


def test_the_same_input_gives_the_same_evidence(tmp_path: Path, hidden: Path) -> None:
    folder = small_class(tmp_path / "class", ann=submissions.honest())
    answers = []
    for name in ("one", "two"):
        run(hidden, tmp_path / name, folder)
        evidence = json.loads((tmp_path / name / "evidence" / "ann.json").read_text())
        answers.append([{**a, "seconds": 0} for a in evidence["answers"]])
    assert answers[0] == answers[1]


@pytest.mark.thorough
def test_killed_in_the_middle_it_goes_on_where_it_was(tmp_path: Path, hidden: Path) -> None:
    slow = submissions.honest().replace("return", "import time; time.sleep(0.2); return")
    folder = small_class(
        tmp_path / "class", ann=submissions.honest(), bob=slow, cyd=submissions.honest()
    )
    out = tmp_path / "out"
    words = submissions.command(folder, "--hidden", hidden, "--out", out, "--jobs", 1, *LIMITS)
    environment = {**os.environ, "PYTHONPATH": os.environ.get("PYTHONPATH", "") or str(make.ROOT)}
    process = subprocess.Popen(
        words, cwd=make.ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    )
    first = out / "evidence" / "ann.json"
    while not first.exists():
        assert process.poll() is None
    tree = psutil.Process(process.pid).children(recursive=True)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    before = first.read_bytes()
    assert json.loads(before)["submission"]["id"] == "ann"
    assert not (out / "evidence" / "bob.json").exists()
    assert eventually(lambda: running(tree) == [], 10)
    done = run(hidden, out, folder, "--jobs", 1)
    assert done.returncode == 0, done.stderr
    assert first.read_bytes() == before
    assert {row["score"] for row in rows(out).values()} == {"100"}
    assert len(rows(out)) == 3
    assert not any((out / ".work").iterdir())


def test_ctrl_c_ends_cleanly_and_keeps_what_is_done(tmp_path: Path, hidden: Path) -> None:
    folder = small_class(tmp_path / "class", ann=submissions.honest(), bob=HANG)
    out = tmp_path / "out"
    words = submissions.command(
        folder, "--hidden", hidden, "--out", out, "--jobs", 1, "--set", "limits.first_answer=300"
    )
    environment = {
        **os.environ,
        "PYTHONPATH": os.environ.get("PYTHONPATH", "") or str(make.ROOT),
        "LANG": "C.UTF-8",
    }
    process = subprocess.Popen(
        words, cwd=make.ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment,
        text=True, start_new_session=True,
    )  # fmt: skip
    while not (out / "evidence" / "ann.json").exists():
        assert process.poll() is None
    tree = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, signal.SIGINT)
    printed, problems = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "1 submissions are left" in " ".join(printed.split()), printed
    assert "Traceback" not in problems
    assert set(rows(out)) == {"ann"}
    assert eventually(lambda: running(tree) == [], 10)


def test_what_changed_is_examined_again_and_only_that(tmp_path: Path, hidden: Path) -> None:
    folder = small_class(tmp_path / "class", ann=submissions.honest(), bob="x = 1\n")
    out = tmp_path / "out"
    run(hidden, out, folder)
    before = {
        name: (out / "evidence" / f"{name}.json").stat().st_mtime_ns for name in ("ann", "bob")
    }
    submissions.submission(folder / "bob", {"main.py": submissions.honest()})
    run(hidden, out, folder)
    after = {
        name: (out / "evidence" / f"{name}.json").stat().st_mtime_ns for name in ("ann", "bob")
    }
    assert after["ann"] == before["ann"]
    assert after["bob"] != before["bob"]
    assert rows(out)["bob"]["score"] == "100"


def test_archives_nested_one_folder_deep_are_graded(tmp_path: Path, hidden: Path) -> None:
    folder = tmp_path / "class"
    folder.mkdir()
    with zipfile.ZipFile(folder / "3210000001_ann.zip", "w") as archive:
        archive.writestr("lab2/main.py", submissions.honest())
        archive.writestr("__MACOSX/lab2/._main.py", "junk")
    out = tmp_path / "out"
    run(hidden, out, folder)
    (row,) = rows(out).values()
    assert row["score"] == "100"


def test_students_see_accuracy_by_class_only_where_the_assignment_allows_it(
    tmp_path: Path, hidden: Path
) -> None:
    out = tmp_path / "out"
    run(hidden, out, small_class(tmp_path / "class", ann=submissions.honest()))
    page = out / "report" / "student" / "ann.html"
    assert "Fluorescent lamp" not in page.read_text(encoding="utf-8")
    submissions.grade("rescore", "--out", out, "--set", "pages.per_class=true")
    assert "Fluorescent lamp" in page.read_text(encoding="utf-8")


def test_an_override_and_another_policy_change_marks_without_running_code(
    tmp_path: Path, hidden: Path
) -> None:
    out = tmp_path / "out"
    weak = submissions.honest().replace("// 9", "// 9 if image[0, 0, 0] < 190 else 0")
    folder = small_class(tmp_path / "class", ann=weak)
    run(hidden, out, folder)
    assert rows(out)["ann"]["score"] == "95"
    evidence = (out / "evidence" / "ann.json").read_bytes()
    done = submissions.grade(
        "override", "ann", "--report", "complete", "--reason", "seen", "--author", "TA",
        "--out", out,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert rows(out)["ann"]["score"] == "100"
    assert "95 → 100" in done.stdout
    done = submissions.grade("rescore", "--out", out, "--set", "policy.report_from=85")
    assert rows(out)["ann"]["score"] == "95"
    assert (out / "evidence" / "ann.json").read_bytes() == evidence


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nowhere"], "nowhere"),
        (["{class}", "--device", "GPU"], "GPU"),
        (["{class}", "--device", "Ascend"], "Ascend"),
        (["{class}", "--assignment", "{class}"], "--assignment"),
        (["{class}", "--set", "limits.total=x"], "limits.total"),
        (["{class}", "--hidden", "{class}"], "no class with this folder"),
        (["{class}", "--hidden", "nowhere"], "--hidden"),
        (["{class}", "--set", "images.mnist=nowhere"], "images.mnist"),
        (["{class}", "--runtime", "caffe"], "caffe"),
        (["{empty}"], "empty"),
    ],
)
def test_wrong_usage_says_what_and_writes_nothing(
    tmp_path: Path, words: list[str], told: str
) -> None:
    folder = small_class(tmp_path / "class", ann=submissions.honest())
    (tmp_path / "empty").mkdir()
    places = {"class": folder, "empty": tmp_path / "empty"}
    out = tmp_path / "out"
    done = submissions.grade(*(word.format(**places) for word in words), "--out", out)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert not out.exists()


def test_an_unreadable_hidden_image_is_named_before_anything_runs(tmp_path: Path) -> None:
    hidden = submissions.colours(tmp_path / "hidden", each=1)
    (hidden / "00_03" / "torn.jpg").write_bytes(b"\xff\xd8 torn")
    (hidden / "09_09").mkdir()
    folder = small_class(tmp_path / "class", ann=submissions.honest())
    done = submissions.grade(folder, "--hidden", hidden, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "torn.jpg" in done.stderr
    assert "09_09" in done.stderr


def test_two_submissions_of_one_student_are_one_row_and_both_are_kept(
    tmp_path: Path, hidden: Path
) -> None:
    folder = small_class(tmp_path / "class", **{"3210000001_ann": submissions.honest()})
    with zipfile.ZipFile(folder / "3210000001_ann.zip", "w") as archive:
        archive.writestr("main.py", "def predict(image): return 3\n")
    out = tmp_path / "out"
    done = run(hidden, out, folder)
    assert "3210000001" in done.stdout
    assert done.returncode == 0
    assert len(rows(out)) == 1
    assert len(list((out / "evidence").glob("*.json"))) == 2
    submissions.grade("rescore", "--out", out, "--set", 'policy.attempts="best"')
    assert [row["score"] for row in rows(out).values()] == ["100"]


def test_who_submitted_nothing_is_a_row_everywhere(tmp_path: Path, hidden: Path) -> None:
    folder = small_class(tmp_path / "class", **{"3210000001_ann": submissions.honest()})
    roster = tmp_path / "roster.csv"
    absent = [f"32100001{n:02},Student{n:02}" for n in range(40)]
    roster.write_text("\n".join(["number,name", "3210000001,Ann", *absent]), encoding="utf-8")
    out = tmp_path / "out"
    done = run(hidden, out, folder, "--roster", roster)
    assert done.returncode == 0, done.stderr
    table = rows(out)
    nothing = [row for row in table.values() if row["status"] == "absent"]
    assert (len(table), len(nothing)) == (41, 40)
    assert {row["score"] for row in nothing} == {""}
    assert "Student17" in (out / "report" / "index.html").read_text(encoding="utf-8")
    submissions.grade("rescore", "--out", out, "--set", "policy.absent=0")
    assert {row["score"] for row in rows(out).values() if row["status"] == "absent"} == {"0"}
    submissions.grade("export", "canvas", "--out", out)
    assert "3210000117" in (out / "canvas.csv").read_text(encoding="utf-8-sig")


def test_decisions_from_the_command_line_stay_in_bounds_and_can_be_taken_back(
    tmp_path: Path, hidden: Path
) -> None:
    out = tmp_path / "out"
    folder = small_class(tmp_path / "class", **{"3210000001_ann": submissions.honest()})
    run(hidden, out, folder)

    def decide(*words: object) -> subprocess.CompletedProcess[str]:
        return submissions.grade("override", *words, "--out", out, "--author", "TA")

    def score() -> str:
        (row,) = rows(out).values()
        return str(row["score"])

    for words in (("--points", "500"), ("--points", "nan"), ("--set-points", "-1")):
        done = decide("3210000001", *words, "--reason", "typo")
        assert (done.returncode, score()) == (2, "100"), done.stderr
        assert "Traceback" not in done.stderr
    assert decide("nobody", "--points", "1", "--reason", "r").returncode == 2
    assert decide("3210000001", "--set-points", "60", "--reason", "agreed").returncode == 0
    assert score() == "60"
    saved = tmp_path / "saved.json"
    decision = {"id": "3210000001", "points": 5, "reason": "page", "author": "TA",
                "time": "2099-01-01T00:00:00Z"}  # fmt: skip
    saved.write_text(json.dumps([decision]))
    for _ in range(2):
        assert submissions.grade("rescore", "--overrides", saved, "--out", out).returncode == 0
        assert score() == "65"
    saved.write_text(json.dumps([{**decision, "id": "nobody"}]))
    assert submissions.grade("rescore", "--overrides", saved, "--out", out).returncode == 2
    assert decide("ann", "--undo").returncode == 0
    assert score() == "60"
    page = (out / "report" / "student" / "3210000001_ann.html").read_text(encoding="utf-8")
    assert "agreed" in page and "page (TA)" not in page
    submissions.submission(folder / "3210000001_ann", {"more.py": "x = 1\n"})
    run(hidden, out, folder)
    assert score() == "100"  # what was decided was about an earlier submission
    assert "agreed" in (out / "report" / "index.html").read_text(encoding="utf-8")
    assert decide("ann", "--confirm").returncode == 0
    assert score() == "60"


def test_a_disk_that_fills_up_loses_nothing_and_blames_nobody(tmp_path: Path, hidden: Path) -> None:
    """The results lie on a file system of 8 MiB, in a mount namespace of their own."""
    folder = small_class(tmp_path / "class", **{f"s{n}": submissions.honest() for n in range(6)})
    for number in range(6):
        (folder / f"s{number}" / "weights.bin").write_bytes(bytes(9 * 2**20))
    out = tmp_path / "out"
    kept = tmp_path / "kept"
    out.mkdir()
    kept.mkdir()
    inside = submissions.command(folder, "--hidden", hidden, "--out", out, "--jobs", 1, *LIMITS)
    shell = f'"$@"; code=$?; cp -r {out}/evidence {kept}; exit $code'
    done = subprocess.run(
        ["bwrap", "--bind", "/", "/", "--dev-bind", "/dev", "/dev", "--proc", "/proc",
         "--size", str(8 * 2**20), "--tmpfs", str(out), "sh", "-c", shell, "sh", *inside],
        cwd=make.ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": os.environ.get("PYTHONPATH", "") or str(make.ROOT)},
    )  # fmt: skip
    if "bwrap:" in done.stderr:
        pytest.skip(f"no file system of its own can be made here: {done.stderr}")
    assert done.returncode == 1, done.stdout
    assert "No space left" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    whole = [json.loads(path.read_text()) for path in (kept / "evidence").glob("*.json")]
    assert all(len(evidence["answers"]) == 52 for evidence in whole if not evidence["trouble"])
    assert not any(evidence["stopped"] for evidence in whole)
