"""``grade hand-out``: what students of a lab get, and what they never get."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest

from grader.assignment import read_assignment
from grader.cli.main import OK, WRONG_USAGE, main
from grader.examine.images import read_hidden
from grader.labs.given_survey import given_away
from grader.labs.image_survey import survey
from tests import submissions
from tests.labs.shapes_lab import an_image, smaller, with_parts


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
    shutil.unpack_archive(target, tmp_path / "got")
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
