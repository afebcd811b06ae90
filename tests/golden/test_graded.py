"""The golden submissions through the whole of ``grade``, in one class for each set of limits.

Those for MindSpore 2 and for no framework are in `make test`, all others in `make thorough`.
"""

from __future__ import annotations

import csv
import json
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests import submissions
from tests.golden.submissions import EXPECTED, agree, by_settings, hidden_images, lay_out

OFTEN = ("any", "mindspore")  # runtimes
NAMES = [
    pytest.param(
        name,
        marks=()
        if expected["runtime"] in OFTEN and not expected.get("thorough")
        else pytest.mark.thorough,
    )
    for name, expected in EXPECTED.items()
]


class Graded(NamedTuple):
    """A submission's row of grades.csv, and its evidence."""

    row: dict[str, str]
    evidence: dict[str, Any]


@pytest.fixture(scope="session")
def hidden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hidden_images(tmp_path_factory.mktemp("hidden"))


@pytest.fixture(scope="session")
def graded(
    request: pytest.FixtureRequest, hidden: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Graded]:
    """What came of the submissions that were asked for and whose runtime is installed, by name."""
    asked: set[str] = {
        str(item.callspec.params["name"])
        for item in request.session.items
        if isinstance(item, pytest.Function)
        and item.path == Path(__file__)
        and "graded" in item.fixturenames
    }
    classes = by_settings(sorted(asked))
    laid = [_laid_out(names, tmp_path_factory) for names in classes.values()]
    outs = [tmp_path_factory.mktemp("graded") for _ in laid]
    # Side by side, as some of them only wait for a limit.
    with ThreadPoolExecutor() as pool:
        parts = pool.map(_grade, laid, outs, classes, repeat(hidden))
    return {name: graded for part in parts for name, graded in part.items()}


def _laid_out(names: list[str], folders: pytest.TempPathFactory) -> Path:
    """A folder of submissions, each named as its student is called."""
    folder = folders.mktemp("golden")
    for name in names:
        lay_out(name, folder / name, folders)
    return folder


def _grade(folder: Path, out: Path, settings: tuple[str, ...], hidden: Path) -> dict[str, Graded]:
    words = [word for setting in settings for word in ("--set", setting)]
    done = submissions.grade(folder, "--hidden", hidden, "--out", out, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    found = {}
    for path in (out / "evidence").glob("*.json"):
        evidence = json.loads(path.read_text(encoding="utf-8"))
        submission = evidence["submission"]
        found[submission["source"]] = Graded(rows[submission["id"]], evidence)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_the_grader_says_what_came_of_it(graded: dict[str, Graded], name: str) -> None:
    if name not in graded:
        pytest.skip(f"a runtime of {name} is not installed")
    expected, (row, evidence) = EXPECTED[name]["grade"], graded[name]
    assert row["status"] == expected["status"], row
    findings = {finding["code"]: finding for finding in evidence["findings"]}
    if "finding" in expected:
        assert expected["finding"] in findings, row
        finding = findings[expected["finding"]]
        told = f"{finding['message']} {finding['hint']}"
        agree("says", expected.get("says", "~"), told)
    if "right" in expected:
        right = row["total"] if expected["right"] == "all" else str(expected["right"])
        assert row["correct"] == right, row
    if "answers" in expected:
        words = {answer["answer"] for answer in evidence["answers"]}
        assert words == {expected["answers"]}
    agree("evidence", EXPECTED[name].get("evidence", {}), evidence)


@pytest.mark.parametrize("name", EXPECTED)
def test_every_case_says_what_it_is_about(name: str) -> None:
    assert EXPECTED[name]["about"]
    known = {"status", "finding", "says", "right", "answers"}
    assert EXPECTED[name]["grade"].keys() <= known
