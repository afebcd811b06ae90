"""``grade doctor`` and ``grade runtime list`` say what is here and how to get what is not."""

import sys
from pathlib import Path

import pytest

from grader.cli.main import main
from tests import submissions


def test_the_doctor_names_confinement_runtimes_devices_and_cures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADE_RUNTIMES", str(tmp_path))  # where nothing was added
    done = submissions.grade("doctor")
    assert "Confinement" in done.stdout
    assert "strong" in done.stdout
    assert "mindspore" in done.stdout
    assert "grade runtime add" in done.stdout
    assert "Limit of memory" in done.stdout
    assert "nvidia-smi was not found" in " ".join(done.stdout.split())


def test_runtimes_that_are_missing_are_said_to_cost_submissions_in_any_width(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GRADE_RUNTIMES", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "60")
    assert main(["runtime", "list", "--lang", "en"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "  ✗ torch: not installed: submissions that need it stay without a mark" in lines
    assert "      → grade runtime add torch  (about 6.2 GB)" in lines
    assert any(line.strip() == sys.executable for line in lines)  # whole, to be copied


def test_an_unknown_runtime_is_wrong_usage() -> None:
    done = submissions.grade("runtime", "add", "caffe")
    assert done.returncode == 2
    assert "tensorflow" in done.stderr


def test_an_attack_without_what_the_tests_need_is_refused_with_the_cure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "pytest", None)  # as where it is not installed
    assert main(["doctor", "--attack", "strong"]) == 2
    said = capsys.readouterr().err
    assert "--attack needs pytest" in said and ".[dev]" in said
