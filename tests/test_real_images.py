"""On the lab's own images: the reference through ``grade``, held against a loop of ten lines."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests import make, submissions

IMAGES = make.SHARED / "data" / "garbage_26x100"

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(not IMAGES.is_dir(), reason="the lab's images are not beside the checkout"),
]

# What anybody would write to measure a submission: no part of the grader.
LOOP = """
import json, os, sys
import cv2
sys.path.insert(0, os.getcwd())
from main import predict
folder, out = sys.argv[1], {}
for label in sorted(os.listdir(folder)):
    for name in sorted(os.listdir(os.path.join(folder, label))):
        out[label + "/" + name] = predict(cv2.imread(os.path.join(folder, label, name)))
json.dump(out, sys.stdout)
"""


def python(*words: object, cwd: Path = make.ROOT) -> str:
    done = subprocess.run(
        [sys.executable, *map(str, words)], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_reference_reads_at_least_90_per_cent_and_every_answer_is_the_loops(
    tmp_path: Path,
) -> None:
    trained, submission, out = tmp_path / "trained", tmp_path / "reference", tmp_path / "out"
    network = ["--network", "efficientnet-lite0"]
    python(
        "-m", "reference.garbage", "train", *network, "--backbone", "imagenet",
        "--data", IMAGES / "train", "--out", trained,
    )  # fmt: skip
    last = max(trained.glob("*.ckpt"), key=lambda path: path.stat().st_mtime_ns)
    python(
        "-m", "reference.garbage", "submission", *network, "--checkpoint", last, "--out", submission
    )
    done = submissions.grade(submission, "--hidden", IMAGES / "val", "--out", out)
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = (out / "evidence").glob("*.json")
    evidence = json.loads(path.read_text(encoding="utf-8"))
    answers = {answer["image"]: answer["answer"] for answer in evidence["answers"]}
    correct = sum(answer["answer"] == answer["truth"] for answer in evidence["answers"])
    assert len(answers) == 130
    assert correct >= 117  # 90 %
    by_hand = json.loads(python("-c", LOOP, IMAGES / "val", cwd=submission).splitlines()[-1])
    assert answers == by_hand
