"""Pages on their way back: each to its own student, under names that the platform knows."""

from __future__ import annotations

import csv
import email
import io
import json
import re
import zipfile
from pathlib import Path

import pytest

from grader.evidence import Origin, Submitter
from grader.report import Context, Result, exports
from grader.report.exports.handing_back import TOKEN_DIGITS
from grader.scoring import Override, grade
from tests.report import make


def students(platform: str) -> list[Result]:
    lab, found = make.assignment(), []
    for number in (0, 1, 4, 2):  # 4 has no mark
        evidence = make.one(number)
        who = Submitter(name=f"Eve_{number}/", key=f"{900 + number}", email=f"s{number}@x.example")
        contested = "1" if number == 2 else ""  # may be another's
        origin = Origin(
            platform=platform, submitters=(who,), upload=f"{70 + number}", contested=contested
        )
        told = {"origin": origin, "id": f"id{number}"}
        submission = evidence.submission.model_copy(update=told)
        evidence = evidence.model_copy(update={"submission": submission})
        found.append(Result(evidence, grade(evidence, lab.policy, len(lab.classes))))
    return found


@pytest.mark.parametrize(
    ("way", "platform", "shape"),
    [
        ("moodle-feedback", "moodle", r"Eve \d_90\d_assignsubmission_file_feedback\.html"),
        ("canvas-feedback", "canvas", r"eve_90\d_7\d_feedback\.html"),
    ],
)
def test_a_platform_finds_each_student_by_its_own_keys(
    tmp_path: Path, way: str, platform: str, shape: str
) -> None:
    context = Context(make.assignment(), kept=tmp_path / "pictures")
    path, mine = tmp_path / "f.zip", students(platform)
    exports.WAYS_BACK[way](mine, path, context)
    with zipfile.ZipFile(path) as pack:
        names = pack.namelist()
        assert len(names) == 2  # neither who has no mark, nor who may be another
        for name, result in zip(names, mine, strict=False):
            assert re.fullmatch(shape, name), name
            text = pack.read(name).decode()
            assert result.evidence.submission.number in text
            assert not any(o.evidence.submission.number in text for o in mine if o is not result)
    (kept,) = (tmp_path / "sent").glob(f"*-{way}.json")
    pages = json.loads(kept.read_text())["sent"]
    assert [(one["id"], one["key"]) for one in pages] == [
        (r.grade.id, r.evidence.key) for r in mine[:2]
    ]


def test_messages_and_pages_have_names_that_nobody_guesses(tmp_path: Path) -> None:
    context = Context(make.assignment(), kept=tmp_path / "pictures")
    mine = students("")
    exports.WAYS_BACK["mail"](mine, tmp_path / "mail.zip", context)
    with zipfile.ZipFile(tmp_path / "mail.zip") as pack:
        names = pack.namelist()
        messages = [email.message_from_bytes(pack.read(n)) for n in names if n.endswith(".eml")]
        assert [message["To"] for message in messages] == ["s0@x.example", "s1@x.example"]
        for name in names:
            assert name == "merge.csv" or re.fullmatch(
                rf"\w+/[0-9a-f]{{{TOKEN_DIGITS}}}\.(eml|html)", name
            )
        table = pack.read("merge.csv").decode("utf-8-sig")
        assert table.count("@x.example") == 2
    again = tmp_path / "again.zip"
    exports.WAYS_BACK["mail"](mine, again, context)
    with zipfile.ZipFile(again) as pack:
        assert pack.namelist() == names  # a student's page keeps its name


def test_the_next_sending_tells_what_is_new(tmp_path: Path) -> None:
    context = Context(make.assignment(), kept=tmp_path / "pictures")
    lab, (first, second, unmarked, contested) = context.assignment, students("")
    rows = [result.grade.id for result in (first, second, unmarked, contested)]

    def made(*results: Result) -> tuple[list[str], list[str]]:
        """What the merge's table says of each student, and what is told."""
        path = tmp_path / "mail.zip"
        pages = exports.WAYS_BACK["mail"](results, path, context)
        with zipfile.ZipFile(path) as pack:
            table = csv.DictReader(io.StringIO(pack.read("merge.csv").decode("utf-8-sig")))
            news = [row["news"] for row in table]
        return news, [told.said_in("en") for told in pages.told(rows)]

    news, told = made(first, unmarked, contested)
    assert news == ["new"]
    assert told == [  # to each the one reason that is true of it
        f"no page for {rows[2]}: no mark yet",
        f"no page for {rows[3]}: not sure whose it is",
    ]
    assert made(first)[0] == ["same"]
    news, told = made(first, second)
    assert news == ["same", "new"] and f"new since this was made before: {rows[1]}" in told
    (tmp_path / "sent" / "0-mail.json").write_text("{", encoding="utf-8")  # tells nothing
    news, told = made(first, second)
    assert news == ["same", "same"] and "nothing is new since this was made before" in told
    told_by = {"author": "Ann", "time": "2026-01-01T00:00:00+00:00", "reason": "late"}
    kept = Override(id=rows[0], key=first.evidence.key, set_points=1, **told_by)
    other = grade(first.evidence, lab.policy, len(lab.classes), [kept])
    news, told = made(Result(first.evidence, other), second)
    assert news == ["changed", "same"]  # a person's decision, on the same evidence
    assert f"other pages than were made before: {rows[0]}" in told
    pages = exports.WAYS_BACK["student-pages"]([first], tmp_path / "p.zip", context)
    assert [page.news for page in pages.pages] == ["new"]  # each way by itself


def test_where_nobody_can_be_reached_it_is_said_and_nothing_is_written(tmp_path: Path) -> None:
    context = Context(make.assignment(), kept=tmp_path / "pictures")
    for way in ("moodle-feedback", "canvas-feedback"):
        with pytest.raises(exports.NobodyError, match="no submission"):
            exports.WAYS_BACK[way](students("gradescope"), tmp_path / "f.zip", context)
    assert not list(tmp_path.glob("*.zip")) and not (tmp_path / "sent").exists()
