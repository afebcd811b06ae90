"""A team's work counts for each of its members; a platform's own grade file comes back in its own
words, and only for whom it knows.
"""

from __future__ import annotations

import csv
import dataclasses
from pathlib import Path

import pytest

from grader.evidence import Origin, Roster, Submitter
from grader.intake import find
from grader.intake.roster import read_roster
from grader.intake.roster_matching import call_by_roster
from grader.intake.roster_merging import read_rosters
from grader.report import Context, Result, exports
from tests.intake.test_find import make
from tests.platforms.test_identity import _of, _read

ENGLISH = (
    "Identifier,Full name,Status,Group,Grade,Maximum grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments\n"
)
GERMAN = (
    "ID,Vollständiger Name,E-Mail-Adresse,Status,Bewertung,Bestwertung,Bewertung kann geändert "
    "werden,Zuletzt geändert (Abgabe),Zuletzt geändert (Bewertung),Feedback als Kommentar\n"
)
CHINESE = "标识符,状态,成绩,最高分,允许更改成绩,上次修改（作业）,上次修改（评分）,反馈评语\n"


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def members(folder: Path, roster: Roster) -> tuple[dict[str, list[str]], str]:
    called, told = call_by_roster(list(find([folder])), roster)
    people = {one.id: [each.number or each.key for each in one.origin.submitters] for one in called}
    return people, "\n".join(map(str, told))


MOODLE_TEAMS = ENGLISH + "".join(
    f"Participant {key},{name},Submitted,{group},-,100.00,Yes,-,-,\n"
    for key, name, group in (
        ("501", "Jane Doe", "Group A"),
        ("502", "Max Muster", "Group A"),
        ("77", "Lisa Roe", "Group B"),  # the id that group A has among groups
        ("504", "Zoe Zed", "Default group"),
    )
)
CANVAS_GROUPS = (
    "name,canvas_user_id,user_id,login_id,sections,group_name,canvas_group_id,group_id\n"
    "Jane Doe,4211,321,jdoe,S1,Group A,5,\nMax Muster,4212,322,mm,S1,Group A,5,\n"
    "Lisa Roe,4213,323,lr,S1,Group B,6,\n"
)
BY_HAND = "学号,姓名,组别\n321,张三,第1组\n322,李四,第1组\n323,王五,2\n"
D2L = (
    "OrgDefinedId,Username,Last Name,First Name,Group\n"
    "#321,#jd,Doe,Jane,Group 1\n#322,#mm,Muster,Max,Group 1\n#323,#lr,Roe,Lisa,Group 2\n"
)


@pytest.mark.parametrize(
    ("names", "table", "right"),
    [
        (
            [f"{name}_assignsubmission_file/" for name in ("Group A_77", "Default group")],
            MOODLE_TEAMS,
            {"Group_A": ["501", "502"], "Default_group": ["504"]},
        ),
        (
            ["groupa_4211_1_lab.zip", "groupb_4213_2_lab.zip"],
            CANVAS_GROUPS,
            {"groupa": ["321", "322"], "groupb": ["323"]},
        ),
        (["第1组/", "第二组/"], BY_HAND, {"第1组": ["321", "322"], "第二组": ["323"]}),
        (["组1 张三/", "2组/"], BY_HAND, {"张三": ["321", "322"], "2组": ["323"]}),
        (["组1 张三/", "组1 李四/"], BY_HAND, {"张三": ["321"], "李四": ["322"]}),
        (
            [f"5123{n}-7654321 - Group {n} - Nov 20, 2026 926 PM/" for n in (1, 2)],
            D2L,
            {"Group_1": ["321", "322"], "Group_2": ["323"]},
        ),
    ],
)
def test_the_work_of_a_team_is_that_of_each_member(
    tmp_path: Path, names: list[str], table: str, right: dict[str, list[str]]
) -> None:
    make(tmp_path / "in", *(f"{name}main.py" if name.endswith("/") else name for name in names))
    people, _ = members(tmp_path / "in", read_roster(written(tmp_path / "r.csv", table)))
    assert people == right


def test_the_key_of_a_group_is_no_person_s(tmp_path: Path) -> None:
    """Moodle counts groups and participants apart: 77 can be both."""
    table = MOODLE_TEAMS.replace("Group A", "").replace("Group B", "")
    make(tmp_path / "in", *(f"Group {g}_assignsubmission_file/main.py" for g in ("A_77", "B_504")))
    people, said = members(tmp_path / "in", read_roster(written(tmp_path / "r.csv", table)))
    assert people == {"Group_A": ["77"], "Group_B": ["504"]} and "not on the roster" in said


@pytest.mark.parametrize(
    ("folders", "told"),
    [(["321_张三"], True), (["321_张三", "322_李四"], False), (["第1组"], False)],
)
def test_who_is_left_out_by_a_partner_s_own_name_is_told(
    tmp_path: Path, folders: list[str], told: bool
) -> None:
    make(tmp_path / "in", *(f"{folder}/main.py" for folder in (*folders, "323_王五")))
    people, said = members(tmp_path / "in", read_roster(written(tmp_path / "r.csv", BY_HAND)))
    cure = "322 李四: nothing of their own, and in the group 第1组 on the roster"
    assert (cure in said) == told, said
    assert sum(map(len, people.values())) == (2 if told else 3)


def test_a_table_of_groups_stands_beside_the_gradebook(tmp_path: Path) -> None:
    book = (
        "Student,ID,SIS User ID,SIS Login ID,Section,Lab (9)\n,,,,,Manual Posting\n"
        '"Doe, Jane",4211,321,jdoe,S1,\n"Muster, Max",4212,322,mm,S1,\n"Ab, Ann",4219,329,ab,S1,\n'
    )
    both = read_rosters(
        [written(tmp_path / "b.csv", book), written(tmp_path / "g.csv", CANVAS_GROUPS)]
    )
    assert [each.number for each in both.people] == ["321", "322", "329", "323"]
    assert both.groups == {"Group A": (0, 1), "Group B": (3,)} and both.columns[-1] == "Lab (9)"


@pytest.mark.parametrize(
    ("head", "before", "cells", "most"),
    [
        (GERMAN, "Teilnehmer/in", ",Jane Doe,j@x,Zur Bewertung,,", '"100,00"'),
        (CHINESE, "参与人", ",已提交,,", "100.00"),
        (
            ENGLISH.replace("Group,", ""),
            "Participant ",
            ",Jane Doe,Submitted,,",
            "100.00",
        ),
    ],
)
def test_a_worksheet_of_any_language_comes_back_in_its_words(
    tmp_path: Path, results: list[Result], context: Context,
    head: str, before: str, cells: str, most: str,
) -> None:  # fmt: skip
    rows = "".join(f"{before}{key}{cells}{most},x,x,-,\n" for key in (501, 502))
    rows = rows.replace("Jane Doe", "Max Muster", 1)
    roster = read_roster(written(tmp_path / "r.csv", head + rows))
    assert [person.key for person in roster.people] == ["501", "502"]
    who = roster.people[1]
    origin = Origin(platform="moodle", submitters=(who,))
    stranger = Origin(platform="", submitters=(Submitter(name="Nobody", number="9"),))
    first = results[0]
    graded = dataclasses.replace(first, grade=first.grade.model_copy(update={"score": 87.5}))
    given = dataclasses.replace(context, roster=roster)
    exports.moodle([_of(graded, origin), _of(results[1], stranger)], tmp_path / "m.csv", given)
    (titles, line), theirs = _read(tmp_path / "m.csv"), next(csv.reader([head.strip()]))
    assert set(titles) <= set(theirs) and len(titles) >= 5, "only headings of the site's own file"
    assert line[titles.index(theirs[0])] == f"{before}502"
    point = "," if "," in most else "."
    mark = line[titles.index(roster.words["grade"])]
    assert mark == f"{graded.grade.score:g}".replace(".", point)
    assert line[titles.index(roster.words["changed"])] == "-", "what was changed since is protected"
    again = read_roster(tmp_path / "m.csv")
    assert [person.key for person in again.people] == ["502"] and again.words["before"] == before


def test_a_platform_s_own_column_gets_the_marks(
    tmp_path: Path, results: list[Result], context: Context
) -> None:
    title = context.assignment.assignment.title.en
    who = Submitter(name="Jane Doe", number="321", key="4211", login="jdoe")
    for name, read, own, others in (
        ("canvas", exports.canvas, f"{title} (777)", [f"{title} 2 (778)", "Quiz (1)"]),
        ("blackboard", exports.blackboard, f"{title} [Total Pts: 100 Score] |66", ["Quiz |67"]),
        ("brightspace", exports.brightspace, f"{title} Points Grade", ["Quiz Points Grade"]),
    ):
        roster = Roster(platform=name, people=(who,), columns=("A", *others, own))
        given = dataclasses.replace(context, roster=roster)
        one = [_of(results[0], Origin(platform=name, submitters=(who,)))]
        read(one, tmp_path / name, given)
        raw = (tmp_path / name).read_bytes()
        text = raw.decode("utf-16" if name == "blackboard" else "utf-8-sig")
        assert own in text.splitlines()[0], name
        if name == "canvas":  # points there would change the assignment's
            possible = next(csv.reader(text.splitlines()[1:]))
            assert "".join(possible) == "    Points Possible"


def test_a_lab_is_its_column_by_what_stands_before_a_colon(
    tmp_path: Path, results: list[Result], context: Context
) -> None:
    lab = context.assignment
    title = lab.assignment.title.model_copy(update={"en": "Lab 2: LeNet5", "zh": None})
    named = lab.model_copy(
        update={"assignment": lab.assignment.model_copy(update={"title": title})}
    )
    who = Submitter(name="Jane Doe", key="4211")
    for columns, head in (
        (("Lab 2 (777)", "Lab 20 (778)"), "Lab 2 (777)"),
        (("Lab 2 (777)", "Lab 2: LeNet5 (778)"), "Lab 2: LeNet5"),  # which of the two is open
        (("Lab 1 (777)",), "Lab 2: LeNet5"),
    ):
        roster = Roster(platform="canvas", people=(who,), columns=columns)
        given = dataclasses.replace(context, assignment=named, roster=roster)
        one = [_of(results[0], Origin(platform="canvas", submitters=(who,)))]
        exports.canvas(one, tmp_path / "c.csv", given)
        assert _read(tmp_path / "c.csv")[0][-1] == head


def test_blackboard_s_file_is_a_roster_of_ours_again(
    tmp_path: Path, results: list[Result], context: Context
) -> None:
    who = Submitter(name="张三", number="0321", login="zs")
    one = [_of(results[0], Origin(platform="blackboard", submitters=(who,)))]
    exports.blackboard(one, tmp_path / "b.txt", context)
    again = read_roster(tmp_path / "b.txt")
    told = [(each.name, each.number, each.login) for each in again.people]
    assert told == [("张三", "0321", "zs")]
    book = "Last Name,First Name,Username,Student ID,Last Access,Quiz |67\n张,三,zs,0321,,\n"
    assert read_roster(written(tmp_path / "gc.csv", book)).platform == "blackboard"


def test_sakai_s_group_is_known_by_its_id(tmp_path: Path) -> None:
    ids = [f"{n}1111111-2222-3333-4444-555555555555" for n in "ab"]
    make(tmp_path / "in", *(f"Group {n}({key})/main.py" for n, key in zip("AB", ids, strict=True)))
    table = (
        "Display ID,ID,Last Name,First Name,Group\n321,jd,Doe,Jo,Group A\n322,mm,Mu,Al,Group A\n"
    )
    people, said = members(tmp_path / "in", read_roster(written(tmp_path / "r.csv", table)))
    assert people == {"Group_A": ["321", "322"], "Group_B": [ids[1]]} and "Group_B" in said


GROUPS = "number,name,group\n321,Jane Doe,Group A\n322,Max Muster,Group A\n323,Lisa Roe,Group B\n"


@pytest.mark.parametrize(
    "names",
    [
        ["groupa_101_1_lab.zip", "groupa_888_2_lab.zip"],
        [f"Group {n}_assignsubmission_file/" for n in ("A_101", "A_888", "Z_7")],
        [f"{n}-7654321 - Group A - Nov 20, 2026 926 PM/" for n in (101, 888)],
        [f"lab_{n}_attempt_2026-11-20-23-59-59_a.zip" for n in ("x101", "x888")],
    ],
)
def test_of_two_who_are_called_as_a_group_neither_is_it(tmp_path: Path, names: list[str]) -> None:
    make(tmp_path / "in", *(f"{name}main.py" if name.endswith("/") else name for name in names))
    for name in names:
        if "_attempt_" in name:
            login = name.split("_")[1]
            receipt = tmp_path / "in" / name.replace("_a.zip", ".txt")
            receipt.write_text(f"Name: Group A ({login})\n", encoding="utf-8")
    roster = read_roster(written(tmp_path / "r.csv", GROUPS))
    called, told = call_by_roster(list(find([tmp_path / "in"])), roster)
    said = "\n".join(map(str, told))
    people = {
        one.id: [each.number for each in one.origin.submitters]
        for one in called
        if one.origin.contested
    }
    assert len(people) == 2 and set(map(tuple, people.values())) == {("",)}
    assert "321 Jane Doe is claimed by" in said and "322 Max Muster is claimed by" in said
    assert "counts for each" not in said and "1 handed in nothing: 323" in said


@pytest.mark.parametrize(
    ("thief", "said"),
    [
        ("groupa_4213_2_lab.zip", ""),  # on the roster, and of another group
        ("groupa_888_2_lab.zip", "is claimed by"),  # nobody whom the platform's table knows
    ],
)
def test_who_is_called_as_a_group_takes_nothing_of_its_members(
    tmp_path: Path, thief: str, said: str
) -> None:
    make(tmp_path / "in", "groupa_4211_1_lab.zip", thief)
    roster = read_roster(written(tmp_path / "r.csv", CANVAS_GROUPS))
    called, told = call_by_roster(list(find([tmp_path / "in"])), roster)
    people = {
        one.path.name: [each.number for each in one.origin.submitters if each.number]
        for one in called
    }
    assert people["groupa_4211_1_lab.zip"] == ["321", "322"]
    assert people[thief] == ([] if said else ["323"]) and said in "\n".join(map(str, told))


def test_a_member_who_hands_in_alone_keeps_the_own_submission(tmp_path: Path) -> None:
    table = CANVAS_GROUPS.replace("Max Muster,4212", "Max Muster,")
    make(tmp_path / "in", "groupa_101_1_lab.zip", "doejane_4211_2_lab.zip")
    people, _ = members(tmp_path / "in", read_roster(written(tmp_path / "r.csv", table)))
    assert people == {"doejane": ["321"], "groupa": ["322"]}


def test_a_name_typed_into_a_sakai_entry_takes_nobody_s_mark(tmp_path: Path) -> None:
    own, joint = "Vee, Ann(ann)", "Vee, Ann(ann); Mal, Lory(mal)"
    both = "Doe, Jane(jd); Roe, Lisa(lr)"
    make(tmp_path / "in", *(f"{name}/main.py" for name in (own, joint, both)))
    found = find([tmp_path / "in"])
    people = {one.path.name: [each.key for each in one.origin.submitters] for one in found}
    assert people == {own: ["ann"], joint: ["mal"], both: ["jd", "lr"]}
    told = "\n".join(map(str, found.notices))
    assert "names Ann Vee (ann), whom another entry names too" in told
    assert f"{both} names several students: Jane Doe (jd), Lisa Roe (lr)" in told
