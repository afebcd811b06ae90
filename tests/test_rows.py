"""A row of the tables is a student, whatever was submitted and under whatever name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote

import pytest

from grader.report.exports import FILE_NAMES
from grader.runs import SubmissionEntry
from grader.runs.renaming import with_former_names
from tests.classroom import Classroom, rows

METADATA = """---
submission_1:
  :submitters:
  - :name: Jane Doe
    :sid: '3210000001'
    :email: a@example.org
  - :name: Max Muster
    :sid: '3210000002'
    :email: b@example.org
  :created_at: 2026-11-20 21:26:00.000000000 Z
submission_2:
  :submitters:
  - :name: 'Lisa: Roe'
    :sid: '3210000003'
    :email: c@example.org
  :created_at: 2026-11-20 22:00:00.000000000 Z
"""


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Classroom:
    return Classroom(tmp_path, monkeypatch)


def roster(room: Classroom, *people: str) -> Path:
    path = room.folder.parent / "roster.csv"
    path.write_text("\n".join(["number,name", *people]), encoding="utf-8")
    return path


def test_who_is_known_by_the_platforms_key_alone_is_one_row(room: Classroom) -> None:
    for name, right in {
        "51234-7654321 - Jane Doe - Nov 21, 2026 805 AM": 26,
        "51234-7654321 - Jane Doe - Nov 20, 2026 926 PM": 13,
        "51299-7654321 - Max Muster - Nov 20, 2026 1103 PM": 20,
    }.items():
        room.submit(name, right)
    room.grade()
    assert sorted(row["name"] for row in room.table().values()) == ["Jane Doe", "Max Muster"]
    assert sorted(room.scores().values()) == ["100", "90"]
    # The same ones, when the roster tells numbers; what was decided follows the student.
    room.told("override", "Jane Doe", "--points", "-1", "--reason", "late")
    names = set(room.scores())
    room.grade("--roster", roster(room, "3210000001,Jane Doe", "3210000002,Max Muster"))
    assert set(room.scores()) == names and sorted(room.scores().values()) == ["90", "99"]
    # And of the attempts the one that the policy says.
    room.told("rescore", "--set", 'policy.attempts="first"')
    assert len(room.scores()) == 2 and "99" not in room.scores().values()


def test_a_groups_submission_is_a_row_for_each_of_its_students(room: Classroom) -> None:
    room.submit("submission_1", 26)
    room.submit("submission_2", 13)
    (room.folder / "submission_metadata.yml").write_text(METADATA, encoding="utf-8")
    people = ("3210000001,Jane Doe", "3210000002,Max Muster", "3210000003,Lisa: Roe")
    room.grade("--roster", roster(room, *people))
    marks = {row["number"]: row["score"] for row in room.table().values()}
    assert marks.pop("3210000003") != "100"
    assert marks == {"3210000001": "100", "3210000002": "100"}
    assert "similar" not in str(room.table()), "a group copied from nobody"
    # What is decided about one of them is about nobody else.
    room.told("override", "3210000002", "--set-points", "70", "--reason", "did less")
    changed = {row["number"]: row["score"] for row in room.table().values()}
    assert changed["3210000001"] == "100" and changed["3210000002"] == "70"
    for each in ("canvas", "moodle", "blackboard", "gradescope", "student-pages", "xlsx"):
        room.told("export", each)
    canvas = {row["SIS User ID"]: row for row in rows(room.out / "canvas.csv")}
    assert "70" in canvas["3210000002"].values() and "100" in canvas["3210000001"].values()
    # One who left the group, and submits alone, is still one row.
    room.submit("submission_3", 20)
    alone = METADATA.partition("submission_2:")[2].replace("Lisa: Roe", "Max Muster")
    alone = alone.replace("3210000003", "3210000002").replace("22:00", "23:00")
    text = METADATA + "submission_3:" + alone
    (room.folder / "submission_metadata.yml").write_text(text, encoding="utf-8")
    room.grade()
    marks = {row["number"]: row["score"] for row in room.table().values()}
    assert len(room.table()) == 3 and marks["3210000001"] == "100" and marks["3210000002"] == "90"
    assert "to confirm" in str(room.table()), "what was decided about the former one"
    room.told("override", "Max Muster", "--confirm")
    assert {row["number"]: row["score"] for row in room.table().values()}["3210000002"] == "70"


def test_who_submitted_nothing_can_be_given_a_mark(room: Classroom) -> None:
    room.submit("3210000001_ann", 26)
    room.grade("--roster", roster(room, "3210000001,ann", "3210000002,bob"))
    assert room.table()["3210000002_bob"]["status"] == "absent"
    assert room.scores()["3210000002_bob"] == ""
    code, said = room.run("override", "3210000002", "--points", "3", "--reason", "oral")
    assert code == 2 and "--set-points" in said
    room.told("override", "3210000002", "--set-points", "60", "--reason", "was ill, oral exam")
    assert room.scores() == {"3210000001_ann": "100", "3210000002_bob": "60"}
    room.told("override", "bob", "--points", "5", "--reason", "again")
    assert room.scores()["3210000002_bob"] == "65"
    # What comes later is another thing: the decision is told, and holds once it is confirmed.
    room.submit("3210000002 bob", 20)
    room.grade()
    (theirs,) = [row for row in room.table().values() if row["number"] == "3210000002"]
    assert theirs["score"] not in ("", "65") and "to confirm" in theirs["overrides"]
    room.told("override", "bob", "--confirm")
    (theirs,) = [row for row in room.table().values() if row["number"] == "3210000002"]
    assert theirs["score"] == "65"


def entry(
    name: str, digest: str, state: Literal["present", "gone"], *formerly: str
) -> SubmissionEntry:
    return SubmissionEntry(
        id=name, name=name, source="", digest=digest, given="", state=state, formerly=formerly
    )


@pytest.mark.parametrize(
    ("entries", "formerly"),
    [
        ([("old", "a", "gone")], ("old",)),
        ([("old", "b", "gone")], ()),
        ([("old", "a", "gone"), ("other", "a", "gone")], ()),
        ([("old", "a", "gone"), ("copy", "a", "present")], ()),
        ([("one", "a", "present")], ()),
        ([("first", "a", "gone"), ("second", "a", "gone", "first")], ("second", "first")),
        ([("second", "a", "gone", "new")], ("second",)),
    ],
)
def test_a_decision_follows_files_only_where_they_tell_whose_they_are(
    entries: list[tuple[Any, ...]], formerly: tuple[str, ...]
) -> None:
    new = entry("new", "a", "present")
    assert (
        with_former_names([*(entry(*each) for each in entries), new], ())[-1].formerly == formerly
    )
    assert with_former_names([*(entry(*each) for each in entries), new], ["new"])[-1].formerly == ()


def test_what_is_decided_about_a_copy_that_goes_is_not_its_twins(room: Classroom) -> None:
    room.submit("ann", 26)
    room.submit("bob", 26)
    room.grade()
    room.told("override", "bob", "--points", "-50", "--reason", "copied")
    (room.folder / "bob" / "main.py").unlink()
    (room.folder / "bob").rmdir()
    room.grade()
    assert room.scores() == {"ann": "100"} and "copied" not in str(room.table())


def test_a_number_that_two_claim_is_in_no_gradebook(room: Classroom) -> None:
    room.submit("3210000001_ann", 26)
    room.submit("3210000002_bob", 26)
    room.submit("3210000002_cyd", 13)
    room.grade()
    assert {row["number"] for row in room.table().values()} == {"3210000001", ""}
    for each in ("canvas", "moodle", "blackboard", "brightspace", "sakai"):
        said = room.told("export", each)
        assert "bob" in said and "cyd" in said and "ann" not in said
        table = (room.out / FILE_NAMES[each]).read_bytes()
        table = table.replace(b"\0", b"")  # of UTF-16
        assert b"3210000001" in table and b"bob" not in table
    page = room.out / "report" / "staff" / f"{next(n for n in room.scores() if 'cyd' in n)}.html"
    assert "claims the number 3210000002" in page.read_text(encoding="utf-8")


def test_a_group_that_two_claim_leaves_no_member_as_absent(room: Classroom) -> None:
    for name in ("Group A_101", "Group A_888", "Ann_7"):
        room.submit(f"{name}_assignsubmission_file", 26)
    path = room.folder.parent / "roster.csv"
    people = ("3210000001,Jane Doe,Group A", "3210000002,Max Muster,Group A", "3210000003,Zoe,B")
    path.write_text("\n".join(["number,name,group", *people]), encoding="utf-8")
    room.grade("--roster", path, "--set", "policy.absent=0")
    assert sorted((row["number"], row["score"]) for row in room.table().values()) == [
        *[("", "100")] * 3,
        ("3210000003", "0"),
    ]


def test_a_name_of_two_is_said_of_neither_to_have_submitted_nothing(room: Classroom) -> None:
    room.submit("王五", 26)
    path = roster(room, "3210000001,王五", "3210000002,王五", "3210000003,赵六")
    said = room.grade("--roster", path, "--set", "policy.absent=0")
    assert "several students on the roster are called so" in " ".join(said.split())
    assert {row["name"]: row["score"] for row in room.table().values()} == {
        "王五": "100",
        "赵六": "0",
    }


def test_nobody_is_cut_from_the_list_of_who_submitted_nothing(room: Classroom) -> None:
    room.submit("3210000000_ann", 26)
    people = [f"3210000{n:03},Student of the family number {n:03}" for n in range(1, 41)]
    said = room.grade("--roster", roster(room, "3210000000,ann", *people))
    listed = re.findall(r"Student of the family number (\w+)", said)
    (more,) = re.findall(r"and (\d+) more", said)
    assert all(len(number) == 3 for number in listed) and len(listed) + int(more) == 40
    assert "…" not in said.partition("handed in nothing")[2].partition("\n")[0]
    assert len(room.table()) == 41
    require_links(room)
    (room.folder / "3210000000_ann").rename(room.folder / "3210000041_zoe")
    room.grade("--roster", roster(room, "3210000041,zoe"))
    page = (room.out / "report" / "index.html").read_text(encoding="utf-8")
    assert "Student_of_the_family_number_040" in page, "who is gone is named"
    require_links(room)


def require_links(room: Classroom) -> None:
    """All links of the pages lead to a page."""
    for page in (room.out / "report").rglob("*.html"):
        for target in re.findall(r'href="([^"#:]+)"', page.read_text(encoding="utf-8")):
            assert (page.parent / unquote(target)).exists(), (page, target)
