"""A roster names students, and tells who is missing and who is a stranger."""

from pathlib import Path

import pytest

from grader.evidence import Roster, Submitter
from grader.intake import HandIn, IntakeError, Kind, Student
from grader.intake.calling import call_by_roster
from grader.intake.roster import read_roster


def handin(name: str, number: str = "") -> HandIn:
    student = Student(number=number, name=name)
    folder = Path(f"{number}_{name}".strip("_"))  # as a teacher lays it
    return HandIn(id=number or name, student=student, path=folder, kind=Kind.FOLDER)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_a_roster_of_either_encoding_and_language_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "roster.csv"
    path.write_text("班级,学号,姓名\n1,321,张三\n1,322,李四\n", encoding=encoding)
    assert [(p.number, p.name) for p in read_roster(path).people] == [
        ("321", "张三"),
        ("322", "李四"),
    ]


def test_a_roster_without_its_columns_says_which_it_needs(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(IntakeError, match="'number'"):
        read_roster(path)
    with pytest.raises(IntakeError, match="cannot be read"):
        read_roster(tmp_path / "nowhere.csv")


def test_students_are_named_by_number_or_by_a_unique_name() -> None:
    known = {"321": "张三", "322": "李四", "323": "王五", "324": "王五"}
    roster = Roster(people=tuple(Submitter(number=n, name=name) for n, name in known.items()))
    given = [handin("zhangsan", "321"), handin("李四"), handin("王五"), handin("ann", "999")]
    named, told = call_by_roster(given, roster)
    assert [(h.student.number, h.student.name) for h in named] == [
        ("321", "张三"),
        ("322", "李四"),
        ("", "王五"),
        ("999", "ann"),
    ]
    said = "\n".join(map(str, told))
    assert "not on the roster: 王五, 999" in said
    assert "2 handed in nothing: 323 王五, 324 王五" in said
    assert "321 → 张三" in said, "a name that the roster does not know is told"
