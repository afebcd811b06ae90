"""``grade hand-out``: what students of a lab get, and what they never get."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest

from grader.assignment import read_assignment
from grader.cli.main import OK, WRONG_USAGE, main
from tests import submissions


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """A lab of a teacher's own, as `grade new` lays it out."""
    home = tmp_path / "shapes"
    assert main(["new", str(home), "--example", "shapes"]) == OK
    return home


def hidden_bytes(lab: Path) -> set[bytes]:
    return {path.read_bytes() for path in read_assignment(lab).hidden.rglob("*") if path.is_file()}


def test_no_hidden_image_goes_out_and_the_rest_is_enough(
    lab: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    submissions.submission(lab, {"public/hidden/x.txt": "", "overrides/1.json": "{}"})
    target = tmp_path / "students.zip"
    assert main(["hand-out", str(lab), "--to", str(target), "--lang", "en"]) == OK
    assert "pip install lab-grader" in capfd.readouterr().out
    with zipfile.ZipFile(target) as archive:
        assert not hidden_bytes(lab) & {archive.read(name) for name in archive.namelist()}
        archive.extractall(tmp_path / "got")
    (got,) = (tmp_path / "got").iterdir()
    assert read_assignment(got).names == read_assignment(lab).names
    assert (got / "starter" / "main.py").is_file()
    assert "pip install lab-grader" in (got / "README.md").read_text(encoding="utf-8")
    names = {path.name for path in got.iterdir()}
    assert not names & {"reference", "images", "overrides"}


def test_a_copy_of_a_hidden_image_in_the_public_part_is_refused(
    lab: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    hidden = next(path for path in read_assignment(lab).hidden.rglob("*") if path.is_file())
    shutil.copy(hidden, lab / "starter" / "example.png")
    target = tmp_path / "students.zip"
    assert main(["hand-out", str(lab), "--to", str(target), "--lang", "en"]) == WRONG_USAGE
    assert "example.png is the hidden image" in capfd.readouterr().err.replace("\n", " ")
    assert not target.exists()
