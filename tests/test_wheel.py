"""What is installed holds all that it needs, and nothing of the hidden set."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests import make, submissions


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=make.ROOT, check=True, capture_output=True,
    )  # fmt: skip
    (made,) = folder.glob("*.whl")
    return made


def test_the_wheel_has_pages_words_and_the_public_assignment(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert "grader/py.typed" in names
    assert "grader/public/assignment.toml" in names
    assert "grader/locale/zh.po" in names
    assert any(name.startswith("grader/templates/") for name in names)


def test_no_hidden_image_is_in_the_students_install(wheel: Path) -> None:
    images = {path.read_bytes() for path in (make.HOME / "images").rglob("*.jpg")}
    assert len(images) == 130
    archive = zipfile.ZipFile(wheel)
    for name in archive.namelist():
        assert not name.endswith(".jpg")
        assert archive.read(name) not in images


def test_a_student_checks_with_nothing_but_the_wheel(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    folder = submissions.submission(tmp_path / "mine", {"main.py": "x = 1\n"})
    done = subprocess.run(
        [sys.executable, "-m", "grader", "--self-check"], cwd=folder, capture_output=True,
        text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "installed"), "LANG": "C.UTF-8"},
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "predict-missing" in done.stdout
    assert (folder / "self-check.html").is_file()


def test_what_a_student_runs_imports_nothing_that_is_an_extra() -> None:
    extras = (
        "cv2",
        "scipy",
        "mindspore",
        "matplotlib",
        "openpyxl",
        "py7zr",
        "starlette",
        "ray",
        "libcst",
    )
    program = f"""
import sys
for name in {extras!r}:
    sys.modules[name] = None
import grader.cli.self_check, grader.cli.new, grader.cli.hand_out, grader.engine.examiner
import grader.examine.exported_models, grader.labs.shapes, grader.report.pages
print("imported")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "imported\n", done.stderr
