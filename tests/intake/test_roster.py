"""A roster names students, and tells who is missing and who is a stranger."""

import contextlib
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.evidence import Origin, Roster, Submitter
from grader.intake import FileKind, IntakeError, Student, Submission
from grader.intake.roster import read_roster
from grader.intake.roster_matching import call_by_roster


def submission(name: str, number: str = "") -> Submission:
    student = Student(number=number, name=name)
    folder = Path(f"{number}_{name}".strip("_"))  # as a teacher lays it
    return Submission(id=number or name, student=student, path=folder, kind=FileKind.FOLDER)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_a_roster_of_either_encoding_and_language_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "roster.csv"
    path.write_text("班级,学号,姓名\n1,321,张三\n1,322,李四\n", encoding=encoding)
    assert [(p.number, p.name) for p in read_roster(path).people] == [
        ("321", "张三"),
        ("322", "李四"),
    ]


def test_a_roster_of_japan_is_read_in_its_encoding(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("学籍番号,氏名\n1112B0024,山田\n", encoding="shift_jis")
    assert [(p.number, p.name) for p in read_roster(tmp_path / "r.csv").people] == [
        ("1112B0024", "山田")
    ]


def test_full_width_digits_are_digits(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("学号,姓名\n３２１０００００01,张三\n", encoding="utf-8")
    assert [p.number for p in read_roster(tmp_path / "r.csv").people] == ["3210000001"]


def test_two_columns_of_numbers_without_headings_are_nobody_s(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("3210000001,13900000001,张三\n3210000002,13900000002,李四\n")
    with pytest.raises(IntakeError, match="'number'"):
        read_roster(tmp_path / "r.csv")


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
    given = [
        submission("zhangsan", "321"),
        submission("李四"),
        submission("王五"),
        submission("ann", "999"),
    ]
    named, told = call_by_roster(given, roster)
    assert [(h.student.number, h.student.name) for h in named] == [
        ("321", "张三"),
        ("322", "李四"),
        ("", "王五"),
        ("999", "ann"),
    ]
    said = "\n".join(map(str, told))
    assert "not on the roster: 999" in said
    assert "王五: several students on the roster are called so (323 王五, 324 王五)" in said
    assert "handed in nothing" not in said, "one of the two did"
    assert "321 → 张三" in said, "a name that the roster does not know is told"


ONE = ("3210000001", "张三")


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("學號;姓名\n3210000001;张三\n", [ONE]),
        ("No. (学号),Name (姓名)\n3210000001,张三\n", [ONE]),
        ("学号 Student ID,姓名 Name\n3210000001,张三\n", [ONE]),
        ("序号,*学工号（必填）,学员姓名\n1,3210000001,张三\n", [ONE]),
        ("学生作业id\t学号\t姓名\n777\t3210000001\t张三\n", [ONE]),
        ("姓氏,名字,用户名,学生 ID\n张,三,zs,3210000001\n", [ONE]),
        ("Reg. No.,Full Name\n3210000001,张三\n", [ONE]),
        ('学号,姓名\n3210000001,"Bob ""Bobby"""\n', [("3210000001", 'Bob "Bobby"')]),
        ("学号,姓名\n'3210000001,Bob “Bobby”\n", [("3210000001", "Bob “Bobby”")]),
        ("学号\n3210000001\n", [("3210000001", "")]),
        ("学号  姓名\n3210000001  张三\n", [ONE]),
        ("学号 姓名\n3210000001 张三\n", [ONE]),
        ("学号，姓名\n3210000001，张三\n", [ONE]),
        ("Surname,Given Names,SIS ID\n张,三,3210000001\n", [ONE]),
        ("Student Name,Student ID,Student SIS ID\n张三,4211,3210000001\n", [ONE]),
        ("1,张三,3210000001\n2,李四,3210000002\n", [ONE, ("3210000002", "李四")]),
        ("3210000001\n3210000002\n", [("3210000001", ""), ("3210000002", "")]),
        ("帳號,姓名\n3210000001,张三\n教師簽章,\n", [ONE]),
        ('学号,姓名\n"3,210,000,001",张三\n', [ONE]),
        ('学号,姓名\n3210000001,"张三\n3210000002,李四\n', [ONE, ("3210000002", "李四")]),
        ("identifier,github_username,name\n3210000001,zs,张三\n", [ONE]),
        ("t,SCORE\n\nDisplay ID,ID,Last Name,First Name\n3210000001,zs,张,三\n", [ONE]),
        ("Name,SID,Email\n张三,3210000001,a@x\nNo Sid,,b@x\n", [ONE, ("", "No Sid")]),
        ("sep=;\r\n学号;姓名\r\n;;\r\n3210000001;张三\r\n", [ONE]),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le"])
def test_a_roster_is_read_as_offices_write_it(
    tmp_path: Path, text: str, people: list[tuple[str, str]], encoding: str
) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes(text.encode(encoding))
    found = read_roster(path).people
    assert [(person.number, person.name) for person in found] == people


def test_western_letters_are_no_chinese(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes("Matrikelnummer;Nachname;Vorname\n1234567;Größe;Jörg\n".encode("cp1252"))
    assert [one.name for one in read_roster(path).people] == ["Jörg Größe"]


@pytest.mark.parametrize("damaged", ["3.21E+09", "3,21E+11", "3E+09", "3.21e9", "########"])
def test_numbers_that_a_spreadsheet_shortened_are_refused(tmp_path: Path, damaged: str) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(f"学号;姓名\n3210000001;张三\n{damaged};李四\n", "utf-8")
    with pytest.raises(IntakeError, match="damaged by a spreadsheet"):
        read_roster(path)


def test_a_workbook_s_numbers_are_what_it_shows(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (["点名册"], ["学号", "姓名"], [321, "张三"], ["0322", "李四"]):
        book.active.append(row)
    book.active["A3"].number_format = "0000"
    book.save(tmp_path / "a.xlsx")
    assert [one.number for one in read_roster(tmp_path / "a.xlsx").people] == ["0321", "0322"]
    book.active["A3"] = 201928013229001000
    book.save(tmp_path / "b.xlsx")
    with pytest.raises(IntakeError, match="damaged by a spreadsheet"):
        read_roster(tmp_path / "b.xlsx")


@given(st.binary(max_size=300))
def test_any_bytes_are_a_roster_or_refused(raw: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roster.csv"
        path.write_bytes(raw)
        with contextlib.suppress(IntakeError):
            assert read_roster(path).people


def test_several_folders_of_one_student_are_told() -> None:
    roster = Roster(people=(Submitter(number="3210000003", name="王五"),))
    laid = [submission("王五", "3210000003"), submission("王五", "３２１００００００３")]
    _, told = call_by_roster(laid, roster)
    (said,) = [str(each) for each in told if "look whether they are" in str(each)]
    assert all(each.id in said for each in laid)


def test_two_users_of_a_platform_who_name_one_number_are_both_shown() -> None:
    roster = Roster(people=(Submitter(number="3210000003", name="王五"),))

    def uploaded(key: str, name: str, number: str = "") -> Submission:
        people = (Submitter(key=key, name=name, number=number),)
        origin = Origin(platform="moodle", submitters=people)
        return replace(submission(f"{name}_{key}"), origin=origin)

    those = [uploaded("12", "王五", "3210000003"), uploaded("13", "王五")]
    called, told = call_by_roster(those, roster)
    assert [each.origin.contested for each in called] == ["3210000003"] * 2
    assert any("is claimed by" in str(each) for each in told)


@pytest.mark.parametrize("laid", ["陈 晨", "晨 陈", "陈　晨", "实验二 陈 晨", "陈晨"])
@pytest.mark.parametrize("listed", ["陈 晨", "陈晨", "晨 陈"])
def test_a_chinese_name_with_a_blank_in_it_is_a_name(laid: str, listed: str) -> None:
    roster = Roster(people=(Submitter(number="3210000007", name=listed),))
    by_hand = submission(laid)
    people = (Submitter(key="12", name=laid.removeprefix("实验二 ")),)
    uploaded = replace(by_hand, origin=Origin(platform="moodle", submitters=people))
    for each in (by_hand, uploaded):
        called, told = call_by_roster([each], roster)
        assert called[0].student.number == "3210000007" and not told


def test_a_version_of_teams_is_called_by_its_students_folder() -> None:
    roster = Roster(people=(Submitter(number="3210000007", name="Kim Min-jun"),))
    folder = Path("class/Kim Min-jun/Lab 2/Version 2")
    theirs = Submission("Kim", Student(name="Kim Min-jun"), folder, FileKind.FOLDER)
    (called,), told = call_by_roster([theirs], roster)
    assert called.student.number == "3210000007" and not told


@pytest.mark.parametrize(
    ("text", "encoding", "name"),
    [
        (
            "Номер студента;Фамилия;Имя;Группа\r\n3210000001;Иванов;Иван;КВ-1",
            "cp1251",
            "Иван Иванов",
        ),
        ("№;ФИО;Студенческий билет\n1;Иванов Иван;3210000001", "utf-8", "Иванов Иван"),
        ("Номер залікової книжки;Прізвище;Ім'я\n3210000001;Коваль;Іван", "cp1251", "Іван Коваль"),
        ("Matrikelnummer;Name;Vorname\n3210000001;Müller;Jörg", "cp1252", "Jörg Müller"),
        ("Numéro étudiant;Nom;Prénom\n3210000001;Lefèvre;Anaïs", "cp1252", "Anaïs Lefèvre"),
        ("Matrícula;Apellidos;Nombre\n3210000001;García;José", "cp1252", "José García"),
        ("Nº de matrícula,Nome\n3210000001,João Silva", "utf-8", "João Silva"),
        ("Matricola;Cognome;Nome\n3210000001;Rossi;Anna", "utf-8", "Anna Rossi"),
        ("Studentnummer;Achternaam;Voornaam\n3210000001;Berg;Jan", "utf-8", "Jan Berg"),
        ("Numer albumu;Nazwisko;Imię\n3210000001;Żak;Łukasz", "cp1250", "Łukasz Żak"),
        ("Öğrenci No;Adı;Soyadı\n3210000001;Öykü;Şahin", "cp1254", "Öykü Şahin"),
        ("Mã sinh viên,Họ và tên\n3210000001,Nguyễn Thị", "utf-8", "Nguyễn Thị"),
        ("Full Name,First name,Student ID\nJane Roe,Jane,3210000001", "utf-8", "Jane Roe"),
        ("რიგი,სახელი\n3210000001,ნინო\n3210000002,გიორგი", "utf-8", "ნინო"),  # no word known
    ],
)
def test_a_roster_is_read_in_the_words_of_many_languages(
    tmp_path: Path, text: str, encoding: str, name: str
) -> None:
    (tmp_path / "roster.csv").write_bytes(text.encode(encoding))
    first = read_roster(tmp_path / "roster.csv").people[0]
    assert (first.number, first.name) == ("3210000001", name)
