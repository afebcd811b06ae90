"""What an assignment lays under a submission, and what it lends where it allows that."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from grader.worker import staging
from tests import make, submissions


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "assignment"
    folder.mkdir()
    shutil.copy(make.HOME / "assignment.toml", folder)
    return folder


def graded(tmp_path: Path, home: Path, files: dict[str, str], *words: object) -> dict[str, Any]:
    folder = submissions.submission(tmp_path / "ann", files)
    hidden = tmp_path / "hidden"
    if not hidden.is_dir():
        submissions.colours(hidden, each=1)
    out = tmp_path / "out"
    done = submissions.grade(
        folder, "--assignment", home, "--hidden", hidden, "--out", out,
        "--set", "interface.lenet5=''", *words,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    evidence: dict[str, Any] = json.loads((out / "evidence" / "ann.json").read_text())
    return evidence


def right(evidence: dict[str, Any]) -> int:
    return sum(answer["answer"] == answer["truth"] for answer in evidence["answers"])


PREDICTS = "def predict(image):\n    return NAMES[int(image[0, 0, 0]) // 9]\n"
ASKS = "open('results/best.ckpt').read()\n" + submissions.honest()


def test_weights_that_lie_elsewhere_are_named_and_not_lent_by_default(
    tmp_path: Path, home: Path
) -> None:
    evidence = graded(tmp_path, home, {"main.py": ASKS, "models/best.ckpt": "w"})
    assert evidence["stopped"] == "weights-missing"
    assert "models/best.ckpt" in evidence["findings"][0]["message"]
    assert right(evidence) == 0


@pytest.mark.parametrize(
    "asked",
    [
        "'results/best.ckpt'",
        "'/content/lab2/best.ckpt'", "__import__('os').path.join('/data', 'best.ckpt')"],
)  # fmt: skip
def test_an_assignment_may_lend_them_and_then_says_so(
    tmp_path: Path, home: Path, asked: str
) -> None:
    files = {"main.py": ASKS.replace("'results/best.ckpt'", asked), "models/best.ckpt": "w"}
    evidence = graded(tmp_path, home, files, "--set", "interface.repair=['weights-path']")
    assert evidence["stopped"] == ""
    (finding,) = [f for f in evidence["findings"] if f["code"] == "weights-missing"]
    assert finding["severity"] == "warning"
    assert "lent" in finding["message"]
    assert right(evidence) == 26
    assert not (tmp_path / "ann" / "results").exists()


@pytest.mark.parametrize("asked", ["'../../best.ckpt'", "chr(47) + 'data/best.ckpt'"])
def test_nothing_is_lent_to_a_place_outside_the_submission_nor_said_to_be(
    tmp_path: Path, home: Path, asked: str
) -> None:
    files = {"main.py": ASKS.replace("'results/best.ckpt'", asked), "models/best.ckpt": "w"}
    evidence = graded(tmp_path, home, files, "--set", "interface.repair=['weights-path']")
    assert evidence["stopped"] == "weights-missing"
    assert "lent" not in evidence["findings"][0]["message"]


def test_what_the_assignment_provides_lies_under_what_was_handed_in(
    tmp_path: Path, home: Path
) -> None:
    starter = home / "provided" / "starter"
    submissions.submission(
        starter, {"__init__.py": "", "names.py": "raise SystemExit('not this one')"}
    )
    submissions.submission(home / "provided", {"labels.txt": "provided"})
    main = "from starter import names\nassert open('labels.txt').read() == 'provided'\n"
    files = {"main.py": main + submissions.honest(), "starter/names.py": "x = 1\n"}
    assert right(graded(tmp_path, home, files)) == 26


@pytest.mark.thorough
def test_a_change_of_what_is_provided_is_examined_again(tmp_path: Path, home: Path) -> None:
    provided = submissions.submission(home / "provided", {"labels.txt": "none"})
    files = {"main.py": "NAMES = open('labels.txt').read().split(',')\n" + PREDICTS}
    assert right(graded(tmp_path, home, files)) == 0
    submissions.submission(provided, {"labels.txt": ",".join(make.assignment().names)})
    assert right(graded(tmp_path, home, files)) == 26


@pytest.mark.thorough
def test_an_assignment_may_move_a_submission_to_the_device_that_is_there(
    tmp_path: Path, home: Path
) -> None:
    fixed = (
        "import mindspore\nmindspore.set_context(device_target='Ascend')\n" + submissions.honest()
    )
    refused = graded(tmp_path, home, {"main.py": fixed})
    assert refused["stopped"] == "device-refused" and right(refused) == 0
    moved = graded(tmp_path, home, {"main.py": fixed}, "--set", "interface.repair=['device']")
    assert moved["loading"]["compatibility"] == ["set_context(device_target='Ascend') → CPU"]
    assert right(moved) == len(moved["answers"]) > 0


@pytest.mark.parametrize("asked", ["results/" + "x" * 300, "main.py/best.ckpt", "/" + "y" * 5000])
def test_what_no_file_can_be_called_is_not_lent(tmp_path: Path, asked: str) -> None:
    submissions.submission(tmp_path, {"main.py": f"open({asked!r})", "best.ckpt": "w"})
    assert staging.lend(tmp_path, {asked: "best.ckpt"}) == []
