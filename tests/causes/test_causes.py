"""Planted mistakes of one network, through ``grade``; and sound submissions.

All of them in PyTorch, some in the other frameworks, where GRADE_TEST_ALL_CAUSES is set all.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from grader.evidence.wrong_answers import WHY_ANSWERS_ARE_WRONG
from tests import submissions
from tests.causes import planted
from tests.causes.altered import ALTERED
from tests.causes.planted import NETWORKS, PLANTED, SOUND
from tests.golden.submissions import EXPECTED
from tests.worker.runtimes import require

SOME = ("divided-twice", "turned", "in-training", "hidden-error", "half-size", "by-a-coin")


@pytest.fixture(scope="module")
def spots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return planted.spots(tmp_path_factory.mktemp("hidden") / "spots")


def graded(home: Path, hidden: Path, **texts: str) -> Mapping[str, Any]:
    """The evidence of each submission by name."""
    for name, text in texts.items():
        submissions.submission(home / "class" / name, {"main.py": text})
    words = ("--hidden", hidden, "--out", home / "out", "--no-tune", "--device", "CPU")
    patient = ("--set", "limits.diagnosis=300", "--set", "interface.lenet5=''")
    done = submissions.grade(home / "class", *words, *patient)
    assert done.returncode in (0, 1), done.stderr
    return {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in (home / "out/evidence").glob("*.json")
    }


def codes(evidence: Mapping[str, Any]) -> list[str]:
    return [finding["code"] for finding in evidence["told"]]


def test_the_true_cause_of_lost_points_is_named_with_what_it_cost(
    tmp_path: Path, spots: Path
) -> None:
    require("torch")
    evidence = graded(tmp_path, spots, ann=planted.submission("torch", "divided-twice"))["ann"]
    assert not evidence["mishaps"]
    finding = evidence["told"][0]
    assert finding["code"] == "pixel-scale"
    assert finding["facts"]["other"] == "52"
    assert "0 to 1" in finding["message"] and "points more" in finding["message"]
    assert "main.py, line" in finding["message"]


@pytest.mark.thorough
@pytest.mark.parametrize("framework", NETWORKS)
def test_planted_mistakes_are_named_first_and_sound_submissions_have_no_cause(
    tmp_path: Path, spots: Path, framework: str
) -> None:
    require(NETWORKS[framework][0])
    is_whole = framework == "torch" or "GRADE_TEST_ALL_CAUSES" in os.environ
    mistakes, sound = (PLANTED, SOUND) if is_whole else (SOME, ("fallback",))
    texts = {name: planted.submission(framework, name) for name in (*mistakes, *sound)}
    found = graded(tmp_path, spots, **texts)
    named = {name: codes(found[name])[:1] for name in mistakes}
    assert named == {name: [PLANTED[name][2]] for name in mistakes}
    assert {name: codes(found[name]) for name in sound} == {name: [] for name in sound}
    assert not any(evidence["mishaps"] for evidence in found.values())


@pytest.mark.parametrize("code", [*WHY_ANSWERS_ARE_WRONG, "group-answers", "other-classes"])
def test_a_submission_shows_each_code(code: str) -> None:
    shown = {each for *_, each in (*PLANTED.values(), *ALTERED.values())}
    assert code in shown | {case["grade"].get("finding") for case in EXPECTED.values()}
