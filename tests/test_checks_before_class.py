"""A teacher's checks are tried before the class: what can't run is refused, what breaks is ours."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests import make, submissions

HEAD = """
import pytest
from grader.checks import expect

"""
# For a lab that asks for no LeNet5.
SOUND = (
    HEAD
    + '''
@pytest.mark.points(25)
def test_knows_the_words(garbage):
    """Every answer is a class name.

    每个答案都是类别名称。
    """
    names = ["Plastic Bottle", "Hats"]
    import numpy as np
    said = garbage.predict(np.zeros((8, 8, 3), np.uint8))
    assert ["Plastic Bottle", "Hats"].index(said) >= 0

@pytest.mark.points(25)
def test_most_are_right(garbage):
    """More than half are right.

    多数正确。
    """
    right = sum(one.correct for one in garbage.answers.values())
    expect(right > len(garbage.answers) / 2, "Too few.", expected="half", actual=right)
'''
)
# Says a word that is no class name where the image is black, which the check above can't look up.
ODD = """
NAMES = {names!r}

def predict(image):
    return NAMES[int(image[0, 0, 0]) // 9] if image.any() else "nothing"
"""


def lab(folder: Path, checks: str, settings: str = 'lenet5 = ""') -> Path:
    """An assignment with these checks, whose hidden images are told apart by their colour."""
    text = (make.ROOT / "hidden_tests" / "assignment.toml").read_text(encoding="utf-8")
    text = re.sub(r'^lenet5 = "LeNet5".*$', settings, text, flags=re.M)
    folder.mkdir()
    (folder / "assignment.toml").write_text(text, encoding="utf-8")
    (folder / "test_it.py").write_text(checks, encoding="utf-8")
    submissions.colours(folder / "images", each=1)
    return folder


@pytest.fixture(scope="module")
def class_(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("class") / "submissions"
    names = list(make.assignment().names)
    submissions.submission(folder / "ann", {"main.py": submissions.honest()})
    submissions.submission(folder / "bob", {"main.py": ODD.format(names=names)})
    return folder


@pytest.fixture(scope="module")
def graded(class_: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("graded")
    home = lab(folder / "lab-of-the-teacher", SOUND)
    done = submissions.grade(class_, "--assignment", home, "--out", folder / "out", "--no-tune")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "out"


def checks_of(out: Path, name: str) -> dict[str, Any]:
    evidence = json.loads((out / "evidence" / f"{name}.json").read_text(encoding="utf-8"))
    return {check["name"].partition("::")[2]: check for check in evidence["checks"]}


def test_checks_run_and_count_where_no_lenet5_is_asked_for(graded: Path) -> None:
    assert {one["outcome"] for one in checks_of(graded, "ann").values()} == {"passed"}
    page = (graded / "report" / "student" / "ann.html").read_text(encoding="utf-8")
    assert re.search(r">150</span><span class=\"of\"> / 150<", page)


def test_a_check_that_raises_for_what_was_given_has_failed_and_staff_see_why(graded: Path) -> None:
    odd = checks_of(graded, "bob")["test_knows_the_words"]
    assert (odd["outcome"], odd["actual"]) == ("failed", "")
    assert re.fullmatch(r"test_it\.py:\d+  ValueError: 'nothing' is not in list", odd["fault"])
    student = (graded / "report" / "student" / "bob.html").read_text(encoding="utf-8")
    assert "ValueError" not in student and "test_it.py" not in student
    assert "lab-of-the-teacher" not in student and "Traceback" not in student
    assert "该检查遇到了无法处理的结果" in student
    assert "is not in list" in (graded / "report" / "staff" / "bob.html").read_text(
        encoding="utf-8"
    )
    assert re.search(r">125</span><span class=\"of\"> / 150<", student)


# A check's text -> how the refusal names it. All are told at once.
BREAKING = {
    "test_raises.py": (
        "def test_a(submission):\n    pass\n\ndef test_b(submission):\n    undefined\n",
        r":9  test_b  NameError",
    ),
    "test_import.py": ("import nothing_of_it\n", r":5  ModuleNotFoundError.*nothing_of_it"),
    "test_syntax.py": ("def test_a(:\n", r":5  SyntaxError"),
    "test_fixture.py": ("def test_a(lenet_five):\n    pass\n", r":5  test_a  fixture 'lenet_five'"),
    "test_marker.py": ("@pytest.mark.pionts(5)\ndef test_a():\n    pass\n", r":5  .*pionts"),
    "test_points.py": ("@pytest.mark.points('5')\ndef test_a():\n    pass\n", r":5  test_a  "),
    "test_ends.py": ("def test_a():\n    pytest.exit('enough')\n", r":6  test_a  .*enough"),
}


@pytest.mark.parametrize(("language", "told"), [("en", "no submission was gr"), ("zh", "尚未评分")])
def test_what_can_not_run_is_refused_with_file_and_line(
    language: str, told: str, class_: Path, tmp_path: Path
) -> None:
    home = lab(tmp_path / "lab", SOUND)
    for name, (text, _) in BREAKING.items():
        (home / name).write_text(HEAD + text, encoding="utf-8")
    words = ("--assignment", home, "--out", tmp_path / "out", "--lang", language)
    done = submissions.grade(class_, *words, "--no-tune")
    assert done.returncode == 2, done.stdout + done.stderr
    for name, (_, named) in BREAKING.items():
        assert re.search(re.escape(name) + named, done.stderr), (name, done.stderr)
    assert told in done.stderr
    assert "Traceback" not in done.stderr and "test_it.py" not in done.stderr
    assert not list((tmp_path / "out" / "evidence").glob("*"))


@pytest.mark.thorough
def test_the_teachers_own_model_answer_has_to_pass(class_: Path, tmp_path: Path) -> None:
    """It stands instead of ours; without it a check that ours fails is told, and not refused."""
    check = HEAD + (
        "@pytest.mark.points(5)\ndef test_black(garbage):\n    import numpy as np\n"
        "    assert garbage.predict(np.zeros((8, 8, 3), np.uint8)) == 'Hats'\n"
        "@pytest.mark.points(5)\ndef test_network(lenet5):\n    assert lenet5.count\n"
    )
    home = lab(tmp_path / "lab", check)
    words = (class_, "--assignment", home, "--out", tmp_path / "out", "--no-tune")
    told = submissions.grade(*words)
    assert told.returncode == 0, told.stdout + told.stderr
    assert (
        "The reference does not pass" in told.stdout and "test_it.py:8  test_black" in told.stdout
    )
    assert "they are left out, and so are their marks" in told.stdout
    assert "test_it.py::test_network" in told.stdout
    assert set(checks_of(tmp_path / "out", "ann")) == {"test_black"}
    (home / "reference").mkdir()
    (home / "reference" / "main.py").write_text("def predict(image): return 'Newspaper'\n")
    wrong = submissions.grade(*words, "--fresh")
    assert wrong.returncode == 2 and "test_it.py:8  test_black" in wrong.stderr
    (home / "reference" / "main.py").write_text("def predict(image): return 'Hats'\n")
    right = submissions.grade(*words, "--fresh")
    assert right.returncode == 0 and "The reference does not pass" not in right.stdout
