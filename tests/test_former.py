"""What an earlier grade wrote is read, or refused once with the cure; no mark falls unseen.

``former/0.1.0`` is an output folder as version 0.1.0 wrote it, of two submissions and a decision;
``former/run-1.json`` is a run's document of schema 1 about the same ones, with a setting.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from grader.runs import SCHEMA
from tests import make
from tests.classroom import Classroom

FORMER = Path(__file__).parent / "former"


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Classroom:
    return Classroom(tmp_path, monkeypatch)


def test_results_of_0_1_0_are_read_once_it_is_said_what_they_are_of(room: Classroom) -> None:
    shutil.copytree(FORMER / "0.1.0", room.out)
    before = room.scores()
    assert before == {"3210000001_ann": "100", "3210000002_bob": "98"}
    code, said = room.run("rescore")
    assert code == 2 and "--assignment" in said and room.scores() == before
    assert "0 of 2 marks changed" in room.told("rescore", "--assignment", make.HOME)
    assert room.scores() == before
    # From then on it is a run like any other: decisions are kept, and can be taken back.
    room.told("override", "3210000002", "--undo")
    assert room.scores() == {**before, "3210000002_bob": "95"}
    assert "override" in room.told("diff")


def test_a_document_of_the_first_schema_is_read(room: Classroom) -> None:
    assert SCHEMA == 1, "freeze a document of the new schema, too, and read all of them"
    shutil.copytree(FORMER / "0.1.0", room.out)
    shutil.copy(FORMER / "run-1.json", room.out / "run.json")
    room.told("rescore")
    assert room.scores() == {"3210000001_ann": "100", "3210000002_bob": "99"}
    assert json.loads((FORMER / "run-1.json").read_text("utf-8"))["id"] == room.document()["id"]
    room.told("rescore", "--unset", "policy.cost")
    assert room.scores() == {"3210000001_ann": "100", "3210000002_bob": "98"}


def test_a_mark_that_falls_without_a_persons_word_is_told(room: Classroom) -> None:
    room.submit("ann", 26)
    room.submit("bob", 20)
    room.grade()
    room.submit("ann", 13)
    said = room.grade()
    assert "no person decided that" in said and "bob" not in said.partition("no person")[0][-40:]
    page = (room.out / "report" / "index.html").read_text(encoding="utf-8")
    assert page.count("no person decided that") == 1
    said = room.told("rescore", "--set", "policy.cost=9")
    page = (room.out / "report" / "index.html").read_text(encoding="utf-8")
    assert "this mark falls" in said and "no person decided that" not in said + page
