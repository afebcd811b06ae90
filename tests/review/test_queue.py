"""Who is shown to whom: needs, shares, and what is counted."""

from __future__ import annotations

from pathlib import Path

from grader.evidence.findings import make_finding
from grader.review import queue
from grader.review.needs import NEEDS
from tests.make import handed_in_late
from tests.report import make
from tests.review.folder import Reviewing, class_of, stored


def test_shares_are_a_partition_of_the_queue(tmp_path: Path) -> None:
    rows = Reviewing(class_of(tmp_path, 30)).desk.rows().values()
    for many in (1, 2, 7):
        parts = [
            {
                one.id
                for one in queue.arranged(
                    rows, queue.QueueView(need="all", share=f"{n}/{many}"), "s"
                )
            }
            for n in range(1, many + 1)
        ]
        assert sum(map(len, parts)) == 30 and set().union(*parts) == {one.id for one in rows}


def test_a_share_that_cannot_be_is_said_to_be_none(tmp_path: Path) -> None:
    ann = Reviewing(class_of(tmp_path, 4)).person("Ann")
    for share in ("2", "3/2", "0/0", "Anm"):
        assert "There is no share" in ann.get("/", params={"share": share}).text, share
    for share in ("", "1/2", "ann"):
        assert "There is no share" not in ann.get("/", params={"share": share}).text, share


def test_everything_of_a_made_up_class_is_found_by_its_need(tmp_path: Path) -> None:
    reviewing = Reviewing(class_of(tmp_path, 30))
    ann, rows = reviewing.person("Ann"), list(reviewing.desk.rows().values())
    counted = queue.counts(rows)
    assert counted["ungraded"] and counted["report"] and set(counted) <= {*NEEDS, "any", "all"}
    for need in NEEDS:
        page = ann.get(f"/?need={need}").text
        assert page.count("<tr data-page") == counted[need], need


def test_what_is_late_is_told_and_found(tmp_path: Path) -> None:
    every = [make.one(n) for n in range(6)]
    every[2] = handed_in_late(every[2])
    ann = Reviewing(stored(tmp_path, every)).person("Ann")
    found = ann.get("/?need=late").text
    assert found.count("<tr data-page") == 1 and every[2].submission.name in found
    assert ann.get("/?need=all").text.count('<span class="chip late">') == 1
    chips = [ann.get(f"/s/{one.submission.id}.html").text.count("chip late") for one in every]
    assert chips == [0, 0, 1, 0, 0, 0]


def test_a_class_without_lateness_has_no_filter_of_it(tmp_path: Path) -> None:
    assert "need=late" not in Reviewing(class_of(tmp_path, 4)).person("Ann").get("/").text


def test_which_of_several_versions_counts_is_for_a_person(tmp_path: Path) -> None:
    facts = {"path": "main.py", "more": "", "used": "lab-1.zip", "others": "lab.zip"}
    elsewhere = {"function": "predict", "entry": "main.py", "found": "a/main.py"}
    said = [
        make_finding("handed-in-twice", facts),
        make_finding("entry-elsewhere", elsewhere, others=" It is in b/main.py, too."),
        make_finding("entry-elsewhere", elsewhere, others=""),
    ]
    every = [make.one(n).model_copy(update={"findings": (found,)}) for n, found in enumerate(said)]
    ann = Reviewing(stored(tmp_path, every)).person("Ann")
    found = ann.get("/?need=version").text
    shown = [one.submission.name in found for one in every]
    assert shown == [True, True, False]
    page = ann.get(f"/s/{every[0].submission.id}.html").text
    assert "lab-1.zip 中的，未采用 lab.zip 中的" in page
