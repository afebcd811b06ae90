"""What is recorded on the command line, and what is told of it."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path

import pytest

from tests.classroom import Classroom


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Classroom:
    return Classroom(tmp_path, monkeypatch)


def saved(room: Classroom, *decisions: dict[str, object]) -> Path:
    """A file of decisions, as the class page saves them."""
    path = room.folder.parent / "ta.json"
    told = {"reason": "by mail", "author": "Zhou"}
    path.write_text(json.dumps([{**told, **each} for each in decisions]), encoding="utf-8")
    return path


def decided(room: Classroom) -> dict[str, str]:
    """When each student's last decision was taken."""
    found = [json.loads(path.read_bytes()) for path in (room.out / "overrides").glob("*.json")]
    return {each["id"]: each["time"] for each in sorted(found, key=lambda one: one["time"])}


def class_of_two(room: Classroom) -> None:
    room.submit("3210000001_ann", 20)
    room.submit("3210000002_bob", 20)
    room.grade()


def test_a_decision_of_the_future_is_told_and_moves_no_time_of_others(room: Classroom) -> None:
    class_of_two(room)
    own = room.scores()["3210000001_ann"]
    file = saved(room, {"id": "3210000001_ann", "points": 1, "time": "2131-01-01T00:00:00Z"})
    assert "in the future" in room.told("override", "--from", file)
    assert "in the future" not in room.told("override", "bob", "--points", "1", "--reason", "r")
    this_year = str(datetime.now(timezone.utc).year)
    assert decided(room)["3210000002_bob"].startswith(this_year)
    # Of the same student, what is said last is the last word in any case.
    room.told("override", "ann", "--set-points", "7", "--reason", "r")
    assert room.scores()["3210000001_ann"] == "7"
    room.told("override", "ann", "--undo")
    room.told("override", "ann", "--undo")
    assert room.scores()["3210000001_ann"] == own


def test_a_decision_that_a_later_one_replaces_is_told(room: Classroom) -> None:
    class_of_two(room)
    room.told("override", "ann", "--set-points", "60", "--reason", "oral exam", "--author", "Li")
    room.told("override", "bob", "--report", "incomplete", "--reason", "no curves")
    earlier = datetime.now(timezone.utc).replace(year=2026, month=6, day=2).isoformat()
    said = room.told(
        "override", "--from",
        saved(
            room,
            {"id": "3210000001_ann", "points": 5, "time": earlier},
            {"id": "3210000002_bob", "report": "complete", "time": earlier},
        ),
    )  # fmt: skip
    told = [line for line in said.splitlines() if "a later decision stands" in line]
    assert len(told) == 2
    assert "ann (Zhou" in told[0] and "Li" in told[0] and "oral exam" in told[0]
    assert "no curves" in told[1]
    assert "0 of 2 marks changed" in said


def test_a_decision_about_an_earlier_submission_is_told(room: Classroom) -> None:
    class_of_two(room)
    about = {"id": "3210000001_ann", "points": 5, "time": "2026-06-02T00:00:00Z", "key": "other"}
    said = room.told("override", "--from", saved(room, about))
    assert "grade override 3210000001_ann --confirm" in said
    assert "0 of 2" not in room.told("override", "ann", "--confirm")


def test_where_nothing_is_decided_nothing_is_offered_to_be_taken_back(room: Classroom) -> None:
    class_of_two(room)
    for word, told in (("--undo", "nothing is decided"), ("--confirm", "nothing was decided")):
        code, said = room.run("override", "ann", word)
        assert code == 2 and told in said and "expected one of" not in said


def test_who_submitted_nothing_and_has_a_mark_is_reached_by_mail(room: Classroom) -> None:
    room.submit("3210000001_ann", 20)
    roster = room.folder.parent / "roster.csv"
    roster.write_text("number,name,email\n3210000001,ann,a@x.example\n3210000002,bob,b@x.example\n")
    room.grade("--roster", roster)
    room.told("override", "bob", "--set-points", "60", "--reason", "oral exam")
    said = room.told("export", "mail")
    assert "no page for" not in said


def test_a_folder_of_results_is_no_class(room: Classroom) -> None:
    class_of_two(room)
    out = room.folder.parent / "other"
    code, said = room.run(room.out, "--hidden", room.hidden, "--out", out)
    assert code == 2 and "folder of results" in said and "--out" in said


def test_a_publication_is_not_compared_with_itself(room: Classroom) -> None:
    class_of_two(room)
    said = room.told("diff")
    assert said.count("publication 1") == 1 and "marks changed" not in said
    room.told("override", "bob", "--points", "1", "--reason", "r")
    assert "1 of 2 marks changed" in room.told("diff")
