"""The golden hand-ins through the whole of ``grade``, in one class."""

from __future__ import annotations

import csv
import shutil
import sys
from typing import Any

import pytest

from grader.runtimes.detect import runtimes
from tests import handins
from tests.golden import weights
from tests.golden.test_golden import CASES, NAMES
from tests.worker.runtimes import require

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

EXPECTED: dict[str, dict[str, Any]] = {
    name: tomllib.loads((CASES / name / "expected.toml").read_text(encoding="utf-8"))
    for name in NAMES
}


@pytest.fixture(scope="session")
def graded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """Rows of grades.csv by name, of all hand-ins whose runtime is installed."""
    there = {runtime.name for runtime in runtimes()} | {"any"}
    folder, out = tmp_path_factory.mktemp("golden"), tmp_path_factory.mktemp("graded")
    students = {
        f"s{number:03}": name
        for number, name in enumerate(NAMES)
        if EXPECTED[name]["runtime"] in there
    }
    for student, name in students.items():
        expected, copy = EXPECTED[name], folder / student
        shutil.copytree(CASES / name, copy, ignore=shutil.ignore_patterns("expected.toml"))
        for place, made in expected.get("weights", {}).items():
            source = weights.made(require(expected["runtime"]), made, tmp_path_factory)
            (copy / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy / place)
    done = handins.grade(
        folder, "--hidden", handins.colours(tmp_path_factory.mktemp("hidden"), each=1),
        "--out", out, "--set", "limits.import=30", "--set", "limits.first_answer=20",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        return {students[row["id"]]: row for row in csv.DictReader(file)}


@pytest.mark.parametrize("name", NAMES)
def test_the_grader_says_what_stopped_it(graded: dict[str, dict[str, str]], name: str) -> None:
    if name not in graded:
        pytest.skip(f"the runtime {EXPECTED[name]['runtime']} is not installed")
    expected, row = EXPECTED[name]["grade"], graded[name]
    assert row["status"] == expected["status"], row
    if expected.get("finding"):
        assert expected["finding"] in row["findings"].split(), row
