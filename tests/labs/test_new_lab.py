"""A teacher's new lab is graded at once, and what is wrong with one is said before a class."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from grader.assignment import read_assignment
from grader.checks.answers import put_all
from grader.cli.main import main
from grader.evidence import Evidence
from grader.examine.images import read_hidden
from grader.examine.prepare import open_session
from grader.labs.image_survey import survey

WORDS = ("--function", "classify", "--channels", "RGB", "--full-at", "60", "--title", "Shapes")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lab") / "shapes"
    assert main(["new", str(folder), "--example", "shapes", *WORDS]) == 0
    return folder


def test_every_key_of_a_new_lab_is_written_and_says_what_was_asked_for(lab: Path) -> None:
    one = read_assignment(lab)
    assert (one.interface.function, one.interface.channels, one.policy.full_at) == (
        *("classify", "RGB", 60),
    )
    assert (one.interface.lenet5, one.policy.report_from) == ("", None)
    text = (lab / "assignment.toml").read_text(encoding="utf-8")
    for table in ("interface", "limits", "policy", "pages"):
        for key in getattr(one, table).model_dump(by_alias=True):
            tables = f"\n# [{table}.{key}." in text  # as for each part of the marks
            assert tables or f"\n{key} = " in text or f"\n# {key} = " in text


def test_its_reference_earns_full_marks_and_pages_speak_of_this_lab_alone(
    lab: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main([str(lab / "reference"), "--assignment", str(lab), "--out", str(out)]) == 0
    entry = json.loads((out / "grades.json").read_text(encoding="utf-8"))["grades"][0]
    assert (entry["score"], entry["report"], entry["parts"][0]["name"]) == (
        *(100, "not-asked", "images"),
    )
    pages = [path.read_text(encoding="utf-8") for path in (out / "report").rglob("*.html")]
    for word in ("Garbage", "垃圾", "LeNet5", "lab report is complete"):
        assert not [page for page in pages if word in page], word
    stored = (out / "evidence" / "reference.json").read_text(encoding="utf-8")
    given = {one.image: one.answer for one in Evidence.model_validate_json(stored).answers}
    with open_session(lab / "reference", lab, "CPU") as (session, digest):
        answers = put_all(session, digest)
    assert {name: answer.answer for name, answer in answers.items()} == given
    assert list(answers) == list(given) and sum(one.correct for one in answers.values()) > 96


def test_a_sound_lab_is_ready(lab: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(lab), "--lang", "en"]) == 0
    shown = capsys.readouterr().out
    assert "✗" not in shown and "100 of 100 marks" in shown and "2 tried" in shown
    assert measured(shown.splitlines()) == measured(sample("✓ assignment.toml: "))


GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "own-lab.md"
# What depends on the machine: its runtimes, which of them is taken, times and memory.
MEASURED = r"(?<=runtimes: ).*(?=; device)|(?<=marks \()\w+(?=\))|[\d.]+ s and \d+ MiB"


def sample(first: str) -> list[str]:
    """The block of the guide whose first line begins so."""
    blocks = GUIDE.read_text(encoding="utf-8").split("```\n")
    return next(block for block in blocks if block.startswith(first)).splitlines()


def measured(lines: list[str]) -> list[str]:
    return [re.sub(MEASURED, "…", line) for line in lines if line]


def test_nothing_is_said_to_have_passed_where_no_model_answer_is_there(
    lab: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = tmp_path / "bare"
    shutil.copytree(lab, bare)
    shutil.rmtree(bare / "reference")
    (bare / "test_more.py").write_text("def test_no(submission):\n    assert False\n")
    assert main(["check", str(bare), "--lang", "en"]) == 0
    said = capsys.readouterr().out
    assert "! checks: 2 can be run; no model answer was there to pass them" in said
    assert "! checks: a stand-in does not pass: test_more.py:2  test_no" in said
    assert "✓ checks" not in said


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("name", "framework"),
    [
        ("MLP", "torch"),
        ("LeNet", "mindspore"),
        pytest.param("MLP", "mindspore", marks=pytest.mark.thorough),
        pytest.param("LeNet", "torch", marks=pytest.mark.thorough),
    ],
)
def test_a_network_that_is_asked_for_comes_with_what_passes_its_check(
    name: str, framework: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "lab"
    words = ("--network", name, "--framework", framework, *WORDS)
    assert main(["new", str(folder), "--example", "shapes", *words]) == 0
    assert [one.name for one in read_assignment(folder).networks] == [name]
    assert f"`{name}`" in (folder / "README.md").read_text(encoding="utf-8")
    assert main(["check", str(folder), "--lang", "en"]) == 0
    said = capsys.readouterr().out
    assert f"network {name}:" in said
    assert "checks: 4 tried with the reference, and passed" in said
    submitted = folder / "reference" / f"{name.lower()}.py"
    source = submitted.read_text(encoding="utf-8")
    submitted.write_text(source.replace("nn.ReLU(),", "nn.Sigmoid(),", 1), encoding="utf-8")
    assert main(["check", str(folder), "--lang", "en"]) == 1
    assert "test_network" in capsys.readouterr().out


def test_a_wrong_check_and_a_wrong_key_are_named(
    lab: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(lab, broken)
    check = "def test_it(submission):\n    raise KeyError('mine')\n"
    (broken / "test_more.py").write_text(check, encoding="utf-8")
    assert main(["check", str(broken)]) == 1
    assert "test_more.py:2" in capsys.readouterr().out
    (broken / "assignment.toml").write_text("[assignment]\nid = 3\n", encoding="utf-8")
    assert main(["check", str(broken)]) == 2


def paint(path: Path, colour: tuple[int, int, int], side: int = 20) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    image = np.zeros((side, side, 3), np.uint8)
    image[: side // 2, : side // 3] = colour
    path.write_bytes(cv2.imencode(".png", image)[1].tobytes())


def test_images_of_a_teachers_own_are_divided_whatever_their_folders_are_called(
    tmp_path: Path,
) -> None:
    for folder in ("三角形", "círculo", "Blå firkant"):
        for number in range(10):
            paint(tmp_path / "mine" / folder / f"{number}.png", (20 * number, 90, 40))
        shutil.copy(tmp_path / "mine" / folder / "0.png", tmp_path / "mine" / folder / "copy.png")
    (tmp_path / "mine" / "三角形" / "notes.txt").write_text("none")
    words = ["--images", str(tmp_path / "mine"), "--hidden", "30"]
    assert main(["new", str(tmp_path / "lab"), *words]) == 0
    one = read_assignment(tmp_path / "lab")
    hidden, public = (
        sorted(path.relative_to(tmp_path / "lab" / side) for path in
               (tmp_path / "lab" / side).rglob("*.png")) for side in ("images", "public")
    )  # fmt: skip
    assert set(one.names) == {"三角形", "círculo", "Blå firkant"}
    assert len(hidden) + len(public) == 33 and not set(hidden) & set(public)
    for folder in one.names:  # the same picture under two names is on one side
        sides = [{Path(folder, "0.png"), Path(folder, "copy.png")} <= set(side)
                 for side in (hidden, public)]  # fmt: skip
        assert sum(sides) == 1
    assert main(["new", str(tmp_path / "lab"), *words]) == 2, "never over something"


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--function", "class"], "--function class"),
        (["--full-at", "0"], "--full-at 0"),
        (["--full-at", "0.6"], "--full-at 0.6: expected whole per cent, such as 60"),
        (["--hidden", "0.4"], "--hidden 0.4: expected whole per cent, such as 60"),
        (["--hidden", "100"], "--hidden 100"),
        (["--id", "a b"], "--id a b"),
        (["--images", "nowhere"], "nowhere"),
    ],
)
def test_words_that_make_no_lab_are_refused_before_anything_is_written(
    tmp_path: Path, words: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    source = [] if "--images" in words else ["--example", "shapes"]
    assert main(["new", str(tmp_path / "lab"), *source, *words, "--lang", "en"]) == 2
    assert named in capsys.readouterr().err
    assert not (tmp_path / "lab").exists()


def test_what_is_wrong_with_images_is_said(tmp_path: Path) -> None:
    (tmp_path / "assignment.toml").write_text(
        '[assignment]\nid = "x"\ntitle = { en = "X" }\n[policy]\nfull_at = 60\n'
        '[[classes]]\nfolder = "a"\n[[classes]]\nfolder = "b"\n[[classes]]\nfolder = "c"\n'
    )
    for number in range(9):
        paint(tmp_path / "images" / "a" / f"{number}.png", (90, 25 * number, 0), 20 + number)
    for number in range(2):
        paint(tmp_path / "images" / "b" / f"{number}.jpg", (90, 25 * number, 0), 20 + number)
    paint(tmp_path / "public" / "a" / "0.png", (90, 0, 0), 20)
    one = read_assignment(tmp_path)
    lines = list(survey(one, read_hidden(one, one.hidden)))
    wrong = " ".join(str(line.text) for line in lines if line.fine is False)
    noted = " ".join(str(line.text) for line in lines if line.fine is None)
    for words in ("none of c", "stand in several classes", "that students get"):
        assert words in wrong
    for words in ("unbalanced; a has 9", "fewer than 5 of b", "bands are skipped",
                  "another format than their names say"):  # fmt: skip
        assert words in noted
    assert all(any("\u4e00" <= c <= "\u9fff" for c in line.text.said_in("zh")) for line in lines)
