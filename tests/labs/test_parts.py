"""A lab may ask for several functions, each with inputs and marks of its own."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from grader.assignment import AssignmentError, read_assignment
from grader.cli.main import main
from grader.cli.trial_inputs import trial_parts
from grader.examine.images import read_hidden
from grader.examine.part_inputs import value_of, with_parts
from tests import submissions
from tests.labs.three_things import EACH, LAB, LANGUAGE, MAIN, lay_out


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out(tmp_path_factory.mktemp("three"))


def test_each_part_has_its_own_marks_and_none_costs_another(lab: Path, tmp_path: Path) -> None:
    class_ = tmp_path / "class"
    submissions.submission(class_ / "all", {"main.py": MAIN + LANGUAGE})
    submissions.submission(class_ / "two", {"main.py": MAIN})
    submissions.submission(class_ / "words", {"main.py": LANGUAGE})
    out = tmp_path / "out"
    done = submissions.grade(class_, "--assignment", lab, "--out", out)
    assert done.returncode == 0, done.stdout + done.stderr
    with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        scores = {row["id"]: float(row["score"]) for row in csv.DictReader(file)}
    almost = round(15 * 23 / 24, 2)  # the text with "!" ended the process, and costs itself alone
    assert scores == {"all": 60 + 25 + almost, "two": 85, "words": almost}
    grades = json.loads((out / "grades.json").read_text(encoding="utf-8"))["grades"]
    assert {grade["possible"] for grade in grades} == {100}
    page = (out / "report" / "student" / "all.html").read_text(encoding="utf-8")
    assert "Points in the plane" in page and "语言" in page and "Hallo" not in page
    codes = {
        path.stem: [each["code"] for each in json.loads(path.read_text(encoding="utf-8"))["told"]]
        for path in (out / "evidence").glob("*.json")
    }
    assert "part-unanswered" in codes["all"] and "part-missing" not in codes["all"]
    for name, count in (("two", 0), ("words", 1)):  # no more is told of what is not there
        assert "part-missing" in codes[name] and codes[name].count("part-unanswered") == count
    again = submissions.grade("rescore", "--out", out, "--set", "policy.parts.points.points=40")
    assert again.returncode == 0, again.stdout + again.stderr
    assert "100" in again.stdout  # two: 60 + 40
    assert "→" in again.stdout


def test_a_self_check_tells_of_a_function_that_is_missing(lab: Path, tmp_path: Path) -> None:
    folder = submissions.submission(tmp_path / "two", {"main.py": MAIN})
    done = submissions.grade("--self-check", folder, "--assignment", lab, cwd=tmp_path)
    assert done.returncode == 1, done.stdout
    assert "has no function language" in done.stdout
    whole = submissions.submission(tmp_path / "all", {"main.py": MAIN + LANGUAGE})
    done = submissions.grade("--self-check", whole, "--assignment", lab, cwd=tmp_path)
    assert "has no function" not in done.stdout


WORD = "def language(text):\n    {}\n"
POINTS = "part points was not tried"  # of arrays nobody knows what they look like


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        ("x = 1", 1, "2 of 2 inputs: it ended without return"),
        (
            "return 'italiano'",
            1,
            "2 of 2 inputs: its words are no classes of that part, such as 'italiano'",
        ),
        ("return 1", 1, "2 of 2 inputs: it returned int 1, where a word (str) is expected"),
        (
            "return text.read()",
            0,
            "made-up inputs: it raised AttributeError: 'str' object has no attribute 'read' (main",
        ),
        ("return 'deutsch'", 0, "named a class of the part words for each of 2 inputs"),
    ],
)
def test_a_self_check_asks_the_function_of_each_part(
    lab: Path, tmp_path: Path, body: str, code: int, said: str
) -> None:
    folder = submissions.submission(tmp_path / "s", {"main.py": MAIN + WORD.format(body)})
    words = ("--assignment", lab, "--lang", "en")
    done = submissions.grade("--self-check", folder, *words, cwd=tmp_path)
    told = " ".join(done.stdout.split())
    assert said in told, told
    assert POINTS in told
    assert done.returncode == code, told


def test_a_self_check_takes_inputs_of_the_students_own_for_each_part(
    lab: Path, tmp_path: Path
) -> None:
    folder = submissions.submission(
        tmp_path / "s", {"main.py": MAIN.replace(" > 2", "[9] > 2") + WORD.format("text.read()")}
    )
    own = tmp_path / "own"
    shutil.copytree(lab / "images", own)
    shutil.copytree(lab / "points", own / "points")
    shutil.copytree(lab / "words", own / "words")
    words = ("--assignment", lab, "--data", own, "--lang", "en")
    done = submissions.grade("--self-check", folder, *words, cwd=tmp_path)
    told = " ".join(done.stdout.split())
    assert "24 of 24 inputs: it raised IndexError: invalid index to scalar variable" in told, told
    assert "(main.py, line 10)" in told
    assert "24 of 24 inputs: it raised AttributeError: 'str' object has no attribute" in told
    assert "(main.py, line 12)" in told
    assert "language is given the text itself, not a path to it" in told
    assert done.returncode == 1


SWAPPED = MAIN.replace('"ring" if', '"line" if').replace('else "line"', 'else "ring"')
GUESSED = 'def language(text):\n    return "deutsch"\n'


def test_a_self_check_counts_what_is_right_of_each_part(lab: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    shutil.copytree(lab / "images", own)
    shutil.copytree(lab / "points", own / "points")
    words = ("--assignment", lab, "--data", own, "--lang", "en")
    good = submissions.submission(tmp_path / "good", {"main.py": MAIN + GUESSED})
    done = submissions.grade("--self-check", good, *words, cwd=tmp_path)
    told = " ".join(done.stdout.split())
    assert "24 of 24 of your inputs of the part points are right." in told
    assert "your inputs of the part words" not in told  # made up: nothing is known of them
    assert done.returncode == 0, told
    shutil.copytree(lab / "words", own / "words")
    bad = submissions.submission(tmp_path / "bad", {"main.py": SWAPPED + GUESSED})
    done = submissions.grade("--self-check", bad, *words, cwd=tmp_path)
    told = " ".join(done.stdout.split())
    assert "✗ 0 of 24 of your inputs of the part points are right: no better than" in told, told
    assert "✗ 12 of 24 of your inputs of the part words are right: no better than" in told
    assert "points in another order 24 of 24 answers are right instead of 0" in told
    assert told.count("(part-label-order)") == 1
    assert done.returncode == 1


def test_few_inputs_of_a_part_are_no_proof_of_guessing(lab: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    shutil.copytree(lab / "images", own)
    for name in ("ring", "line"):
        (own / "points" / name).mkdir(parents=True)
        shutil.copy(lab / "points" / name / "0.npy", own / "points" / name)
    good = submissions.submission(tmp_path / "good", {"main.py": MAIN + GUESSED})
    words = ("--assignment", lab, "--data", own, "--lang", "en")
    done = submissions.grade("--self-check", good, *words, cwd=tmp_path)
    told = " ".join(done.stdout.split())
    assert "2 of 2 of your inputs of the part points are right: too few inputs" in told, told
    assert done.returncode == 0


def test_the_order_of_the_classes_of_a_part_is_found_when_graded(lab: Path, tmp_path: Path) -> None:
    submissions.submission(tmp_path / "class" / "swapped", {"main.py": SWAPPED + GUESSED})
    out = tmp_path / "out"
    done = submissions.grade(tmp_path / "class", "--assignment", lab, "--out", out)
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = (out / "evidence").glob("*.json")
    evidence = json.loads(path.read_text(encoding="utf-8"))
    for copy in ("findings", "told"):
        (found,) = (one for one in evidence[copy] if one["code"] == "part-label-order")
        assert found["facts"]["part"] == "points" and found["facts"]["other"] == "24"


@pytest.mark.parametrize(
    ("points", "words", "why"),
    [
        (
            "return str(np.load(points))",
            "return open(text).read()",
            {
                "points": ("PathLike", "the array itself, not a path to it: leave out"),
                "words": ("No such file", "the text itself, not a path to it: leave out"),
            },
        ),
        (
            "return int(points[0, 0])",
            "raise KeyError(text)",
            {
                "points": ("it returned int", "not an index"),
                "words": ("KeyError", "the text itself (str), not a path to it"),
            },
        ),
        (
            "raise ValueError('shape ' + str(points.shape))",
            "raise ValueError(text[:3])",
            {
                "points": ("ValueError: shape (5, 2) (main.py, line", "given a NumPy array"),
                "words": ("ValueError", "the text itself"),
            },
        ),
    ],
)
def test_a_student_reads_what_a_part_did_with_stand_ins_and_nothing_that_is_hidden(
    lab: Path,
    tmp_path: Path,
    points: str,
    words: str,
    why: dict[str, tuple[str, str]],
) -> None:
    classify = MAIN.split("def classify_points")[0]
    code = classify + f"def classify_points(points):\n    {points}\n" + WORD.format(words)
    submissions.submission(tmp_path / "class" / "one", {"main.py": code})
    out = tmp_path / "out"
    done = submissions.grade(tmp_path / "class", "--assignment", lab, "--out", out)
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = (out / "evidence").glob("*.json")
    evidence = json.loads(path.read_text(encoding="utf-8"))
    for copy in ("findings", "told"):
        found = {
            one["facts"]["part"]: one for one in evidence[copy] if one["code"] == "part-unanswered"
        }
        for part, (message, cure) in why.items():
            assert message in found[part]["message"], found[part]
            assert cure in found[part]["hint"], found[part]
    told = json.dumps(evidence["told"], ensure_ascii=False)
    assert "int 1" not in told and "int 3" not in told  # of the hidden arrays
    assert "Hallo" not in told and "你好" not in told  # of the hidden texts


def test_a_folder_of_a_class_is_not_that_of_a_part_of_the_same_name(tmp_path: Path) -> None:
    lab, own = tmp_path / "lab", tmp_path / "own"
    text = LAB.replace('folder = "rot"', 'folder = "words"')
    submissions.submission(lab, {"assignment.toml": text})
    submissions.submission(own, {"words/1.png": "an image of that class", "blau/1.png": ""})
    (words,) = trial_parts(read_assignment(lab), own, tmp_path / "made-up")  # of points none is
    assert words.id == "words" and words.inputs
    assert not any(one.path.is_relative_to(own) for one in words.inputs)


def test_each_part_has_its_lines_in_the_check_of_a_lab(
    lab: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "lab"
    shutil.copytree(lab, home)
    submissions.submission(home / "reference", {"main.py": MAIN + LANGUAGE})
    assert main(["check", str(home), "--lang", "en"]) == 0
    said = capsys.readouterr().out
    for words in (
        "✓ part points: classify_points gets arrays, names one of 2 classes, up to 25 marks; 24 "
        "hidden, 12 to 12 of each",
        "✓ part words: language gets texts",
        "✓ reference/: 24 of 24 right, 60 of 60 marks",
        "✓ reference/: part points: 24 of 24 right, 25 of 25 marks",
        "✓ reference/: part words: 23 of 24 right, 14.38 of 15 marks",
        "✓ reference/: 99.38 of 100 marks in all",
    ):
        assert words in said, said
    for path in (home / "words" / "deutsch").glob("*.txt"):
        path.unlink()
    assert main(["check", str(home), "--lang", "en"]) == 1
    assert "✗ part words: no hidden input of deutsch" in capsys.readouterr().out


def _stray_wave(home: Path) -> None:
    (home / "points" / "ring" / "clip.wav").write_bytes(b"RIFF0000WAVEfmt ")


def _gbk(home: Path) -> None:
    (home / "words" / "中文" / "0.txt").write_bytes("今天天气很好".encode("gbk"))


def _pickled(home: Path) -> None:
    array = np.array([{"a": 1}], object)
    np.save(home / "points" / "line" / "0.npy", array, allow_pickle=True)


def _cut_archive(home: Path) -> None:
    (home / "points" / "line" / "0.npz").write_bytes(b"PK\x03\x04 and no more")


def _other_name(home: Path) -> None:
    (home / "words" / "deutsch").rename(home / "words" / "Deutsche")


def _missing(home: Path) -> None:
    shutil.rmtree(home / "points")


@pytest.mark.parametrize(
    ("spoil", "said", "sound"),
    [
        (_stray_wave, "clip.wav: cannot be read; expected an array of numbers", "words"),
        (_gbk, "0.txt: not in UTF-8. Save it as UTF-8", "points"),
        (_pickled, "0.npy: cannot be read", "words"),
        (_cut_archive, "0.npz: cannot be read", "words"),
        (_other_name, "Did you mean deutsch?", "points"),
        (_missing, "no inputs of the part points", "words"),
    ],
)
def test_a_part_whose_inputs_are_at_fault_hides_no_other_line(
    lab: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    spoil: Callable[[Path], None],
    said: str,
    sound: str,
) -> None:
    home = tmp_path / "lab"
    shutil.copytree(lab, home)
    submissions.submission(home / "reference", {"main.py": MAIN + LANGUAGE})
    spoil(home)
    assert main(["check", str(home), "--lang", "en"]) == 1
    told = capsys.readouterr().out
    (wrong,) = (line for line in told.splitlines() if line.startswith("✗"))
    assert said in wrong
    for words in (f"✓ part {sound}: ", "24 of 24 right, 60 of 60", f"✓ reference/: part {sound}: "):
        assert words in told, told
    assert "marks in all" not in told and "Things to mend: 1" in told


def test_faults_of_the_images_hide_none_of_the_parts(
    lab: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "lab"
    shutil.copytree(lab, home)
    (home / "images" / "rot" / "0.png").write_bytes(b"no image")
    _gbk(home)
    assert main(["check", str(home), "--lang", "en"]) == 1
    told = capsys.readouterr().out
    for words in ("0.png: not an image", "0.txt: not in UTF-8", "✓ part points: "):
        assert words in told, told
    assert "Things to mend: 2" in told


def test_inputs_that_cannot_be_read_are_named_before_the_class_runs(
    lab: Path, tmp_path: Path
) -> None:
    one = read_assignment(lab)
    whole = with_parts(read_hidden(one, one.hidden), one)
    assert [(part.id, len(part.inputs)) for part in whole.parts] == [
        *(("points", 2 * EACH), ("words", 2 * EACH)),
    ]
    text = value_of(one.parts[1], whole.parts[1].inputs[-1], "RGB")
    assert text.tobytes().decode().startswith("你好")
    broken = one.model_copy(update={"home": tmp_path})
    (tmp_path / "points" / "ring").mkdir(parents=True)
    np.save(tmp_path / "points" / "ring" / "a.npy", np.array(["text"], object), allow_pickle=True)
    (tmp_path / "points" / "square").mkdir()
    with pytest.raises(AssignmentError) as error:
        with_parts(whole, broken)
    for words in ("a.npy: cannot be read", "square", "no inputs of the part words"):
        assert words in str(error.value)
    before = whole.digest
    (lab / "points" / "ring" / "more.npy").write_bytes(
        (lab / "points" / "ring" / "0.npy").read_bytes()
    )
    assert with_parts(read_hidden(one, one.hidden), one).digest != before
    (lab / "points" / "ring" / "more.npy").unlink()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[policy.parts.other]\npoints = 3\n", "policy.parts.other: no [[parts]] has this id"),
        ('[[parts]]\nid = "words"\nfunction = "f"\nhidden = "h"\n'
         '[[parts.classes]]\nfolder = "a"\n[[parts.classes]]\nfolder = "b"\n',
         "more than one part"),
    ],
)  # fmt: skip
def test_parts_are_told_apart(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "assignment.toml").write_text(LAB + text, encoding="utf-8")
    with pytest.raises(AssignmentError) as error:
        read_assignment(tmp_path)
    assert words in str(error.value)
