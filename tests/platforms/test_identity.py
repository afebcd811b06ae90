"""Who handed in is said by the platform's own key, and goes back to it; names decide nothing."""

from __future__ import annotations

import csv
import dataclasses
from pathlib import Path

import pytest

from grader.evidence import Origin, Roster, Submitter
from grader.intake import IntakeError, Submission, find, stage
from grader.intake.roster import read_roster
from grader.intake.roster_matching import call_by_roster
from grader.intake.roster_zeros import with_zeros
from grader.platforms import BRIGHTSPACE, CANVAS, FOLDERS, MOODLE, platform_of
from grader.platforms.brightspace import moment
from grader.report import Context, Result, exports
from tests.intake.test_find import make

ROSTER = Roster(
    people=(
        Submitter(number="3210000001", name="Jane Doe"),
        Submitter(number="3210000002", name="Max Muster"),
        Submitter(number="3210000003", name="王五"),
    )
)


def called(folder: Path, roster: Roster = ROSTER) -> tuple[dict[str, Submission], str]:
    found = find([folder])
    submissions, told = call_by_roster(list(found), roster)
    return {one.id: one for one in submissions}, "\n".join(map(str, [*found.notices, *told]))


def people(submission: Submission) -> list[tuple[str, str]]:
    return [(each.key, each.number) for each in submission.origin.submitters]


VICTIM = "3210000003_王五.zip"


@pytest.mark.parametrize(
    ("own", "others"),
    [
        ("doejane_4211_90001_", "wangwu_4213_90003_lab2.zip"),
        ("Jane Doe_63801_assignsubmission_file_", "王五_63803_assignsubmission_file_a.zip"),
        ("lab_jdoe_attempt_2026-11-20-23-59-59_", "lab_ww_attempt_2026-11-20-23-59-59_a.zip"),
    ],
)
def test_a_name_that_the_student_chose_takes_nobodys_number(
    tmp_path: Path, own: str, others: str
) -> None:
    found = find([make(tmp_path, own + VICTIM, others)])
    thief = next(one for one in found if one.path.name.startswith(own))
    assert "3210000003" not in [each.number for each in thief.origin.submitters]
    assert "3210000003" not in thief.id and thief.origin.hints == ("3210000003",)


def test_an_upload_named_as_another_platform_would_is_still_its_students(tmp_path: Path) -> None:
    make(
        tmp_path,
        "doejane_4211_90001_x_63801_assignsubmission_file_y.zip",
        "roelisa_4213_90003_a_victim_attempt_2026-11-20-23-59-59_y.zip",
        "mustermax_4212_90002_lab2.zip",
    )
    assert [people(one)[0][0] for one in find([tmp_path])] == ["4211", "4212", "4213"]


def test_several_files_of_one_canvas_user_are_one_submission(tmp_path: Path) -> None:
    folder = make(tmp_path / "in", "roelisa_4213_9_main-1.py", "roelisa_LATE_4213_8_weights.json")
    make(folder, "zhangwei_4214_7_a.zip", "zhangwei_4215_6_a.zip")
    found = {one.id: one for one in find([folder])}
    assert sorted(found) == ["roelisa", "zhangwei_4214", "zhangwei_4215"]
    assert any(one.origin.late for one in found.values())
    stage(found["roelisa"], tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["main.py", "weights.json"]


def test_attempts_are_linked_and_in_the_order_of_time(tmp_path: Path) -> None:
    make(
        tmp_path,
        "51234-7654321 - Jane Doe - Nov 21, 2026 805 AM/main.py",
        "51234-7654321 - Jane Doe - Nov 20, 2026 926 PM/main.py",
        "51299-7654321 - Max Muster - Nov 20, 2026 1103 PM/main.py",
    )
    found, _ = called(tmp_path)
    assert found["Jane_Doe-2"].origin.time == "2026-11-21T08:05:00"
    persons = [found[name].origin.person(found[name].origin.submitters[0]) for name in found]
    assert persons == ["number:3210000001", "number:3210000001", "number:3210000002"]


def test_of_two_claims_on_one_number_neither_takes_the_others_mark(tmp_path: Path) -> None:
    folder = make(tmp_path, "3210000003_王五/main.py", "3210000003_赵六/main.py")
    without = {one.path.name: one.origin for one in find([folder])}
    assert {origin.contested for origin in without.values()} == {"3210000003"}
    found, said = called(folder)
    assert people(found["3210000003_王五"]) == [("", "3210000003")]
    assert people(found["3210000003_赵六"]) == [("", "")] and "3210000003_赵六" in said


def test_each_of_a_group_has_a_row(tmp_path: Path, results: list[Result], context: Context) -> None:
    origin = Origin(platform="canvas", submitters=(ROSTER.people[0], ROSTER.people[1]))
    with_group = _of(results[0], origin)
    exports.canvas([with_group], tmp_path / "c.csv", context)
    assert [row[2] for row in _read(tmp_path / "c.csv")[2:]] == ["3210000001", "3210000002"]


def test_keys_go_back_to_the_platform_that_they_are_from(
    tmp_path: Path, results: list[Result], context: Context
) -> None:
    """By the importers' rules: Canvas's ID, Moodle's digits after "Participant ", D2L's "#"."""
    who = Submitter(name="Doe", number="3210000001", key="4211", login="jdoe")
    first = Origin(platform="canvas", submitters=(who,), time="2026-11-20T10:00:00")
    later = first.model_copy(update={"time": "2026-11-21T10:00:00"})
    two = [_of(results[0], later), _of(results[1], first)]
    exports.canvas(two, tmp_path / "c.csv", context)
    head, _, *rows = _read(tmp_path / "c.csv")
    assert [row[head.index("ID")] for row in rows] == ["4211"], "one student, one row"
    assert rows[0][-1] == f"{results[0].grade.score:g}", "the latest counts"
    moodle = [_of(results[0], first.model_copy(update={"platform": "moodle"}))]
    exports.moodle(moodle, tmp_path / "m.csv", context)
    head, row = _read(tmp_path / "m.csv")
    assert row[head.index("Identifier")][len("Participant ") :] == "4211"
    exports.brightspace(two, tmp_path / "b.csv", context)
    head, row = _read(tmp_path / "b.csv")
    assert row[head.index("OrgDefinedId")] == "3210000001" and row[-1] == "#"


def _of(result: Result, origin: Origin) -> Result:
    record = result.evidence.submission.model_copy(update={"origin": origin})
    evidence = result.evidence.model_copy(update={"submission": record})
    if dataclasses.is_dataclass(result):
        return dataclasses.replace(result, evidence=evidence)
    return result._replace(evidence=evidence)


def _read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_the_platform_is_what_most_names_of_a_class_say() -> None:
    assert platform_of(["a_1_2_x.py", "b_3_4_x.py", "readme.txt"]) is CANVAS
    assert platform_of(["Jane Doe_1_assignsubmission_file"]) is MOODLE
    assert platform_of(["1-2 - Jane Doe - Nov 20, 2026 926 PM"]) is BRIGHTSPACE
    assert platform_of(["张三_3210000001_20261120_lab.zip", "张三"]) is FOLDERS


ROSTERS = {
    "semicolon": "学号;姓名\n0321;张三\n".encode("utf-8-sig"),
    "excel": "学号\t姓名\n0321\t张三\n".encode("utf-16"),
    "titles": "选课名单,\n课程：AI,\n序号,学号,姓名\n1,0321,张三\n".encode("gbk"),
    "blackboard": "Last Name,First Name,Username,Student ID\n张,三,u1,0321\n".encode(),
    "quotes": ' "number" , "name" \n "0321" , "张三"\n'.encode(),
    "formula": '学号,姓名\n"=""0321""",张三\n'.encode(),
}


@pytest.mark.parametrize("kind", ROSTERS)
def test_rosters_are_read_as_offices_write_them(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes(ROSTERS[kind])
    assert [(each.number, each.name) for each in read_roster(path).people] == [("0321", "张三")]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"number,name\n3.21E+08,a\n3.21E+08,b\n", "damaged by a spreadsheet"),
        (b"number,name\n1,a\n1,b\n", "one number for several"),
        (b"number,name\n", "no students"),
        (b"\xff\xfe\x00", "needs columns"),
        (b'"', "needs columns"),
        (b"\x00\xff" * 9, "needs columns"),
        (b"PK\x03\x04", "cannot be read"),
    ],
)
def test_a_roster_that_cannot_be_used_is_refused_with_the_reason(
    tmp_path: Path, data: bytes, said: str
) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes(data)
    with pytest.raises(IntakeError, match=said):
        read_roster(path)


def test_zeros_that_a_spreadsheet_dropped_are_told(tmp_path: Path) -> None:
    roster = Roster(people=(Submitter(number="321000001", name="张三"),))
    found, said = called(make(tmp_path, "0321000001/main.py", "bob/main.py"), roster)
    assert people(found["0321000001"]) == [("", "321000001")] and "zeros" in said


def test_zeros_are_put_back_where_the_submissions_show_how_many(tmp_path: Path) -> None:
    lost = Roster(file="r.csv", people=tuple(Submitter(number=n) for n in ("321001", "41", "77")))
    both = list(find([make(tmp_path / "two", "00321001_张三/main.py", "00000041/main.py")]))
    roster, (told,) = with_zeros(both, lost)
    assert [each.number for each in roster.people] == ["00321001", "00000041", "00000077"]
    assert "321001 → 00321001, 3 in all" in str(told)
    named, _ = call_by_roster(both, roster)
    assert {one.student.number for one in named} == {"00321001", "00000041"}
    for kept, names in (
        (lost, ["00321001/main.py", "0000041/main.py"]),  # of two lengths
        (lost, ["00321001/main.py", "bob/main.py"]),  # one alone
        (Roster(people=(Submitter(number="0321001"),)), ["00321001/main.py"]),  # kept its zeros
    ):
        folder = make(tmp_path / str(len(names[0] + names[-1])), *names)
        assert with_zeros(list(find([folder])), kept) == (kept, ())


def test_a_folder_of_nothing_but_a_number_is_found_without_zeros(tmp_path: Path) -> None:
    roster = Roster(people=tuple(Submitter(number=n, name=n) for n in ("0007", "0008")))
    found, said = called(make(tmp_path, "7/main.py", "lab8/main.py"), roster)
    assert {name: one.student.number for name, one in found.items()} == {"7": "0007", "lab8": ""}
    assert "zeros" in said


@pytest.mark.parametrize(
    ("names", "persons"),
    [
        (
            ["参与人_63801_assignsubmission_file_/", "参与人_63802_assignsubmission_file_/"],
            ["", ""],
        ),
        (
            ["Teilnehmer_in_1_assignsubmission_file/", "Teilnehmer_in_2_assignsubmission_file/"],
            ["", ""],
        ),
        (
            ["Participant 1_1_assignsubmission_file/", "Participant 2_2_assignsubmission_file/"],
            ["", ""],
        ),
        (
            ["Group A_77_assignsubmission_file/", "Default group_assignsubmission_file/"],
            ["Default group", "Group A"],
        ),
        (
            [
                "39786-1 - Jane Doe - 1 January, 2026 1130 PM/",
                "39788-1 - O'Brien - Smith - 2026年1月2日 下午 310/",
                "39789-1 - Max Muster - Thursday, January 1, 2026 9 30 AM CST - main.py",
            ],
            ["Jane Doe", "Max Muster", "O'Brien - Smith"],
        ),
        (["Doe, Jane(jdoe)/", "张, 三(zs); Roe, Lisa(lroe)/"], ["Jane Doe", "张三"]),
    ],
)
def test_names_of_a_platform_tell_persons_in_any_language(
    tmp_path: Path, names: list[str], persons: list[str]
) -> None:
    make(tmp_path, *(f"{name}main.py" if name.endswith("/") else name for name in names))
    found = find([tmp_path])
    assert sorted(one.origin.submitters[0].name for one in found) == persons
    assert all(one.origin.platform for one in found)


@pytest.mark.parametrize(
    ("told", "moment_"),
    [
        ("Nov 20, 2026 926 PM", "2026-11-20T21:26:00"),
        ("20 November, 2026 0906", "2026-11-20T09:06:00"),
        ("Friday, November 20, 2026 9 26 PM CST", "2026-11-20T21:26:00"),
        ("Jan. 2, 2026 1200 AM", "2026-01-02T00:00:00"),
        ("2026年1月2日 下午 310", "2026-01-02T15:10:00"),
        ("2026-01-02 2130", "2026-01-02T21:30:00"),
        ("yesterday", "yesterday"),
    ],
)
def test_a_time_of_brightspace_is_read(told: str, moment_: str) -> None:
    assert moment(told) == moment_


def test_a_user_name_of_the_roster_is_found_in_a_folder_s_name(tmp_path: Path) -> None:
    roster = Roster(people=(Submitter(number="1", name="Jane Doe", login="j-doe"),
                            Submitter(number="2", name="Max Muster", login="mmu")))  # fmt: skip
    found, _ = called(make(tmp_path, "lab2-mmu/main.py", "ab/main.py"), roster)
    assert {name: one.student.number for name, one in found.items()} == {"lab2-mmu": "2", "ab": ""}


def test_sakai_takes_its_marks_back(
    tmp_path: Path, results: list[Result], context: Context
) -> None:
    who = Submitter(name="Doe", number="3210000001", key="jdoe", login="jdoe")
    exports.sakai([_of(results[0], Origin(platform="sakai", submitters=(who,)))],
                  tmp_path / "s.csv", context)  # fmt: skip
    _, _, head, row = _read(tmp_path / "s.csv")
    assert (head[1], row[1], row[4]) == ("ID", "jdoe", f"{results[0].grade.score:g}")


RECEIPT = (
    "Name: {name} ({login})\nAssignment: Lab 2\nSubmission Field:\n{typed}\nComments:\nNone.\n"
    "\nFiles:\n\tOriginal filename: {original}\n\tFilename: {stored}\n"
)


@pytest.mark.parametrize(
    ("typed", "own"),
    [
        ("", "main.py"),
        ("Original filename: {0}\nFilename: {1}", "main.py"),
        ("Files:\nOriginal filename: {0}\nFilename: {1}\n", "main.py"),
        ("Files:\nOriginal filename: {0}\nFilename: {2}\n", "main.py"),
        ("", "notes.txt\n\tFilename: {1}"),  # as if the platform had listed another's file
        ("", "../../x.py"),
        ("", "a\u202eyp.nur"),
    ],
)
@pytest.mark.parametrize("order", ["ab", "zz"])
def test_a_receipt_speaks_of_its_own_attempt_alone(
    tmp_path: Path, typed: str, own: str, order: str
) -> None:
    victim = "Lab 2_victim_attempt_2026-11-20-10-01-07"
    thief = f"Lab 2_{order}_attempt_2026-11-20-10-30-00"
    stored = f"{thief}_main.py", f"{victim}_ma_in.py"
    fill = ("../../x.py", stored[1], stored[0])
    make(tmp_path, *stored)
    for head, login, text, original, name in (
        (victim, "victim", "", "ma in.py", stored[1]),
        (thief, order, typed.format(*fill), own.format(*fill), stored[0]),
    ):
        receipt = RECEIPT.format(
            name=login.title(), login=login, typed=text, original=original, stored=name
        )
        (tmp_path / f"{head}.txt").write_text(receipt, "utf-8")
    found = {one.origin.submitters[0].key: one for one in find([tmp_path])}
    assert [part.name for part in found["victim"].parts] == ["ma in.py"]
    assert [part.name for part in found[order].parts] == ["main.py"]


@pytest.mark.parametrize("indent", ["  ", "    "])
def test_a_name_of_several_lines_is_no_number(tmp_path: Path, indent: str) -> None:
    make(tmp_path, "submission_11/main.py", "submission_12/main.py")
    deeper = f"{indent}    "
    (tmp_path / "submission_metadata.yml").write_text(
        f"submission_11:\n  :submitters:\n{indent}- :name: |-\n{deeper}Mal\n"
        f"{deeper}:sid: 3210000001\n{deeper}- :sid: 3210000001\n{indent}  :sid: 3210000002\n"
        f"{indent}- :name: Lisa\n{indent}  :sid: 3210000003\n",
        "utf-8",
    )
    found = next(iter(find([tmp_path])))
    assert [each.number for each in found.origin.submitters] == ["3210000002", "3210000003"]
