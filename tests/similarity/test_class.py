"""A class with a copy in it, graded: staff see whom it is like, students do not."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests import make, submissions

NETWORK = (make.ROOT / "grader" / "readers" / "extraction.py").read_text(encoding="utf-8")
OTHER = (make.ROOT / "grader" / "scoring" / "rules.py").read_text(encoding="utf-8")
CODES = {"similar-answers"}


def erring(shift: int) -> str:
    """A predict that is wrong about one of two images of ten classes, in a way of its own."""
    answer = "[int(image[0, 0, 0]) // 9]"
    text = submissions.honest().replace(answer, "[guess(image)]")
    return f"""{text}

def guess(image):
    index, second = int(image[0, 0, 0]) // 9, int(image[0, 0, 1])
    return (index + {shift}) % 26 if index < 10 and not second else index
"""


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("class")
    renamed = re.sub(r"\b(limits|written|member)\b", r"my_\1", NETWORK)
    files = {
        "3210000001_张三": {"main.py": erring(3), "unused.py": NETWORK},
        "3210000002_lisi": {"main.py": erring(3).replace("index", "i"), "mine.py": renamed},
        "3210000003_wangwu": {"main.py": erring(7), "unused.py": OTHER},
    }
    for name, texts in files.items():
        submissions.submission(folder / name, texts)
    hidden = submissions.colours(tmp_path_factory.mktemp("hidden"))
    out = tmp_path_factory.mktemp("out")
    done = submissions.grade(folder, "--hidden", hidden, "--out", out)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


def codes(out: Path) -> dict[str, set[str]]:
    with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["id"]: set(row["findings"].split()) & CODES for row in csv.DictReader(file)}


def test_the_copy_and_its_origin_are_told_and_nobody_else(out: Path) -> None:
    assert codes(out) == {
        "3210000001_张三": CODES,
        "3210000002_lisi": CODES,
        "3210000003_wangwu": set(),
    }


def test_in_so_small_a_class_nobody_is_named_for_code_and_the_starter_is_asked_for(
    out: Path,
) -> None:
    page = (out / "report" / "index.html").read_text(encoding="utf-8")
    assert "similar-code" not in page
    assert "The code of 2 submissions is much alike" in page and "starter/" in page


def test_it_costs_nothing(out: Path) -> None:
    grades = json.loads((out / "grades.json").read_text(encoding="utf-8"))["grades"]
    assert len({grade["score"] for grade in grades}) == 1


def test_only_staff_read_the_others_name(out: Path) -> None:
    staff, student = (
        (out / "report" / who / "3210000002_lisi.html").read_text(encoding="utf-8")
        for who in ("staff", "student")
    )
    assert "张三" in staff and "similar-answers" in staff
    pages = set(re.findall(r'<a href="([^"]+)"><bdi>3210000001_张三</bdi></a>', staff))
    assert pages and all((out / "report/staff" / unquote(page)).is_file() for page in pages)
    assert "张三" not in student and "similar" not in student


def test_a_rescore_says_the_same(out: Path) -> None:
    before = codes(out)
    assert submissions.grade("rescore", "--out", out).returncode == 0
    assert codes(out) == before
    exported = submissions.grade("export", "gradescope", "--out", out)
    assert exported.returncode == 0, exported.stderr
    results = [path.read_text(encoding="utf-8") for path in (out / "gradescope").rglob("*.json")]
    assert len(results) == 3
    assert not [text for text in results if "similar" in text]
