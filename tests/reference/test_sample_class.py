"""The sample class: what is committed agrees with the table that it is made from."""

import sys
import zipfile
from pathlib import Path

import pytest

from reference.sample_class.expected import Expected, as_toml, score
from reference.sample_class.forms import send
from reference.sample_class.students import STUDENTS, Student

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SUBMISSIONS = Path(__file__).parents[2] / "submissions"


@pytest.mark.parametrize(
    ("correct", "points"),
    [
        (130, 100),
        (111, 100),
        (110, 95),
        (104, 95),
        (103, 90),
        (98, 90),
        (97, 85),
        (91, 85),
        (20, 30),
    ],
)
def test_points_follow_the_bands_by_exact_counts(correct: int, points: int) -> None:
    assert score(correct, 130) == points


def test_expected_results_can_be_read_as_toml() -> None:
    results = {"1_张三": Expected("graded", 95, "", 104), "2_li": Expected("faulted", 0, "x", None)}
    assert tomllib.loads(as_toml(results, 130)) == {
        "1_张三": {"status": "graded", "score": 95, "finding": "", "correct": 104},
        "2_li": {"status": "faulted", "score": 0, "finding": "x"},
    }


def test_every_student_of_the_table_handed_in_and_has_a_result() -> None:
    present = {path.stem for path in SUBMISSIONS.iterdir() if path.name != "expected.toml"}
    expected = tomllib.loads((SUBMISSIONS / "expected.toml").read_text("utf-8"))
    assert present == set(expected) == {student.id for student in STUDENTS}


def test_the_sample_class_is_small() -> None:
    assert sum(path.stat().st_size for path in SUBMISSIONS.rglob("*")) < 10_000_000


def test_the_zip_has_gbk_names_without_the_flag_for_utf_8(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    (plain / "results").mkdir(parents=True)
    (plain / "results" / "模型.ckpt").write_bytes(b"weights")
    student = Student("1", "吴九", "nested_zip", None, "", form="zip")
    send(student, plain, tmp_path)
    with zipfile.ZipFile(tmp_path / "1_吴九.zip") as archive:
        assert [entry.flag_bits & 0x800 for entry in archive.infolist()] == [0, 0]
        names = [entry.filename.encode("cp437").decode("gbk") for entry in archive.infolist()]
        assert archive.read(archive.infolist()[0]) == b"weights"
    inner = "垃圾分类_吴九/results/"
    assert names == [f"{inner}模型.ckpt", f"__MACOSX/{inner}._模型.ckpt"]
