"""What a student of a teacher's own lab reads before submitting."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from grader.cli.checklist import check_lines
from grader.cli.main import OK, SOMETHING_LEFT, WRONG_USAGE, main
from grader.evidence import Check
from tests import submissions


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("lab") / "shapes"
    words = ("--example", "shapes", "--function", "classify", "--channels", "RGB")
    assert main(["new", str(home), *words]) == OK
    return home


def said(lab: Path, folder: Path, code: int, language: str = "en") -> str:
    """What a self-check of the folder prints, on one line."""
    words = ("--self-check", folder, "--assignment", lab, "--lang", language)
    done = submissions.grade(*words, cwd=folder.parent)
    assert done.returncode == code, done.stdout + done.stderr
    return " ".join(done.stdout.split())


def test_a_function_of_another_name_is_told_what_it_is_to_be_called(
    lab: Path, tmp_path: Path
) -> None:
    source = "def load(path, size): ...\ndef predict(image):\n    return 'red circle'\n"
    folder = submissions.submission(tmp_path / "mine", {"main.py": source})
    told = said(lab, folder, SOMETHING_LEFT)
    assert "main.py defines predict: call it classify" in told
    assert "Checks that were skipped: 2; the function gave no valid answer" in told


def test_nothing_is_said_of_hidden_images_where_pictures_are_made_up(lab: Path) -> None:
    told = said(lab, lab / "reference", OK, "zh")
    assert "跳过的检查：1 项；它们针对实验的图片，而这里的图片是临时生成的。" in told
    assert "对隐藏图片的回答不止一种" not in told
    assert "换一种尺寸的图片也能得到一个类别名称" in told


@pytest.mark.parametrize(
    ("code", "source", "words", "never"),
    [
        (OK, "import imgaug\ndef classify(image):\n    return 'red circle'\n",
         ["The grader's runtime does not have imgaug", "as long as no answer needs it"],
         ["package-missing"]),
        (SOMETHING_LEFT, "import imgaug\ndef classify(image):\n    return imgaug.name(image)\n",
         ["The package imgaug is needed (main.py, line 3)", "do not have it: mindspore, "],
         ["packages-absent", "Nothing has to be done"]),
        (SOMETHING_LEFT, "import imgaug\n1 + imgaug.one()\ndef classify(image):\n    return 'a'\n",
         ["The package imgaug is needed (main.py, line 2)", "do not have it: mindspore, "],
         ["packages-absent", "the one in use"]),
    ],
)  # fmt: skip
def test_an_absent_package_is_needed_or_not_and_never_both(
    code: int, source: str, words: list[str], never: list[str], lab: Path, tmp_path: Path
) -> None:
    folder = submissions.submission(tmp_path / "mine", {"main.py": source})
    told = said(lab, folder, code)
    assert all(word in told for word in words), told
    assert not [word for word in never if word in told]


def test_what_the_grader_has_and_ones_own_python_has_not_is_to_be_installed(
    lab: Path, tmp_path: Path
) -> None:
    source = "import torch, timm\ndef classify(image):\n    return timm.name\n"
    folder = submissions.submission(tmp_path / "mine", {"main.py": source})
    words = ("--self-check", folder, "--assignment", lab, "--python", sys.executable)
    done = submissions.grade(*words, cwd=tmp_path)
    assert done.returncode == WRONG_USAGE
    assert f"Install it: {sys.executable} -m pip install timm torch" in done.stderr
    assert "the grader has it (torch)" in done.stderr


@pytest.mark.parametrize(
    ("source", "words", "doing", "told"),
    [
        ("while True:\n    pass\ndef classify(image): ...\n", ["--set", "limits.import=8"],
         "Importing main.py: up to 8 s … (3 s)", "The import of main.py took longer than 8 s"),
        ("def classify(image):\n    while True:\n        pass\n",
         ["--set", "limits.first_answer=5", "--set", "limits.restarts=0"],
         "Asking classify about images, 0 of 3 done: up to 5 s for the first",
         "classify took longer than 5 s for 1 of 3 images"),
    ],
)  # fmt: skip
def test_who_waits_for_an_endless_loop_is_told_for_what_and_how_long(
    source: str, words: list[str], doing: str, told: str, lab: Path, tmp_path: Path
) -> None:
    folder = submissions.submission(tmp_path / "mine", {"main.py": source})
    lines = tmp_path / "checks"
    shutil.copytree(lab, lines, ignore=shutil.ignore_patterns("test_*.py", "public", "images"))
    done = submissions.grade(
        *("--self-check", folder, "--assignment", lines, "--lang", "en", *words), cwd=tmp_path
    )
    assert done.returncode == SOMETHING_LEFT
    assert doing in done.stderr
    said = " ".join(done.stdout.split())
    assert told in said and "a second time" not in said
    assert "Importing main.py" not in done.stdout


def test_a_check_takes_names_as_grading_does_and_says_why_it_failed(
    lab: Path, tmp_path: Path
) -> None:
    source = "def classify(image):\n    return 'redcircle'\n"
    folder = submissions.submission(tmp_path / "near", {"main.py": source})
    assert "✓ An image of another size gets one of the class names" in said(lab, folder, OK)
    source = "def classify(image):\n    assert len(image) > 99\n    return 'red circle'\n"
    folder = submissions.submission(tmp_path / "sizes", {"main.py": source})
    told = said(lab, folder, SOMETHING_LEFT, "zh")
    assert "函数没有返回类别名称。 应为：类别名称（str）。实际：AssertionError。" in told


def test_what_skipped_checks_count_when_it_is_graded_is_told() -> None:
    reason = "the network that it is compared with when it is graded is not handed out"
    title = {"en": "The layers are the lab's.", "zh": "各层与实验相同。"}
    checks = [
        Check(name=name, title=title, outcome="skipped", rationale=reason, points=points)
        for name, points in (("layers", 5), ("outputs", 4.5))
    ]
    (line,) = check_lines(checks, "en")
    assert line == (
        None,
        f"Checks that were skipped: 2, with 9.5 points in grading; {reason}.",
        "",
    )
