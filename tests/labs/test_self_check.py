"""What a student of a teacher's own lab reads before submitting."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.cli.main import OK, SOMETHING_LEFT, main
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
    assert "2 checks were skipped: the function gave no valid answer to any image." in told


def test_nothing_is_said_of_hidden_images_where_pictures_are_made_up(lab: Path) -> None:
    told = said(lab, lab / "reference", OK, "zh")
    assert "跳过了 1 项检查：它们针对实验的图片，而这里的图片是临时生成的。" in told
    assert "对隐藏图片的回答不止一种" not in told
    assert "换一种尺寸的图片也能得到一个类别名称" in told
