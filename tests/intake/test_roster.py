"""A roster names students, and tells who is missing and who is a stranger."""

from pathlib import Path

import pytest

from grader.intake import HandIn, IntakeError, Kind, Student
from grader.intake.roster import call_by_roster, read_roster


def handin(name: str, number: str = "") -> HandIn:
    student = Student(number=number, name=name)
    return HandIn(id=number or name, student=student, path=Path(name), kind=Kind.FOLDER)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_a_roster_of_either_encoding_and_language_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "roster.csv"
    path.write_text("班级,学号,姓名\n1,321,张三\n1,322,李四\n", encoding=encoding)
    assert read_roster(path) == {"321": "张三", "322": "李四"}


def test_a_roster_without_its_columns_says_which_it_needs(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(IntakeError, match="'number'"):
        read_roster(path)
    with pytest.raises(IntakeError, match="cannot be read"):
        read_roster(tmp_path / "nowhere.csv")


def test_students_are_named_by_number_or_by_a_unique_name() -> None:
    roster = {"321": "张三", "322": "李四", "323": "王五", "324": "王五"}
    given = [handin("zhangsan", "321"), handin("李四"), handin("王五"), handin("ann", "999")]
    named, told = call_by_roster(given, roster)
    assert [(h.student.number, h.student.name) for h in named] == [
        ("321", "张三"),
        ("322", "李四"),
        ("", "王五"),
        ("999", "ann"),
    ]
    assert "王五, 999" in str(told[0])
    assert "2 handed in nothing: 323 王五, 324 王五" in str(told[1])
