"""The check of `create_dataset`, where the assignment asks for one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import make, submissions

LOADER = """
import numpy as np

def create_dataset(path, batch_size=64):
    images = np.fromfile(path + "/train-images-idx3-ubyte", np.uint8, offset=16)
    labels = np.fromfile(path + "/train-labels-idx1-ubyte", np.uint8, offset=8)
    images = np.pad(images.reshape(-1, 1, 28, 28), ((0, 0), (0, 0), (2, 2), (2, 2))) / 255.0
    {images}
    for at in range(0, len(images), batch_size):
        yield images[at:at + batch_size], labels[at:at + batch_size]{labels}
"""
NORMALISED = "images = ((images - 0.1307) / 0.3081).astype(np.float32)"
CLASS_ = {
    "right": {"data.py": LOADER.format(images=NORMALISED, labels=".astype(np.int32)")},
    "scaled": {
        "data.py": LOADER.format(
            images="images = images.astype(np.float32)", labels=".astype(np.int32)"
        )
    },
    "bytes": {"data.py": LOADER.format(images=NORMALISED, labels="")},
    "raises": {"data.py": "def create_dataset(path):\n    return open('MNIST_Data/none')\n"},
    "none": {},
}


def graded(folder: Path, *words: object) -> dict[str, dict[str, Any]]:
    """The checks of each submission by name."""
    for name, files in CLASS_.items():
        submissions.submission(folder / "class" / name, {"main.py": submissions.honest(), **files})
    hidden, out = submissions.colours(folder / "hidden", each=1), folder / "out"
    done = submissions.grade(
        folder / "class", "--hidden", hidden, "--out", out, "--no-tune", *words
    )
    assert done.returncode == 0, done.stdout + done.stderr
    read = {path.stem: json.loads(path.read_text()) for path in (out / "evidence").glob("*.json")}
    return {
        name: {check["name"].split("::")[1]: check for check in evidence["checks"]}
        for name, evidence in read.items()
    }


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("asked")
    yield {
        name: checks["test_dataset"]
        for name, checks in graded(folder, "--set", "interface.dataset='create_dataset'").items()
    }


def test_a_normalised_batch_of_floats_with_whole_labels_passes(asked: dict[str, Any]) -> None:
    assert asked["right"]["outcome"] == "passed", asked["right"]


@pytest.mark.parametrize(
    ("name", "actual"),
    [
        ("scaled", "values from 0.00 to 1.00"),
        ("bytes", "labels (32,) uint8"),
        ("raises", "MNIST_Data/none' (data.py, line 2)"),
        ("none", "no function of that name"),
    ],
)
def test_what_is_wrong_with_it_is_told(asked: dict[str, Any], name: str, actual: str) -> None:
    assert asked[name]["outcome"] == "failed"
    assert actual in asked[name]["actual"]
    assert asked[name]["help"]


def test_who_is_not_asked_for_it_sees_no_such_check(tmp_path: Path) -> None:
    found = graded(tmp_path)
    assert set(found) == set(CLASS_)
    for checks in found.values():
        assert "test_can_be_built" in checks
        assert "test_dataset" not in checks
    assert make.assignment().interface.dataset == ""
