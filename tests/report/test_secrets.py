"""A student's page, export and install hold nothing of the hidden set."""

from __future__ import annotations

import base64
import dataclasses
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.evidence import Answer, Check, Evidence, Problem
from grader.evidence.findings import make_finding
from grader.report import Context, Result, exports, view
from grader.report.pages import ReportPages
from grader.scoring import grade
from tests.report import make

SPY = "spyword"  # put wherever a secret could come from


def strings(value: Any) -> Iterator[str]:
    """Every text in a value, however deep."""
    if isinstance(value, str):
        yield value
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from strings(getattr(value, field.name))
    elif isinstance(value, dict):
        for pair in value.items():
            yield from strings(pair)
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from strings(item)


@pytest.fixture(scope="module")
def spied(context: Context) -> Result:
    """A submission all of whose hidden facts carry a word to look for."""
    base = make.one(12)
    answers = tuple(
        Answer(
            image=f"{SPY}/{SPY}-{index}.jpg",
            truth=f"{SPY} {answer.truth}",
            answer=answer.answer,
            said=f"{SPY} said" if index % 7 == 0 else "",
            problem=Problem.UNKNOWN_CLASS if index % 7 == 0 else None,
            seconds=0.1,
            other=f"{SPY} other order",
        )
        for index, answer in enumerate(base.answers)
    )
    evidence = base.model_copy(
        update={
            "answers": answers,
            "findings": (
                make_finding(
                    "predict-failed", error=f"cannot read {SPY}/{SPY}-3.jpg", count=1, total=130
                ),
                make_finding("similar-code", other=f"{SPY}-other-student"),
            ),
        }
    )
    mark = grade(evidence, context.assignment.policy, 26)
    return Result(evidence, mark, log=f"{SPY} log of the hidden run")


def test_the_student_view_holds_no_image_label_answer_or_log(
    spied: Result, context: Context
) -> None:
    found = [s for s in strings(view.view(spied, context)) if SPY in s]
    assert found == []


def test_the_student_page_says_none_of_it(spied: Result, context: Context) -> None:
    assert SPY not in ReportPages(context).student(spied)


def test_gradescope_and_the_zip_say_none_of_it(
    spied: Result, context: Context, tmp_path: Path
) -> None:
    assert SPY not in json.dumps(exports.gradescope_result(spied, context))
    exports.student_pages([spied], tmp_path / "pages.zip", context)
    with zipfile.ZipFile(tmp_path / "pages.zip") as pack:
        assert all(SPY.encode() not in pack.read(name) for name in pack.namelist())


def test_staff_see_all_of_it(spied: Result, context: Context) -> None:
    page = ReportPages(context).staff(spied)
    for word in ("log", "other order"):
        assert f"{SPY} {word}" in page
    assert f"{SPY}-1.jpg" in page and f"{SPY}-other-student" in page


def test_no_student_page_names_or_holds_a_hidden_image(report: Path, hidden: Path) -> None:
    names = [path.name.encode() for path in hidden.rglob("*.jpg")]
    data = [path.read_bytes() for path in hidden.rglob("*.jpg")]
    pieces = [base64.b64encode(part[600:696]) for part in data]  # 96 bytes: no rest of 3
    for page in (report / "student").iterdir():
        content = page.read_bytes()
        assert b"data:image" not in content and b"<img" not in content
        assert not any(name in content for name in names)
        assert not any(piece in content for piece in pieces)


def test_no_student_page_names_another_student(report: Path) -> None:
    for page in (report / "student").iterdir():
        assert "similar-" not in page.read_text(encoding="utf-8")


def test_accuracy_by_class_is_shown_only_where_it_is_allowed(context: Context) -> None:
    result = next(iter(make.results(1, hostile=False)))
    allowed = dataclasses.replace(context, per_class=True)
    assert view.view(result, context).per_class is None
    assert view.view(result, allowed).per_class is not None
    assert 'id="per-class"' not in ReportPages(context).student(result)
    assert 'id="per-class"' in ReportPages(allowed).student(result)


def test_what_a_submission_says_of_an_image_is_cut_short(context: Context) -> None:
    pixels = base64.b64encode(bytes(range(256)) * 4).decode()
    evidence: Evidence = make.one(12).model_copy(
        update={
            "findings": (make_finding("predict-failed", error=pixels, count=1, total=130),),
            "checks": (Check(name="a", title={"en": "A"}, outcome="failed", actual=pixels),),
        }
    )
    result = Result(evidence, grade(evidence, context.assignment.policy, 26))
    shown = "".join(strings(view.view(result, context)))
    assert pixels[: view.MAX_TEXT_CHARS + 1] not in shown


def test_a_fault_of_ours_is_told_without_our_machine(context: Context) -> None:
    trouble = next(r for r in make.results(200, hostile=False) if r.evidence.trouble)
    page = ReportPages(context).student(trouble)
    assert "no space left" not in page and "Not graded" in page
