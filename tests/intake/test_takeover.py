"""What a student lays into a submission says nothing about the class, nor about others."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.intake import IntakeError, find, stage
from tests.intake.archives import Item, raw_zip
from tests.intake.test_find import ids, make

THREE = ["3210000001_张三", "3210000002_李四", "3210000003_王五"]
LIKE_TEAMS = "{}/main.py/a/Version 1/main.py"


def told(folder: Path) -> str:
    return "\n".join(map(str, find([folder]).notices))


@pytest.mark.parametrize("names", [THREE, ["alice", "bob", "carol"]])
def test_folders_laid_as_teams_would_do_not_make_a_students_folder_the_class(
    tmp_path: Path, names: list[str]
) -> None:
    first, second, thief = names
    make(tmp_path / "in", f"{first}/main.py", f"{first}/results/a", f"{second}/main.py")
    make(tmp_path / "in", LIKE_TEAMS.format(thief), f"{thief}/results/q/Version 1/main.py")
    assert ids(tmp_path / "in") == names
    packed = [path.relative_to(tmp_path / "in") for path in (tmp_path / "in").rglob("*.*")]
    files = [Item(str(path).encode()) for path in packed if (tmp_path / "in" / path).is_file()]
    (tmp_path / "class.zip").write_bytes(raw_zip(files))
    assert ids(tmp_path / "class.zip") == names


@pytest.mark.parametrize("names", [["alice", "bob"], ["any/alice", "any/bob"]])
def test_of_two_folders_that_may_be_teams_none_is_dropped_unsaid(
    tmp_path: Path, names: list[str]
) -> None:
    make(tmp_path, f"{names[0]}/code/main.py", f"{names[1]}/code/x/Version 1/main.py")
    with pytest.raises(IntakeError, match=r"download of Teams.*in bob.*in alice"):
        find([tmp_path])


def test_two_students_with_versions_beside_their_code_are_a_class(tmp_path: Path) -> None:
    names = ["logs/lightning_logs/version_0/a.csv", "main.py"]
    make(tmp_path, *(f"{who}/{name}" for who in ("alice", "bob") for name in names))
    assert ids(tmp_path) == ["alice", "bob"]


@pytest.mark.parametrize("beside", ["train.py", "utils/a.py"])
def test_logs_with_versions_make_no_class_of_one_submission(tmp_path: Path, beside: str) -> None:
    names = ["logs/lightning_logs/version_0/a.csv", beside]
    assert ids(make(tmp_path / "3210000001_张三", *names)) == ["3210000001_张三"]


@pytest.mark.parametrize(
    ("names", "students"),
    [
        (["Submitted files/{}/Lab/Version 1/a.py", "Working files/{}/Lab/a.py"], 2),
        (["Student Work/提交的文件/{}/Lab/Version 1/a.py", "Student Work/工作文件/{}/Lab/a.py"], 2),
        (["Submitted files/{}/Lab/Version 1/a.py", "Submitted files/Odd/a.py"], 3),
    ],
)
def test_the_names_of_teams_tell_where_its_submitted_files_are(
    tmp_path: Path, names: list[str], students: int
) -> None:
    for who in ("Kim Min", "A B"):
        make(tmp_path / "class", *(name.format(who) for name in names))
    assert len(ids(tmp_path / "class")) == students
    assert "submissions are looked for in" in told(tmp_path / "class")


def test_the_one_archive_of_a_student_is_no_class(tmp_path: Path) -> None:
    others = [f"321000000{n}_张三/main.py".encode() for n in (8, 9)]
    for at, inside in enumerate((others, [b"3210000003_x/" + name for name in others])):
        folder = tmp_path / str(at)
        folder.mkdir()
        (folder / f"{THREE[2]}.zip").write_bytes(raw_zip([Item(name) for name in inside]))
        assert ids(folder) == [THREE[2]]
    assert "if it is a class, rename it" in told(tmp_path / "0")


def test_of_several_paths_one_that_is_called_as_a_student_s_is_no_class(tmp_path: Path) -> None:
    others = [f"321000000{n}_赵六/main.py" for n in (8, 9)]
    make(tmp_path / THREE[0], *others)
    make(tmp_path, f"{THREE[1]}/main.py")
    (tmp_path / f"{THREE[2]}.zip").write_bytes(raw_zip([Item(name.encode()) for name in others]))
    paths = sorted(tmp_path.iterdir())
    assert ids(*paths) == THREE
    said = [str(each) for each in find(paths).notices]
    assert len(said) == 2 and all("if it is a class, rename it" in each for each in said)


def test_a_class_called_with_a_character_of_a_family_name_is_one(tmp_path: Path) -> None:
    for name in ("高三1班", "高三(2)班"):
        make(tmp_path / name, *(f"{who}/main.py" for who in THREE[:2]))
    assert ids(tmp_path / "高三1班") == THREE[:2]
    assert len(ids(tmp_path / "高三1班", tmp_path / "高三(2)班")) == 4


def test_who_handed_in_nothing_does_not_make_another_the_class(tmp_path: Path) -> None:
    make(tmp_path, "alice/", "carol/3210000001_张三/a.py", "carol/3210000002_李四/a.py")
    assert not {"3210000001_张三", "3210000002_李四"} & set(ids(tmp_path))


def test_a_student_s_folder_is_never_taken_for_results_of_ours(tmp_path: Path) -> None:
    make(tmp_path / "in", *(f"{who}/main.py" for who in (*THREE, "out", "alice")))
    for who in (THREE[2], "out"):
        make(tmp_path / "in" / who, "grades.csv", "evidence/")
    assert ids(tmp_path / "in") == [*THREE, "alice"]
    assert "passed over as results of an earlier run: out;" in told(tmp_path / "in")
    assert ids(tmp_path / "in" / THREE[0], tmp_path / "in" / THREE[2]) == [THREE[0], THREE[2]]


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("readme_3210000003_王五.zip", THREE[:2]),
        ("LICENSE 3210000003 王五", THREE[:2]),
        (
            ".x_13_assignsubmission_file",
            ["a_11_assignsubmission_file", "b_12_assignsubmission_file"],
        ),
        ("wangwu_4213_90003_main.pyc", ["doejane_4211_90001_main.py", "roe_4212_90002_main.py"]),
        ("readme_4213_90003_main.py", ["doejane_4211_90001_main.py", "roe_4212_90002_main.py"]),
    ],
)
def test_a_submission_that_is_called_as_nobody_s_is_one(
    tmp_path: Path, name: str, others: list[str]
) -> None:
    for each in (name, *others):
        make(tmp_path / "in", each if "." in each else f"{each}/main.py")
    make(tmp_path / "in", f"._{others[0]}", f"{others[0]}:Zone.Identifier", ".DS_Store")
    found = find([tmp_path / "in"])
    assert len(found) == 3
    for one in found:
        stage(one, tmp_path / "out" / one.id)


def test_a_loose_file_of_a_student_is_told(tmp_path: Path) -> None:
    make(tmp_path / "in", *(f"{who}/main.py" for who in THREE[:2]), f"{THREE[2]}.pdf", "grades.xls")
    assert f"1 loose files were passed over, such as {THREE[2]}.pdf" in told(tmp_path / "in")
