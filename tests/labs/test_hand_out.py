"""``grade hand-out``: what students of a lab get, and what they never get."""

from __future__ import annotations

import base64
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from grader.assignment import read_assignment
from grader.cli.main import OK, WRONG_USAGE, main
from grader.examine.images import read_hidden
from grader.labs.given_survey import given_away
from grader.labs.image_survey import survey
from tests import submissions


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """A lab of a teacher's own, as `grade new` lays it out."""
    home = tmp_path / "shapes"
    assert main(["new", str(home), "--example", "shapes"]) == OK
    return home


def hidden_bytes(lab: Path) -> set[bytes]:
    return {path.read_bytes() for path in read_assignment(lab).hidden.rglob("*") if path.is_file()}


def test_no_hidden_image_goes_out_and_the_rest_is_enough(
    lab: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    submissions.submission(lab, {"public/hidden/x.txt": "", "overrides/1.json": "{}"})
    target = tmp_path / "students.zip"
    assert main(["hand-out", str(lab), "--to", str(target), "--lang", "en"]) == OK
    assert "pip install lab-grader" in capfd.readouterr().out
    with zipfile.ZipFile(target) as archive:
        assert not hidden_bytes(lab) & {archive.read(name) for name in archive.namelist()}
        archive.extractall(tmp_path / "got")
    (got,) = (tmp_path / "got").iterdir()
    assert read_assignment(got).names == read_assignment(lab).names
    assert (got / "starter" / "main.py").is_file()
    assert "pip install lab-grader" in (got / "README.md").read_text(encoding="utf-8")
    names = {path.name for path in got.iterdir()}
    assert not names & {"reference", "images", "overrides"}


def test_a_copy_of_a_hidden_image_in_the_public_part_is_refused(
    lab: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    hidden = next(path for path in read_assignment(lab).hidden.rglob("*") if path.is_file())
    shutil.copy(hidden, lab / "starter" / "example.png")
    target = tmp_path / "students.zip"
    assert main(["hand-out", str(lab), "--to", str(target), "--lang", "en"]) == WRONG_USAGE
    assert "starter/example.png is the hidden " in capfd.readouterr().err.replace("\n", " ")
    assert not target.exists()


PARTS = """
[[parts]]
id = "points"
function = "classify_points"
inputs = "arrays"
hidden = "points"
[[parts.classes]]
folder = "ring"
[[parts.classes]]
folder = "line"
[[parts]]
id = "words"
function = "language"
inputs = "texts"
hidden = "words"
[[parts.classes]]
folder = "en"
[[parts.classes]]
folder = "de"
[[networks]]
name = "Net"
input = [1, 8, 8]
reference = "networks/net.py"
"""
TEXT = "The quick brown fox jumps over the lazy dog."


def with_parts(lab: Path) -> Path:
    """The lab with parts of arrays and texts, and a network of a reference."""
    submissions.submission(lab, {"words/en/0.txt": TEXT, "networks/net.py": "class Net: pass"})
    submissions.submission(lab, {"words/de/0.txt": "Franz jagt im Taxi.", "points/line/.keep": ""})
    (lab / "points" / "ring").mkdir()
    np.save(lab / "points" / "ring" / "0.npy", np.arange(10, dtype=np.float32).reshape(5, 2))
    file = lab / "assignment.toml"
    file.write_text(file.read_text(encoding="utf-8") + PARTS, encoding="utf-8")
    return lab


def an_image(lab: Path) -> Path:
    return next(path for path in read_assignment(lab).hidden.rglob("*.png"))


def other_format(lab: Path) -> None:
    cv2.imwrite(str(lab / "starter" / "same.bmp"), cv2.imread(str(an_image(lab))))


def smaller(lab: Path) -> None:
    image = cv2.resize(cv2.imread(str(an_image(lab))), (128, 128))
    cv2.imwrite(str(lab / "public" / "small.jpg"), image)


def zipped(lab: Path) -> None:
    with zipfile.ZipFile(lab / "starter" / "pics.zip", "w") as archive:
        archive.write(an_image(lab), "a/x.dat")


def stacked(lab: Path) -> None:
    image = cv2.imread(str(an_image(lab)))
    np.savez_compressed(lab / "starter" / "ims.npz", x=np.stack([image * 0, image]) / 255)


def in_a_notebook(lab: Path) -> None:
    data = {"image/png": base64.encodebytes(an_image(lab).read_bytes()).decode()}
    book = {"cells": [{"cell_type": "code", "source": [], "outputs": [{"data": data}]}]}
    (lab / "starter" / "lab.ipynb").write_text(json.dumps(book), encoding="utf-8")


def an_array(lab: Path) -> None:
    shutil.copy(lab / "points" / "ring" / "0.npy", lab / "starter" / "a.npy")


def arrays(lab: Path) -> None:
    hidden = np.load(lab / "points" / "ring" / "0.npy")
    np.savez(lab / "starter" / "all.npz", points=np.stack([hidden, hidden + 1]).astype(float))


def a_text(lab: Path) -> None:
    (lab / "starter" / "a.txt").write_bytes(TEXT.replace(" ", "\r\n").encode())


def a_quoted_text(lab: Path) -> None:
    (lab / "starter" / "all.csv").write_text(f"en,{TEXT}\nde,Hallo\n", encoding="utf-8")


def a_network(lab: Path) -> None:
    submissions.submission(lab, {"provided/theirs.py": "class Net: pass"})


def the_answer(lab: Path) -> None:
    shutil.copy(lab / "reference" / "main.py", lab / "provided" / "hints.py")


@pytest.mark.parametrize(
    "leak",
    [other_format, smaller, zipped, stacked, in_a_notebook, an_array, arrays, a_text,
     a_quoted_text, a_network, the_answer],
)  # fmt: skip
def test_what_is_hidden_goes_out_in_no_other_form(
    leak: Callable[[Path], None], lab: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with_parts(lab)
    for folder in ("public", "starter", "provided"):
        (lab / folder).mkdir(exist_ok=True)
    target = tmp_path / "students.zip"
    assert main(["hand-out", str(lab), "--to", str(target), "--lang", "en"]) == OK
    target.unlink()
    leak(lab)
    assert main(["hand-out", str(lab), "--to", str(target), "--lang", "en"]) == WRONG_USAGE
    assert "the hidden" in capfd.readouterr().err.replace("\n", " ")
    assert not target.exists()


def test_pictures_that_only_look_alike_go_out_when_the_teacher_says_so(
    lab: Path, tmp_path: Path
) -> None:
    smaller(lab)
    target = tmp_path / "students.zip"
    assert main(["hand-out", str(lab), "--to", str(target), "--likeness"]) == OK


@pytest.mark.parametrize("place", ["public/pts", "starter/points", "provided/points"])
def test_a_hidden_folder_of_a_part_inside_a_public_one_stays_and_is_told(
    place: str, lab: Path, tmp_path: Path
) -> None:
    with_parts(lab)
    (lab / place).parent.mkdir(exist_ok=True)
    shutil.move(lab / "points", lab / place)
    file = lab / "assignment.toml"
    text = file.read_text(encoding="utf-8").replace('hidden = "points"', f'hidden = "{place}"')
    file.write_text(text, encoding="utf-8")
    target = tmp_path / "students.zip"
    assert main(["hand-out", str(lab), "--to", str(target)]) == OK
    with zipfile.ZipFile(target) as archive:
        assert not [name for name in archive.namelist() if name.endswith(".npy")]
    told = [str(line.text) for line in given_away(read_assignment(lab)) if line.fine is False]
    assert any(f"{place}/ring/0.npy is hidden" in each for each in told)


def test_what_was_not_compared_is_told(
    lab: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    shutil.move(lab / "images", tmp_path / "elsewhere")
    (lab / "starter" / "data.7z").write_bytes(b"7z")
    target = tmp_path / "students.zip"
    assert main(["hand-out", str(lab), "--to", str(target), "--lang", "en"]) == OK
    said = capfd.readouterr().out.replace("\n", " ")
    assert "images: not found, so nothing was compared with it" in said
    assert "not looked into: starter/data.7z" in said


def test_what_students_read_and_begin_with_keeps_up_with_the_assignment(
    lab: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    readme = lab / "README.md"
    readme.write_text("My own words.\n\n" + readme.read_text(encoding="utf-8"), encoding="utf-8")
    target = tmp_path / "students.zip"

    def got() -> str:
        with zipfile.ZipFile(target) as archive:
            return archive.read("shapes/README.md").decode()

    assert main(["hand-out", str(lab), "--to", str(target), "--lang", "en"]) == OK
    assert got() == readme.read_text(encoding="utf-8")
    assert "[yellow]" not in (told := capfd.readouterr().out) and "! " not in told
    with_parts(lab)
    file = lab / "assignment.toml"
    text = file.read_text(encoding="utf-8")
    for before, after in {
        'function = "predict"': 'function = "classify"',
        'en = "Coloured shapes"': 'en = "Shapes again"',
        "points = 100": "points = 55",
        "upload = 0": "upload = 20",
        'en = "red circle"': 'en = "red disc"',
    }.items():
        assert before in text
        text = text.replace(before, after, 1)
    file.write_text(text, encoding="utf-8")
    assert main(["hand-out", str(lab), "--to", str(target), "--lang", "en"]) == OK
    said = capfd.readouterr().out
    new = got()
    assert new.startswith("My own words.")
    for words in (
        "# Shapes again",
        "`classify(image)`",
        "red disc",
        "`classify_points`",
        "`Net`",
        "`language`: it gets one text",
        "55 marks",
        "at most 20 MiB",
        "不能超过 20 MiB",
    ):
        assert words in new, words  # fmt: skip
    assert "predict" not in new and "red circle" not in new
    assert "README.md: older than assignment.toml" in said
    assert "starter/main.py: defines no classify\n" in said
    assert "starter/main.py: defines no language, which the part words asks for" in said


MARKED_CHECKS = """
import pytest

@pytest.mark.points(4)
@pytest.mark.parametrize("part", ["layers", "outputs"])
def test_net(networks, part):
    '''Net is as in the lecture.

    Net 与课件一致。
    '''
    raise AssertionError("handing out runs no check")

@pytest.mark.points(2.5)
def test_dark(submission):
    '''A dark image is named.'''

@pytest.mark.points(50)
def test_lenet5_that_nobody_asked_for(lenet5):
    '''LeNet5 is there.'''
"""


def test_the_readme_lists_the_marks_of_checks_and_their_sum(lab: Path, tmp_path: Path) -> None:
    with_parts(lab)
    (lab / "test_marked.py").write_text(MARKED_CHECKS, encoding="utf-8")
    target = tmp_path / "students.zip"
    assert main(["hand-out", str(lab), "--to", str(target), "--no-checks"]) == OK
    with zipfile.ZipFile(target) as archive:
        text = archive.read("shapes/README.md").decode()
    for line in (
        "- 4 marks: Net is as in the lecture. [layers]",
        "- 4 marks: Net is as in the lecture. [outputs]",
        "- 4 分：Net 与课件一致。 [layers]",
        "- 2.5 marks: A dark image is named.",
        "- in all: 310.5 marks",
        "- 总分：310.5 分",
    ):
        assert line in text.splitlines(), text
    assert "LeNet5 is there" not in text


def test_public_inputs_of_a_part_go_out_and_are_no_images_of_ones_own(
    lab: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with_parts(lab)
    given = {"public/words/en/1.txt": "Hello there.", "public/words/de/1.txt": "Guten Tag."}
    submissions.submission(lab, {**given, "more/1.txt": "kept"})
    target = tmp_path / "students.zip"
    assert main(["hand-out", str(lab), "--to", str(target), "--lang", "en"]) == OK
    said = capfd.readouterr().out
    assert "left out: more/. Students get" in said
    with zipfile.ZipFile(target) as archive:
        assert {f"shapes/{name}" for name in given} <= set(archive.namelist())
        text = archive.read("shapes/README.md").decode()
    assert "`public/words/` holds 2 inputs of `language` to learn from" in text
    assert "`public/` holds 240 images" in text
    images = read_hidden(read_assignment(lab), lab / "public")
    assert len(images.images) == 240 and not images.told


def test_what_only_looks_like_a_hidden_image_is_a_warning_and_a_copy_is_not(lab: Path) -> None:
    assignment = read_assignment(lab)
    smaller(lab)

    def told() -> dict[str, bool | None]:
        lines = [*survey(assignment, read_hidden(assignment, assignment.hidden))]
        lines += given_away(assignment)
        return {str(line.text): line.fine for line in lines if "students get" in str(line.text)}

    assert set(told().values()) == {None}
    shutil.copy(an_image(lab), lab / "public" / "copy.png")
    (copied,) = (text for text, fine in told().items() if fine is False)
    assert "copy.png" in copied


def test_a_teachers_own_readme_is_left_alone_and_held_against_the_assignment(
    lab: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with_parts(lab)
    (lab / "README.md").write_text("Write predict and classify_points.", encoding="utf-8")
    starter = "def predict(image):\n    '''BGR'''\n    return 'red cirle'\n"
    (lab / "starter" / "main.py").write_text(starter, encoding="utf-8")
    target = tmp_path / "students.zip"
    assert main(["hand-out", str(lab), "--to", str(target), "--lang", "en"]) == OK
    said = capfd.readouterr().out
    assert "README.md: says nothing of language, Net, which assignment.toml asks for" in said
    assert "predict returns red cirle, which is none of its classes" in said
    assert "speaks of BGR, and images come in RGB" in said
    (lab / "README.md").unlink()
    assert main(["hand-out", str(lab), "--to", str(target), "--lang", "en"]) == OK
    with zipfile.ZipFile(target) as archive:
        assert "`language`" in archive.read("shapes/README.md").decode()
