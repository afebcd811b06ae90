"""The pages while a class runs: what is done, what runs, and rows that come."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from grader.cli import progress
from grader.engine.contract import Event
from grader.evidence import Stage
from grader.runs.notes import RowNotes
from tests import submissions
from tests.review.folder import Reviewing, stored
from tests.review.test_deciding import waiting


def test_how_far_a_class_is_can_be_read_until_it_ends(tmp_path: Path) -> None:
    with progress.Progress(tmp_path, 3) as running:
        running.event(Event("ann", Stage.PREDICT, 5, 130))
        running.ended("bob")
        running._write()
        found = progress.read(tmp_path)
        assert found is not None and (found.done, found.total) == (1, 3)
        assert found.now == (("ann", "predict", "5/130"),)
    assert progress.read(tmp_path) is None
    (tmp_path / progress.FILE_NAME).write_text(json.dumps({"pid": 2**22 + 1}))  # of a killed grader
    assert progress.read(tmp_path) is None
    (tmp_path / progress.FILE_NAME).write_text(json.dumps({"pid": os.getpid()}))
    assert progress.read(tmp_path) is None


def test_a_window_is_told_who_is_where_and_what_was_decided(tmp_path: Path) -> None:
    from grader.review.events import Presence, _now
    from grader.review.sessions import Person

    reviewing = Reviewing(stored(tmp_path / "out", [waiting(n) for n in range(2)]))
    here, ann = Presence(), Person("Ann")
    here.come("s0000", ann)
    here.come("s0000", Person("Bob"))
    told = _now(reviewing.desk, here, "s0000")
    assert told["here"] == {"s0000": ["Ann", "Bob"]} and told["needs"]["report"] == 2
    before = told["version"]
    here.go("s0000", ann)
    seen = reviewing.desk.rows()["s0000"]
    want = {"name": "0" * 32, "page": "s0000", "version": seen.version, "what": "complete",
            "reason": "r"}  # fmt: skip
    assert reviewing.person("Bob").post("/decide", json={"wants": [want]}).status_code == 200
    told = _now(reviewing.desk, here, "s0000")
    assert told["here"] == {"s0000": ["Bob"]} and told["needs"]["report"] == 1
    assert told["version"] != before and told["unpublished"] == 1
    # Who waits for the grader, and when no more: the same evidence may come of it again.
    assert not told["waits"]
    assert reviewing.person("Bob").post("/again", json={"pages": ["s0000"]}).status_code == 200
    assert _now(reviewing.desk, here, seen.handle)["waits"]


@pytest.mark.thorough
def test_one_submission_alone_is_examined_again(tmp_path: Path) -> None:
    hidden, out, folder = submissions.colours(tmp_path / "i"), tmp_path / "out", tmp_path / "class"
    for name in ("ann", "bob"):
        submissions.submission(folder / name, {"main.py": submissions.honest()})
    words = (folder, "--hidden", hidden, "--out", out)
    assert submissions.grade(*words).returncode == 0
    before = {p.stem: p.read_bytes() for p in (out / "evidence").glob("*.json")}
    done = submissions.grade(*words, "--only", "Bob")  # by name
    assert done.returncode == 0, done.stdout + done.stderr
    after = {p.stem: p.read_bytes() for p in (out / "evidence").glob("*.json")}
    assert after["ann"] == before["ann"] and after["bob"] != before["bob"]
    refused = submissions.grade(*words, "--only", "nobody")
    assert refused.returncode == 2 and "ann, bob" in refused.stderr
    # what a person wished on the pages is done by the next grader, once, beside nothing else
    RowNotes(out, "again").write("ann", "Ann")
    done = submissions.grade(*words)
    assert done.returncode == 0, done.stdout + done.stderr
    wished = {p.stem: p.read_bytes() for p in (out / "evidence").glob("*.json")}
    assert wished["ann"] != after["ann"] and wished["bob"] == after["bob"]
    assert (out / "former/ann/1.json").read_bytes() == after["ann"]
    assert submissions.grade(*words).returncode == 0
    assert {p.stem: p.read_bytes() for p in (out / "evidence").glob("*.json")} == wished
