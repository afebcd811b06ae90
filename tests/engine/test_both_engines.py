"""A class has the evidence and the marks that it has on one machine: through the program itself.

Of the golden class one submission of each end, as far as there is one without a framework; all of
them where GRADE_TEST_WHOLE_GOLDEN is set.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests import make, submissions
from tests.engine.raylets import Raylets
from tests.golden.submissions import EXPECTED, by_settings, hidden_images, lay_out
from tests.labs import three_things

pytestmark = pytest.mark.thorough

SAMPLES = ("3210000002_lisi", "3210000007_吴九.zip", "3210000009_陈一")  # quick ones


def golden() -> list[str]:
    """All, or one for each status and finding of those that need no framework."""
    if os.environ.get("GRADE_TEST_WHOLE_GOLDEN"):
        return list(EXPECTED)
    of_end: dict[tuple[str, str], str] = {}
    for name, expected in EXPECTED.items():
        if expected["runtime"] == "any" and not expected.get("limits"):
            end = (expected["grade"]["status"], expected["grade"].get("finding", ""))
            of_end.setdefault(end, name)
    return list(of_end.values())


@pytest.fixture
def by_token(raylets: Raylets, monkeypatch: pytest.MonkeyPatch) -> Raylets:
    for name, value in raylets.environment.items():
        monkeypatch.setenv(name, value)
    return raylets


def test_the_golden_class(
    tmp_path: Path, by_token: Raylets, tmp_path_factory: pytest.TempPathFactory
) -> None:
    hidden = hidden_images(tmp_path / "hidden")
    for number, (settings, names) in enumerate(by_settings(golden()).items()):
        folder = tmp_path / str(number)
        for name in names:
            lay_out(name, folder / "class" / name, tmp_path_factory)
        words = [word for setting in settings for word in ("--set", setting)]
        compare(folder, by_token, len(names), "--hidden", str(hidden), *words)


def test_some_of_the_sample_class(tmp_path: Path, by_token: Raylets) -> None:
    (tmp_path / "class").mkdir()
    for name in SAMPLES:
        sample = make.ROOT / "submissions" / name
        copy = shutil.copytree if sample.is_dir() else shutil.copy
        copy(sample, tmp_path / "class" / name)
    compare(tmp_path, by_token, len(SAMPLES))


def test_a_lab_of_several_functions(tmp_path: Path, by_token: Raylets) -> None:
    (tmp_path / "lab").mkdir()
    lab, class_ = three_things.lay_out(tmp_path / "lab"), tmp_path / "class"
    both = {"main.py": three_things.MAIN + three_things.LANGUAGE}
    submissions.submission(class_ / "all", both)
    submissions.submission(class_ / "two", {"main.py": three_things.MAIN})
    compare(tmp_path, by_token, 2, "--assignment", lab)
    answers = evidence(tmp_path / "ray")["all.json"]["parts"]
    assert [len(part["answers"]) for part in answers] == [2 * three_things.EACH] * 2
    assert all(one["answer"] == one["truth"] for one in answers[0]["answers"])


def compare(folder: Path, raylets: Raylets, count: int, *words: str | Path) -> None:
    """The class at `folder`, of `count` submissions, has the same evidence and marks by both."""
    for engine, more in (
        ("ray", ("--engine", "ray", "--address", raylets.address)),
        ("local", ()),
    ):
        done = submissions.grade(folder / "class", "--out", folder / engine, *words, *more)
        assert done.returncode == 0, done.stdout + done.stderr
    ray, local = (evidence(folder / engine) for engine in ("ray", "local"))
    assert len(ray) == count
    for name, document in ray.items():
        assert document == local[name]
    assert ray.keys() == local.keys()
    assert marks(folder / "ray") == marks(folder / "local")


def evidence(out: Path) -> dict[str, Any]:
    """The evidence of each submission, by name, without times and peaks of memory."""
    return {
        path.name: timeless(json.loads(path.read_text(encoding="utf-8")))
        for path in sorted((out / "evidence").glob("*.json"))
    }


def timeless(document: Any) -> Any:
    """Without what differs from one run to the next on one machine: times, and peaks of memory."""
    if isinstance(document, list):
        return [timeless(one) for one in document if not is_about_speed(one)]
    if isinstance(document, dict):
        return {
            name: timeless(value)
            for name, value in document.items()
            if name not in ("started", "seconds", "peak_memory", "memory_before_images")
        }
    return document


def is_about_speed(document: Any) -> bool:
    """Whether it is the finding that says how long an image takes."""
    return isinstance(document, dict) and document.get("code") == "slow"


def marks(out: Path) -> list[dict[str, str]]:
    """The rows of the class's table, without the run that they are of."""
    with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        return [{k: v for k, v in row.items() if k != "run"} for row in csv.DictReader(file)]
