"""Every submission of the sample class is given what `submissions/expected.toml` says."""

from __future__ import annotations

import csv
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import make, submissions

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SAMPLES = make.ROOT / "submissions"
EXPECTED: dict[str, dict[str, Any]] = tomllib.loads(
    (SAMPLES / "expected.toml").read_text(encoding="utf-8")
)


@pytest.fixture(scope="session")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("sample-class")
    done = submissions.grade(SAMPLES, "--out", out, "--lang", "en")
    assert done.returncode == 0, done.stdout + done.stderr
    (out / "printed.txt").write_text(done.stdout, encoding="utf-8")
    return out


@pytest.fixture(scope="session")
def rows(graded: Path) -> dict[str, dict[str, str]]:
    with (graded / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def test_the_whole_class_is_graded(rows: dict[str, dict[str, str]]) -> None:
    assert set(rows) == set(EXPECTED)


@pytest.mark.parametrize("submission", EXPECTED)
def test_a_submission_is_given_what_is_expected(
    rows: dict[str, dict[str, str]], submission: str
) -> None:
    row, expected = rows[submission], EXPECTED[submission]
    assert row["status"] == expected["status"]
    assert float(row["score"]) == expected["score"]
    assert row["findings"].split()[:1] == ([expected["finding"]] if expected["finding"] else [])
    if "correct" in expected:
        assert int(row["correct"]) == expected["correct"]


def test_the_readme_shows_what_the_program_prints(graded: Path) -> None:
    def summary(text: str) -> list[str]:
        """From the table to the report's place, without how lines are broken."""
        heading = re.search(
            r"^submission +status +score +right +band +findings", text, re.MULTILINE
        )
        assert heading, text
        table, of_all, rest = text[heading.start() :].partition("bands of accuracy")
        assert of_all
        # Findings of as many submissions stand in the order in which these ended.
        return [*table.split(), *sorted(rest.partition("Class page:")[0].split())]

    readme = (make.ROOT / "README.md").read_text(encoding="utf-8")
    shown = summary(readme)
    assert len(shown) > 100
    assert summary((graded / "printed.txt").read_text(encoding="utf-8")) == shown


def test_the_samples_are_small() -> None:
    size = sum(path.stat().st_size for path in SAMPLES.rglob("*") if path.is_file())
    assert size < 10_000_000


def test_pages_name_nothing_outside_their_folder(graded: Path) -> None:
    for page in (graded / "report").rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert 'src="http' not in text
        assert 'href="http' not in text
