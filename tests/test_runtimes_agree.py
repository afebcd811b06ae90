"""One submission answers alike in every runtime that can run it, and as a plain loop does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.runtimes.detect import runtimes
from tests import make, submissions
from tests.test_real_images import LOOP, python

pytestmark = pytest.mark.thorough

SUBMISSION = make.ROOT / "submissions" / "3210000001_张三"


def answers(out: Path, *words: object) -> dict[str, str]:
    done = submissions.grade(SUBMISSION, "--out", out, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = (out / "evidence").glob("*.json")
    evidence = json.loads(path.read_text(encoding="utf-8"))
    return {answer["image"]: answer["answer"] for answer in evidence["answers"]}


def test_mindspore_2_and_1_and_a_plain_loop_give_the_same_answers(tmp_path: Path) -> None:
    if "mindspore1" not in {runtime.name for runtime in runtimes()}:
        pytest.skip("the runtime mindspore1 is not installed: grade runtime add mindspore1")
    now = answers(tmp_path / "now", "--runtime", "mindspore")
    old = answers(tmp_path / "old", "--runtime", "mindspore1")
    by_hand = json.loads(python("-c", LOOP, make.HOME / "images", cwd=SUBMISSION).splitlines()[-1])
    assert now == by_hand
    assert old == by_hand
    assert len(set(by_hand.values())) > 20


def test_the_tuning_changes_no_answer(tmp_path: Path) -> None:
    assert answers(tmp_path / "a") == answers(tmp_path / "b", "--no-tune")
