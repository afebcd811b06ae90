"""What a team notes beside decisions, and what it is shown of what changed."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from grader.cli.only import wishes
from grader.cli.reviewed import Reviewed
from grader.decisions import Decisions
from grader.evidence import Evidence, Origin, Submitter
from grader.runs import RunFolder
from grader.runs.notes import RowNote, RowNotes, waits
from grader.store import Store
from tests import make
from tests.review.folder import Reviewing, stored
from tests.review.test_deciding import decide, row, waiting, want


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return stored(tmp_path / "out", [waiting(n) for n in range(4)])


def pages(client: TestClient, asked: str) -> set[str]:
    text = client.get(asked).text
    return {name for name in ("s0000", "s0001", "s0002", "s0003") if f'data-page="{name}"' in text}


def test_what_is_given_to_one_is_nobody_elses(out: Path) -> None:
    reviewing = Reviewing(out)
    ann, bob = reviewing.person("Ann"), reviewing.person("Bob")
    given = {"pages": ["s0001", "s0003"], "to": " Bob "}
    assert ann.post("/give", json=given).status_code == 200
    assert pages(bob, "/?share=bob") == {"s0001", "s0003"}
    halves = [pages(ann, f"/?share={n}/2") for n in (1, 2)]
    assert halves[0] | halves[1] == {"s0000", "s0002"} and not halves[0] & halves[1]
    assert pages(ann, "/") == {"s0000", "s0001", "s0002", "s0003"}
    # another server over the same folder has it, too; what is given back is everybody's
    assert pages(Reviewing(out).person("Cem"), "/?share=Bob") == {"s0001", "s0003"}
    assert bob.post("/give", json={"pages": ["s0003"], "to": ""}).status_code == 200
    assert pages(ann, "/?share=Bob") == {"s0001"}
    assert Decisions(out).all() == ()  # no mark is concerned
    wrong = ann.post("/give", json={"pages": ["s0001", "nobody"], "to": "Cem"})
    assert wrong.status_code == 422 and "nobody" in wrong.json()["refused"]["zh"]
    assert pages(ann, "/?share=Cem") == set()


def test_only_who_has_signed_notes_something(out: Path) -> None:
    unsigned = Reviewing(out).person("")
    for path in ("/give", "/again"):
        assert unsigned.post(path, json={"pages": ["s0000"]}).status_code == 403
    assert not (out / "notes").exists()


def test_a_wish_to_examine_again_waits_until_an_examination_began_after_it(out: Path) -> None:
    reviewing = Reviewing(out)
    ann = reviewing.person("Ann")
    assert ann.post("/again", json={"pages": ["s0002"]}).status_code == 200
    assert "waits for the grader" in ann.get("/s/s0002.html").text
    assert "waits for the grader" not in ann.get("/s/s0001.html").text
    ((name, time),) = wishes(out)
    assert name == "s0002" and wishes(out, {(name, time)}) == set()
    # what was begun before the wish and ends now does not fulfil it
    evidence, store = Store(out).read("s0002"), Store(out)
    assert evidence is not None
    store.write(evidence.model_copy(update={"seconds": 9.0}), "")
    assert wishes(out)
    store.write(evidence.model_copy(update={"started": "2100-01-01T00:00:00+00:00"}), "")
    assert wishes(out) == set()


def test_a_wish_about_what_was_never_examined_waits() -> None:
    note = RowNote(id="a", author="Ann", time="2026-06-01T12:00:00.500000+00:00")
    started = {"": True, "nonsense": True, "2026-06-01T12:00:00+00:00": True,
               "2026-06-01T12:00:00": True, "2026-06-01T14:00:01+02:00": False}  # fmt: skip
    assert {text: waits(note, text) for text in started} == started
    assert not waits(None, "")


def test_notes_that_cannot_be_read_are_passed_over(tmp_path: Path) -> None:
    notes = RowNotes(tmp_path, "given")
    notes.write("a", "Ann", "Bob")
    (tmp_path / "notes/given/b.json").write_text("{")
    assert [note.to for note in RowNotes(tmp_path, "given").all().values()] == ["Bob"]


def test_what_changed_is_shown_between_publications_and_up_to_now(out: Path) -> None:
    reviewing = Reviewing(out)
    ann = reviewing.person("Ann")
    before = row(reviewing)
    assert "No mark differs." in ann.get("/changes").text
    assert decide(ann, want(before)).status_code == 200
    now = ann.get("/changes").text
    assert now.count('<th scope="row">') == 1 and "s0000" in now and "override" in now
    assert ann.post("/publish", json={}).status_code == 200
    run = RunFolder(out).read()
    assert run is not None and run.publication is not None and run.publication.number == 2
    for asked in ("/changes", "/changes?before=1&after=2", "/changes?before=1&after=0"):
        shown = ann.get(asked).text
        assert shown.count('<th scope="row">') == 1 and ">100</td>" in shown, asked
    assert "No mark differs." in ann.get("/changes?before=2&after=0").text
    gone = ann.get("/changes?before=77&after=2")
    assert gone.status_code == 422 and "77" in gone.json()["refused"]["en"]


def test_an_examination_that_changed_something_is_shown_against_the_one_before(
    out: Path,
) -> None:
    store = Store(out)
    former = store.read("s0000")
    assert former is not None
    better = former.model_copy(
        update={"started": "2100-01-01T00:00:00+00:00", "answers": make.answers(120)}
    )
    store.write(better, "")
    shown = Reviewing(out).person("Ann").get("/s/s0000.html").text
    assert "Examined again" in shown
    gained = sum(a.correct and not b.correct
                 for a, b in zip(better.answers, former.answers, strict=True))  # fmt: skip
    assert gained > 0 and f"{gained} images gained, " in shown


def test_each_attempt_is_shown_against_the_one_before_it(tmp_path: Path) -> None:
    """Three submissions in the platform's order, the second one examined twice; of a group."""
    jane, max_ = Submitter(name="Jane", number="1"), Submitter(name="Max", number="2")

    def submitted(number: int, day: int, right: int, *people: Submitter) -> Evidence:
        evidence: Evidence = waiting(number, right)
        origin = Origin(submitters=people, time=f"2026-11-2{day}T10:00:00")
        told = evidence.submission.model_copy(update={"origin": origin})
        return evidence.model_copy(update={"submission": told})

    # The last one was examined first: it took longest.
    group = submitted(2, 1, 60, jane, max_)
    examined = [submitted(1, 3, 130, max_), group, submitted(3, 2, 90, max_)]
    out = stored(tmp_path / "out", [
        one.model_copy(update={"started": f"2026-11-30T00:00:0{n}+00:00"})
        for n, one in enumerate(examined)
    ])  # fmt: skip
    anew = group.model_copy(
        update={"started": "2026-11-30T01:00:00+00:00", "answers": make.answers(70)}
    )
    Store(out).write(anew, "")
    desk = Reviewing(out).desk
    look = desk.look("s0001")
    assert look is not None
    told = [(each.before.id, each.after.id, each.again, each.after.counts, len(each.gained))
            for each in look.attempts]  # fmt: skip
    assert told == [
        ("s0003", "s0001", False, True, 40),
        ("s0002", "s0003", False, False, 20),
        ("s0002", "s0002", True, False, 10),
    ]
    scores = [each.after.score for each in look.attempts]
    assert scores == sorted(scores, key=lambda score: -(score or 0))
    assert [each.before.score for each in look.attempts][:-1] == scores[1:]
    look = desk.look("s0002")
    assert look is not None and [each.again for each in look.attempts] == [True]


def test_why_nothing_was_published_is_told_in_both_languages(out: Path) -> None:
    ann = Reviewing(out).person("Ann")
    (out / "run.json").write_text('{"schema_version": 99}', encoding="utf-8")
    refused = ann.post("/publish", json={})
    assert refused.status_code == 422
    told = refused.json()["refused"]
    assert told["en"] != told["zh"] and "grade" in told["en"]


def test_a_grader_that_serves_the_pages_is_told_of_each_wish_once(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.cli.reviewed.WISH_SECONDS", 0)
    pages = Reviewed(argparse.Namespace(review=True, out=out, lang="en"))
    assert not pages.wish()  # no pages are open
    RowNotes(out, "again").write("s0001", "Ann")
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as server:
        pages._server = server
        assert pages.wish()
        RowNotes(out, "again").write("s0001", "Ann")  # once more: a wish of its own
        assert pages.wish()
        server.kill()
        server.wait()
        assert not pages.wish()
