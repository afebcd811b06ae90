"""Decisions of several persons at once: none is lost, none is applied to what nobody saw."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from grader.cli.desk import ClassDesk
from grader.decisions import Decisions
from grader.evidence import Records
from grader.evidence.findings import make_finding
from grader.review.desk import QueueRow
from grader.scoring import Override
from grader.store import Store
from tests import make, submissions
from tests.report import make as made
from tests.review.folder import Reviewing, stored


def waiting(number: int, correct: int = 108):  # type: ignore[no-untyped-def]
    """Evidence whose mark a report decides: 83 % and a report that nobody has confirmed."""
    evidence = made.one(0)
    told = {"id": f"s{number:04}", "name": f"Ann {number}", "number": f"32101{number:05}"}
    return evidence.model_copy(
        update={
            "key": f"key{number}",
            "submission": evidence.submission.model_copy(update=told),
            "answers": make.answers(correct),
            "records": Records(reports=("report.md",), records=("train.log",)),
            "checks": (),
            "findings": (),
            "fingerprint": type(evidence.fingerprint)(),
        }
    )


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return stored(tmp_path / "out", [waiting(n) for n in range(4)])


def want(row: QueueRow, what: str = "complete", **more: object) -> dict[str, object]:
    return {"name": uuid4().hex, "page": row.page, "version": row.version, "what": what,
            "reason": "report and curves are there", **more}  # fmt: skip


def decide(client: TestClient, *wants: dict[str, object], path: str = "/decide"):  # type: ignore[no-untyped-def]
    return client.post(path, json={"wants": list(wants)})


def row(reviewing: Reviewing, place: int = 0) -> QueueRow:
    return list(reviewing.desk.rows().values())[place]


def test_a_confirmed_report_changes_the_mark_everywhere(out: Path) -> None:
    reviewing = Reviewing(out)
    ann, before = reviewing.person("Ann"), row(reviewing)
    assert before.needs == ("report",) and before.if_complete == 100
    assert "the report decides the mark" in ann.get("/").text
    answer = decide(ann, want(before))
    assert answer.json()["rows"][0]["score"] == 100
    assert row(reviewing).needs == () and row(reviewing).score == 100
    (kept,) = Decisions(out).all()
    assert (kept.author, kept.report, kept.key) == ("Ann", "complete", "key0")
    # the same store as `grade override`: an export has the mark, and so has a page once published
    done = submissions.grade("export", "json", "--out", out, "--to", out / "e.json")
    assert done.returncode == 0, done.stderr
    scores = {one["id"]: one["score"] for one in json.loads((out / "e.json").read_text())["grades"]}
    assert scores["s0000"] == 100 > scores["s0001"]


def test_a_conflict_shows_both_and_records_nothing(out: Path) -> None:
    reviewing = Reviewing(out)
    ann, bob, seen = reviewing.person("Ann"), reviewing.person("Bob"), row(reviewing)
    assert decide(ann, want(seen)).status_code == 200
    mine = want(seen, "incomplete", reason="no curves")
    answer = decide(bob, mine)
    assert answer.status_code == 409
    (conflict,) = answer.json()["conflicts"]
    assert conflict["theirs"][0]["author"] == "Ann"
    assert conflict["theirs"][0]["reason"] == "report and curves are there"
    assert len(Decisions(out).all()) == 1 and row(reviewing).score == 100
    # having seen it, Bob decides all the same
    assert decide(bob, {**mine, "version": conflict["version"]}).status_code == 200
    assert [each.author for each in Decisions(out).all()] == ["Ann", "Bob"]
    assert row(reviewing).score == seen.score
    # who has seen Ann's alone is shown what came after it
    late = {**mine, "name": uuid4().hex, "version": conflict["version"]}
    decide(ann, want(row(reviewing), "undo"))
    (conflict,) = decide(bob, late).json()["conflicts"]
    assert [(one["author"], one["says"]["en"]) for one in conflict["theirs"]] == [
        ("Bob", "incomplete"), ("Ann", "taken back"),
    ]  # fmt: skip


def test_a_decision_of_the_command_line_is_a_conflict_too(out: Path) -> None:
    reviewing = Reviewing(out)
    ann, seen = reviewing.person("Ann"), row(reviewing)
    with Decisions(out).book() as book:
        book.add(
            Override(
                id="s0000", decision="0" * 32, key="key0", points=1, reason="r", author="cli",
                time="2026-01-01T00:00:00Z",
            )
        )  # fmt: skip
    assert decide(ann, want(seen)).status_code == 409


def test_what_is_decided_about_older_evidence_is_asked_again(out: Path) -> None:
    reviewing = Reviewing(out)
    ann, seen = reviewing.person("Ann"), row(reviewing)
    assert (
        decide(ann, want(seen, "points", number=-3)).json()["rows"][0]["score"]
        == (seen.score or 0) - 3
    )
    again = waiting(0).model_copy(update={"key": "another"})
    Store(out).write(again, "")
    fresh = Reviewing(out)
    ann, now = fresh.person("Ann"), row(fresh)
    assert now.needs[0] == "again" and now.score == seen.score
    old = decide(ann, want(seen))  # whoever still sees the old one
    assert old.status_code == 409 and old.json()["conflicts"][0]["theirs"] == []
    assert decide(ann, want(now, "confirm")).json()["rows"][0]["score"] == (seen.score or 0) - 3
    assert "again" not in row(fresh).needs


def test_one_confirmation_takes_over_all_former_decisions_and_the_page_says_the_mark_first(
    out: Path,
) -> None:
    reviewing = Reviewing(out)
    ann, before = reviewing.person("Ann"), row(reviewing).score or 0
    for number in (1, 1.5, 0.5):
        decide(ann, want(row(reviewing), "points", number=number))
    Store(out).write(waiting(0).model_copy(update={"key": "another"}), "")
    fresh = Reviewing(out)
    ann = fresh.person("Ann")
    assert f"→ {before + 3:g}<" in ann.get("/s/s0000.html").text
    wanted = want(row(fresh), "confirm", reason="")
    assert decide(ann, wanted).json()["rows"][0]["score"] == before + 3
    assert decide(ann, wanted).status_code == 200  # sent twice
    assert len(Decisions(out).all()) == 6
    assert "again" not in row(fresh).needs and row(fresh).score == before + 3


def test_u_takes_back_ones_own_and_others_only_by_name(out: Path) -> None:
    reviewing = Reviewing(out)
    ann, bob = reviewing.person("Ann"), reviewing.person("Bob")
    before = row(reviewing).score or 0
    decide(ann, want(row(reviewing), "points", number=1))
    refused = decide(bob, want(row(reviewing), "undo", reason=""))
    assert refused.status_code == 422 and len(Decisions(out).all()) == 1
    decide(bob, want(row(reviewing), "points", number=2))
    answer = decide(ann, want(row(reviewing), "undo", reason=""))
    assert answer.json()["rows"][0]["score"] == before + 2  # Ann's own, though Bob's is later
    theirs = next(each.decision for each in Decisions(out).all() if each.points == 2)
    assert f'data-meant="{theirs}"' in ann.get("/s/s0000.html").text
    decide(ann, want(row(reviewing), "undo", reason="", meant=theirs))
    assert row(reviewing).score == before
    assert ann.get("/s/s0000.html").text.count("taken back by Ann") == 2


def test_a_running_server_takes_up_new_evidence(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.cli.kept_rows.LOOK_SECONDS", 0.0)
    desk = ClassDesk(out, "en")
    before, edition = desk.rows()["s0001"], desk.edition
    Store(out).write(waiting(1, correct=130).model_copy(update={"key": "new"}), "")
    desk.refresh()
    after = desk.rows()["s0001"]
    assert after.version != before.version and after.correct == 130 and desk.edition > edition


@pytest.mark.thorough
def test_two_persons_decide_two_hundred_at_once_and_none_is_lost(tmp_path: Path) -> None:
    out = stored(tmp_path / "out", [waiting(n) for n in range(20)])
    reviewing = Reviewing(out)
    recorded: dict[str, list[str]] = {"Ann": [], "Bob": []}

    def work(name: str) -> None:
        client = reviewing.person(name)
        for turn in range(100):
            while True:  # a conflict is shown, and decided again with what was seen then
                seen = row(reviewing, turn % 20)
                mine = want(seen, "points", number=0.01, reason=f"{name} {turn}")
                answer = decide(client, mine)
                if answer.status_code == 200:
                    recorded[name].append(str(mine["name"]))
                    break
                assert answer.status_code == 409

    workers = [threading.Thread(target=work, args=[name]) for name in recorded]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    kept = {each.decision: each.author for each in Decisions(out).all()}
    assert len(kept) == 200
    for name, mine in recorded.items():
        assert len(mine) == 100 and {kept[one] for one in mine} == {name}


def test_a_decision_that_is_sent_twice_counts_once(out: Path) -> None:
    reviewing = Reviewing(out)
    ann, mine = reviewing.person("Ann"), want(row(reviewing), "points", number=2)
    assert decide(ann, mine).status_code == decide(ann, mine).status_code == 200
    assert len(Decisions(out).all()) == 1


def test_undo_is_one_more_document(out: Path) -> None:
    reviewing = Reviewing(out)
    ann, seen = reviewing.person("Ann"), row(reviewing)
    decide(ann, want(seen))
    decide(ann, want(row(reviewing), "undo", reason=""))
    assert len(Decisions(out).all()) == 2
    assert row(reviewing).score == seen.score and row(reviewing).needs == ("report",)
    # What was taken back is nobody's decision any more, and no reason to offer.
    assert row(reviewing).decided == "" and reviewing.desk.reasons() == []
    answer = decide(ann, want(row(reviewing), "undo", reason=""))
    assert answer.status_code == 422 and "zh" in answer.json()["refused"]


def test_many_at_once_are_previewed_and_recorded_together_or_not_at_all(out: Path) -> None:
    reviewing = Reviewing(out)
    ann, rows = reviewing.person("Ann"), list(reviewing.desk.rows().values())
    wants = [want(each) for each in rows]
    effects = decide(ann, *wants, path="/preview").json()["rows"]
    assert [(one["before"], one["score"]) for one in effects] == [(rows[0].score, 100)] * 4
    assert Decisions(out).all() == ()
    stale = [*wants[:3], {**wants[3], "version": "0" * 24}]
    assert decide(ann, *stale).status_code == 409 and Decisions(out).all() == ()
    assert decide(ann, *wants).status_code == 200
    assert len(Decisions(out).all()) == 4 and ann.get("/").text.count("<tr data-page") == 0
    assert reviewing.desk.reasons() == [("report and curves are there", 4)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"what": "points", "number": 1e9},
        {"what": "points"},
        {"what": "points", "number": 0},
        {"what": "complete", "reason": "  "},
        {"what": "confirm"},
    ],
)
def test_what_cannot_be_recorded_is_said_in_both_languages(
    out: Path, wrong: dict[str, object]
) -> None:
    reviewing = Reviewing(out)
    answer = decide(reviewing.person("Ann"), want(row(reviewing), **wrong))  # type: ignore[arg-type]
    assert answer.status_code == 422 and Decisions(out).all() == ()
    assert answer.json()["refused"]["zh"] != answer.json()["refused"]["en"]


def test_nonsense_and_who_has_not_signed_are_refused(out: Path) -> None:
    reviewing = Reviewing(out)
    nobody, ann = reviewing.person(""), reviewing.person("Ann")
    assert decide(nobody, want(row(reviewing))).status_code == 403
    assert nobody.post("/sign", json={"name": " Eve\n "}).json() == {"name": "Eve"}
    assert decide(nobody, want(row(reviewing))).status_code == 200
    good = want(row(reviewing, 1))
    for change in ({"what": "erase"}, {"name": "../../x"}, {"page": ""}, {"extra": 1},
                   {"number": "NaN"}, {"reason": 3}):  # fmt: skip
        assert decide(ann, {**good, **change}).status_code == 400, change
    assert (
        ann.post(
            "/decide", content="[" * 10_000, headers={"content-type": "application/json"}
        ).status_code
        == 400
    )
    assert decide(ann, {**good, "page": "nobody"}).status_code == 422
    assert len(Decisions(out).all()) == 1


def test_a_name_that_nobody_can_read_is_refused(out: Path) -> None:
    reviewing = Reviewing(out)
    ann = reviewing.person("Ann")
    for name in ("\u200b\u2060", " \t ", "\u202e", "…"):
        answer = ann.post("/sign", json={"name": name})
        assert answer.status_code == 422 and answer.json()["refused"]["zh"], name
        nobody = reviewing.person(name)
        assert decide(nobody, want(row(reviewing))).json() == {"error": "sign"}, name
    assert ann.post("/sign", json={"name": " 李\u202e  雷 "}).json() == {"name": "李 雷"}
    assert decide(ann, want(row(reviewing))).status_code == 200
    assert [each.author for each in Decisions(out).all()] == ["李 雷"]


def test_words_that_change_no_mark_settle_or_raise_a_need(tmp_path: Path) -> None:
    edge = waiting(0, correct=110).model_copy(update={"records": Records()})  # 111 are 85 %
    reviewing = Reviewing(stored(tmp_path / "out", [edge]))
    ann, seen = reviewing.person("Ann"), row(reviewing)
    assert seen.needs == ("edge",)
    decide(ann, want(seen, "look", reason="is this right?"))
    assert row(reviewing).needs == ("look", "edge") and row(reviewing).score == seen.score
    decide(ann, want(row(reviewing), "stands", reason="looked"))
    assert row(reviewing).needs == () and row(reviewing).score == seen.score


def test_the_next_one_is_the_next_that_needs_a_person_in_the_filter(out: Path) -> None:
    reviewing = Reviewing(out)
    ann = reviewing.person("Ann")

    def after(page: str, more: str = "") -> str:
        return ann.get(f"/next?after={page}{more}").headers["location"].partition("?")[0]

    assert after("s0000") == "/s/s0001.html"
    decide(ann, want(row(reviewing, 1)))
    assert after("s0000") == "/s/s0002.html" == after("s0001", "&was=report")
    assert after("s0003") == "/s/s0000.html"
    assert after("s0000", "&need=all&order=id&step=1") == "/s/s0001.html"
    # Who is decided stands no more in the filter; its place does, for those before and after.
    assert after("s0001", "&was=report&step=1") == "/s/s0002.html"
    assert after("s0001", "&was=report&step=-1") == "/s/s0000.html"
    assert after("s0000", "&need=copies") == "/"
    for place in (0, 2):
        decide(ann, want(row(reviewing, place)))
    alone = ann.get("/next?after=s0003").headers["location"]
    assert alone.startswith("/s/s0003.html?") and "ended=1" in alone  # said there: no other one
    decide(ann, want(row(reviewing, 3)))
    assert "ended=1" in ann.get("/next?after=s0003").headers["location"]
    assert after("s0003") == "/"


def test_marking_without_names_shows_none(out: Path) -> None:
    reviewing = Reviewing(out)
    ann = reviewing.person("Ann")
    queued = ann.get("/?order=blind").text
    place = ann.get("/next?order=blind").headers["location"]
    told = queued.split('<table class="rows">')[1].split("</table>")[0] + place
    shown = ann.get(place).text
    for one in reviewing.desk.rows().values():
        assert one.handle in queued
        assert one.name not in told and one.number not in told + shown and one.name not in shown
        assert one.id not in told and one.id not in shown
    # What is answered has no names either, and a refusal says nothing of the command line.
    blind = row(reviewing)
    wanted = {**want(blind, "look"), "page": blind.handle}
    answer = decide(ann, wanted, path="/preview").json()["rows"][0]
    assert answer["name"] == answer["page"] == blind.handle
    far = {**want(blind, "points", number=1e9), "page": blind.handle}
    refused = decide(ann, far).json()["refused"]["en"]
    assert refused.startswith(f"{blind.handle}: ") and "--" not in refused
    assert decide(ann, want(blind, "points", number=1e9)).json()["refused"]["en"].startswith("Ann")


def test_all_that_cannot_be_recorded_are_named_at_once(out: Path) -> None:
    reviewing = Reviewing(out)
    ann, rows = reviewing.person("Ann"), list(reviewing.desk.rows().values())
    far = {rows[1].page, rows[3].page}
    wants = [want(r, "points", number=1e9 if r.page in far else 1) for r in rows]
    answer = decide(ann, *wants, path="/preview")
    assert answer.status_code == 422
    assert {one["page"] for one in answer.json()["each"]} == far
    assert decide(ann, *wants).status_code == 422 and Decisions(out).all() == ()
    assert decide(ann, wants[0], wants[2]).status_code == 200


def test_partners_have_no_names_where_marking_is_without_names(tmp_path: Path) -> None:
    facts = {"same": 9, "wrong": 12, "rare": 7, "other": "Li Si (Li_Si)", "ids": "Li_Si"}
    alike = waiting(0).model_copy(update={"findings": (make_finding("similar-answers", facts),)})
    reviewing = Reviewing(stored(tmp_path / "out", [alike]))
    ann, seen = reviewing.person("Ann"), row(reviewing)
    named = ann.get(f"/s/{seen.page}.html").text
    shown = ann.get(f"/s/{seen.handle}.html?order=blind").text
    assert "Li Si" in named and "Li_Si" in named
    assert "Li Si" not in shown and "Li_Si" not in shown and "9 of 12" in shown
    assert seen.id not in shown
