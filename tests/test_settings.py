"""What was set, and what the checks are, is kept with the run and can be taken back."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grader.assignment import read_assignment
from grader.checks import trial
from grader.runs.differences import checks_of
from tests import make
from tests.classroom import Classroom


def test_a_setting_can_be_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = Classroom(tmp_path, monkeypatch)
    room.submit("ann", 20)
    room.grade("--set", "policy.cost=4", "--set", "limits.total=300")
    assert room.scores() == {"ann": "92"}
    room.told("rescore", "--set", "policy.cost=3")
    assert room.scores() == {"ann": "94"}
    code, said = room.run("rescore", "--unset", "policy.points")
    assert code == 2 and "policy.cost" in said
    code, said = room.run("rescore", "--unset", "limits.total")
    assert code == 2 and "examines again" in said
    said = room.told("rescore", "--unset", "policy.cost")
    assert "cost: 3 → 5" in said and room.scores() == {"ann": "90"}
    assert [each["text"] for each in room.document()["settings"]] == ["limits.total=300"]
    assert room.document()["assignment"]["limits"]["total"] == 300
    room.grade("--unset", "limits.total")
    assert room.document()["settings"] == [] and room.scores() == {"ann": "90"}
    assert room.document()["assignment"] == room.document()["original"]


def test_a_rule_is_tried_and_the_files_own_comes_back_with_its_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Classroom(tmp_path, monkeypatch)
    room.submit("ann", 20)
    home = tmp_path / "linear"
    shutil.copytree(make.HOME, home)
    file = home / "assignment.toml"
    text = file.read_text(encoding="utf-8").replace('rule = "bands"', 'rule = "linear"')
    file.write_text(text.replace("zero_at = 0 ", "zero_at = 40 "), encoding="utf-8")
    room.grade("--assignment", str(home))
    linear = room.scores()
    room.told("rescore", "--set", "policy.rule=bands")
    assert room.scores() != linear
    room.told("rescore", "--set", "policy.rule=linear")
    assert room.scores() == linear


def test_the_checks_are_all_files_that_they_load(tmp_path: Path) -> None:
    home = tmp_path / "lab"
    home.mkdir()
    shutil.copy(make.HOME / "assignment.toml", home)
    (home / "test_one.py").write_text("from helpers.shapes import right\n")
    lab = read_assignment(home)
    seen = {trial.digest_of(lab)}
    for name in ("conftest.py", "golden.csv", "helpers/shapes.py"):
        (home / name).parent.mkdir(exist_ok=True)
        (home / name).write_text("right = 1\n")
        assert checks_of(lab)[name]
        assert trial.digest_of(lab) not in seen
        seen.add(trial.digest_of(lab))
    for name in ("submissions/ann/main.py", "helpers/__pycache__/shapes.pyc", "out/grades.csv"):
        (home / name).parent.mkdir(parents=True)
        (home / name).write_text("right = 2\n")
        assert trial.digest_of(lab) in seen
