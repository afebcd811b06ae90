"""A run is a document: nothing that lies in the present folder changes a mark."""

from __future__ import annotations

import csv
import fcntl
import json
import shutil
from pathlib import Path

from grader.runs import RunFolder
from tests import make, submissions


def scores(path: Path) -> dict[str, str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row["id"]: row["score"] for row in csv.DictReader(file)}


def lab(folder: Path, name: str, cost: int) -> Path:
    """A folder with ``hidden_tests`` in it: the sample lab under another name and cost."""
    home = folder / "hidden_tests"
    home.mkdir(parents=True)
    text = (make.HOME / "assignment.toml").read_text(encoding="utf-8")
    text = text.replace("cost = 5 ", f"cost = {cost} ").replace(make.assignment().id, name)
    (home / "assignment.toml").write_text(text, encoding="utf-8")
    return home


def test_marks_stand_whatever_lies_in_the_present_folder(tmp_path: Path) -> None:
    """A class from its first grade to a withdrawn submission, through the program itself."""
    hidden, other = (
        submissions.colours(tmp_path / "images"),
        submissions.colours(tmp_path / "o", each=1),
    )
    first = lab(tmp_path / "one", make.assignment().id, 5)
    second = lab(tmp_path / "two", "another-lab", 1)
    out, folder = tmp_path / "out", tmp_path / "class"
    weak = submissions.honest().replace("// 9", "// 9 if image[0, 0, 0] < 160 else 0")
    for name, text in {"ann": submissions.honest(), "bob": weak, "cyd": weak}.items():
        submissions.submission(folder / name, {"main.py": text})

    def grade(*words: object, inside: Path = first) -> tuple[int, str]:
        done = submissions.grade(*words, "--out", out, cwd=inside.parent)
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, done.stdout + done.stderr

    words = (folder, "--hidden", hidden)
    assert grade(*words, "--set", "policy.cost=4")[0] == 0
    table = out / "grades.csv"
    before = scores(table)
    assert 0 < float(before["bob"]) < 100

    # What --set changed holds in every later command.
    assert grade("export", "csv", "--to", tmp_path / "e.csv")[0] == 0
    assert grade("rescore")[0] == 0
    assert grade(*words)[0] == 0
    assert scores(tmp_path / "e.csv") == scores(table) == before

    # Another lab in the present folder is told, and refused where it is meant.
    assert "assignment" in grade("rescore", inside=second)[1]
    assert scores(table) == before
    for wrong in (("rescore", "--assignment", second), (*words, "--assignment", second)):
        code, said = grade(*wrong)
        assert code == 2 and "another-lab" in said and "--out" in said
    code, said = grade(folder, "--hidden", other)
    assert code == 2 and "--hidden" in said
    assert scores(table) == before

    # Pictures come by digest, also where the images are gone or others lie there.
    page = out / "report" / "staff" / "bob.html"
    pictures = page.read_text(encoding="utf-8").count("data:image/jpeg")
    shutil.rmtree(hidden)
    submissions.colours(hidden, each=1)
    grade("override", "bob", "--points", "3", "--reason", "typo", "--dry-run")
    assert scores(table) == before
    code, said = grade("override", "bob", "--points", "3", "--reason", "typo")
    assert code == 0 and "override" in said
    assert page.read_text(encoding="utf-8").count("data:image/jpeg") == pictures > 0
    changed = {name: after for name, after in scores(table).items() if before[name] != after}
    assert changed == {"bob": f"{float(before['bob']) + 3:g}"}

    # History says whose mark changed, and by what.
    code, said = grade("diff")
    assert code == 0 and "bob" in said and "override" in said and "cyd" not in said
    code, said = grade("rescore", "--set", "policy.cost=6")
    assert code == 0 and "cost: 4 → 6" in said
    assert "override" in grade("diff", 1, 2)[1]
    assert grade("diff", 99)[0] == 2

    # One grader at a time; the second says so.
    with (out / ".grading.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        submissions.colours(tmp_path / "again")
        code, said = grade(folder, "--hidden", tmp_path / "again")
    assert code == 2 and "another grader" in said

    # What is withdrawn is said, and left out of the marks.
    shutil.rmtree(folder / "cyd")
    code, said = grade(folder, "--hidden", tmp_path / "again")
    assert code == 0 and "no longer submitted" in said and "cyd" in said
    assert set(scores(table)) == {"ann", "bob"}
    run = RunFolder(out).read()
    assert run is not None and run.publication is not None
    marks = {name: f"{mark.score:g}" for name, mark in run.publication.marks.items()}
    assert marks == scores(table)
    assert {entry.id: entry.state for entry in run.submissions}["cyd"] == "gone"
    code, said = grade("override", "cyd", "--points", "1", "--reason", "late")
    assert code == 2 and "no longer submitted" in said and set(scores(table)) == {"ann", "bob"}

    # A submission that is only renamed keeps what was decided about it.
    grade("override", "ann", "--points", "-1", "--reason", "late")
    decided = scores(table)["ann"]
    (folder / "ann").rename(folder / "anna")
    assert grade(folder, "--hidden", tmp_path / "again")[0] == 0
    assert scores(table).keys() == {"anna", "bob"} and scores(table)["anna"] == decided == "99"


def test_a_document_of_a_newer_grade_is_refused_and_one_of_an_older_read(tmp_path: Path) -> None:
    (tmp_path / "evidence").mkdir()
    code = submissions.grade("rescore", "--out", tmp_path).returncode
    assert code == 2  # told once: which assignment it was
    done = submissions.grade("rescore", "--out", tmp_path, "--assignment", make.HOME)
    assert done.returncode == 0, done.stderr
    document = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    (tmp_path / "run.json").write_text(json.dumps({**document, "schema_version": 999}), "utf-8")
    done = submissions.grade("rescore", "--out", tmp_path)
    assert done.returncode == 2 and "newer grade" in done.stderr


def test_a_folder_that_cannot_be_written_is_found_before_the_first_submission(
    tmp_path: Path,
) -> None:
    folder = submissions.submission(
        tmp_path / "class" / "ann", {"main.py": submissions.honest()}
    ).parent
    hidden = submissions.colours(tmp_path / "images", each=1)
    (tmp_path / "out").write_text("a file")
    done = submissions.grade(folder, "--hidden", hidden, "--out", tmp_path / "out")
    assert done.returncode == 2 and "--out" in done.stderr
