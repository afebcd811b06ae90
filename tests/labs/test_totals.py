"""What can be had is the same for all of a class, and one fault costs and is told once."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from tests import submissions

LAB = """
[assignment]
id = "two"
title = { en = "Two things" }
[interface]
function = "classify"
[policy]
points = 60
absent = 0
[[classes]]
folder = "red"
[[classes]]
folder = "blue"
[[parts]]
id = "words"
function = "language"
inputs = "texts"
hidden = "words"
[[parts.classes]]
folder = "en"
[[parts.classes]]
folder = "de"
[policy.parts.words]
title = { en = "Languages" }
points = 30
"""
CHECKS = '''
import numpy as np
import pytest
from grader.checks import expect

@pytest.mark.points(4)
def test_small(submission):
    """A small image gets a class name.

    小图片也能得到类别名称。
    """
    expect(submission.predict(np.zeros((2, 2, 3), np.uint8)) in submission.names, "It does not.")

@pytest.mark.points(5)
@pytest.mark.parametrize("name", ["red"])
def test_never_more_than_half(classifier, name):
    """No more than half are red.

    红色不超过一半。
    """
    given = [one.answer for one in classifier.answers.values()]
    assert 2 * given.count(name) <= len(given)

@pytest.mark.points(1)
def test_always(submission):
    """This is always so.

    总是如此。
    """
'''
POSSIBLE = 60 + 30 + 4 + 5 + 1
CLASSIFY = """
def classify(image):
    return "red" if image[0, 0, 2] else "blue"
"""
LANGUAGE = """
def language(text):
    return "de" if "ü" in text else "en"
"""
RAISES = """
def classify(image):
    raise KeyError("lost")
"""
ENDS = """
import os
def classify(image):
    os._exit(3)
"""


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class with a student for each way in which an examination can end."""
    room = tmp_path_factory.mktemp("totals")
    home = submissions.submission(
        room / "lab",
        {"assignment.toml": LAB, "test_it.py": CHECKS}
        | {f"words/en/{number}.txt": f"{number} bottles" for number in range(10)}
        | {f"words/de/{number}.txt": f"{number} Tüten" for number in range(10)},
    )
    for folder, colour in (("red", (0, 0, 200)), ("blue", (200, 0, 0))):
        (home / "images" / folder).mkdir(parents=True)
        for number in range(10):
            image = np.full((8, 8, 3), colour, np.uint8)
            image[0, 1] = number
            cv2.imwrite(str(home / "images" / folder / f"{number}.png"), image)
    class_ = room / "class"
    for name, source in {
        "1_Ann": CLASSIFY + LANGUAGE,
        "2_Bob": RAISES + LANGUAGE,
        "3_Cid": "import nothing_of_it\nnothing_of_it.load()\n" + CLASSIFY,
        "4_Dot": ENDS + LANGUAGE,
    }.items():
        submissions.submission(class_ / name, {"main.py": source})
    (class_ / "5_Eve.zip").write_bytes(b"PK\3\4 torn")
    roster = room / "roster.csv"
    roster.write_text("number,name\n1,Ann\n2,Bob\n3,Cid\n4,Dot\n5,Eve\n6,Fay\n", encoding="utf-8")
    words = ("--assignment", home, "--roster", roster, "--out", room / "out", "--no-tune")
    done = submissions.grade(class_, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    return room / "out"


def grades(out: Path) -> dict[str, Any]:
    found = json.loads((out / "grades.json").read_text(encoding="utf-8"))["grades"]
    return {grade["name"]: grade for grade in found}


def test_the_total_is_the_same_whatever_came_of_an_examination(out: Path) -> None:
    found = grades(out)
    assert {name: grade["possible"] for name, grade in found.items()} == dict.fromkeys(
        ("Ann", "Bob", "Cid", "Dot", "Eve", "Fay"), POSSIBLE
    )
    assert found["Fay"]["status"] == "absent"
    scores = {name: grade["score"] for name, grade in found.items()}
    assert scores == {"Ann": POSSIBLE, "Bob": 31, "Cid": 1, "Dot": 31, "Eve": 0, "Fay": 0}
    for name, grade in found.items():  # the bill adds up to it
        assert sum(part["possible"] for part in grade["parts"]) == POSSIBLE, name
    with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["possible"] for row in csv.DictReader(file)} == {str(POSSIBLE)}


def test_it_stays_when_marks_are_computed_again_and_is_what_platforms_get(out: Path) -> None:
    again = submissions.grade("rescore", "--out", out, "--set", "policy.points=50")
    assert again.returncode == 0, again.stdout + again.stderr
    assert {grade["possible"] for grade in grades(out).values()} == {POSSIBLE - 10}
    sheet = out.parent / "moodle.csv"
    done = submissions.grade("export", "moodle", "--out", out, "--to", sheet)
    assert done.returncode == 0, done.stdout + done.stderr
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        assert {row[-2] for row in list(csv.reader(file))[1:]} == {str(POSSIBLE - 10)}
    back = submissions.grade("rescore", "--out", out, "--unset", "policy.points")
    assert back.returncode == 0, back.stdout + back.stderr


@pytest.mark.parametrize("who", ["2_Bob", "3_Cid", "4_Dot"])
def test_checks_that_get_no_answer_say_nothing_again_and_pass_for_nobody(
    out: Path, who: str
) -> None:
    evidence = json.loads((out / "evidence" / f"{who}.json").read_text(encoding="utf-8"))
    checks = {check["name"].partition("::")[2]: check for check in evidence["checks"]}
    outcomes = {name: check["outcome"] for name, check in checks.items()}
    assert outcomes == {
        "test_small": "skipped",
        "test_never_more_than_half[red]": "skipped",
        "test_always": "passed",
    }
    page = (out / "report" / "student" / f"{who}.html").read_text(encoding="utf-8")
    assert "the function gave no valid answer to any image" in page
    assert "函数对所有图片都没有给出有效回答" in page
    assert "The function gave no class name." not in page
