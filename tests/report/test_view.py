"""The values behind the pages."""

from __future__ import annotations

import pytest

from grader.assignment import Policy
from grader.evidence import Answer, Evidence, Layer, Network, Parameter, Problem
from grader.report import Context, Result
from grader.report.band_steps import all_steps, steps_of
from grader.report.network_view import NetView
from grader.report.pages import ReportPages
from grader.report.view import view
from grader.scoring import grade
from tests import make as documents
from tests.report import make


def net(context: Context, *layers: tuple[str, tuple[int, ...]], **facts: object) -> NetView:
    made = tuple(Layer(name=kind, kind=kind, output=output) for kind, output in layers)
    evidence = make.one(0).model_copy(update={"networks": (Network(layers=made, **facts),)})
    shown = view(Result(evidence, grade(evidence, context.assignment.policy, 26)), context)
    return shown.nets[0]


def test_layers_stand_beside_the_lectures(context: Context) -> None:
    shown = net(
        context, ("convolution", (6, 28, 28)), ("relu", (6, 28, 28)), ("max-pool", (6, 13, 13))
    )
    assert [(layer.role, layer.same) for layer in shown.layers] == [
        ("C1", True),
        ("", False),
        ("S2", False),
    ]


def test_a_layer_that_is_missing_leaves_the_others_in_their_places(context: Context) -> None:
    shown = net(context, ("convolution", (6, 28, 28)), ("dense", (120,)), ("dense", (84,)))
    assert [layer.role for layer in shown.layers] == ["C1", "C5", "F6"]


def test_c5_may_be_a_convolution(context: Context) -> None:
    first = [("convolution", (6, 28, 28)), ("convolution", (16, 10, 10))]
    shown = net(context, *first, ("convolution", (120, 1, 1)))
    assert [(layer.role, layer.same) for layer in shown.layers][2] == ("C5", True)


def test_a_layer_too_many_has_no_place(context: Context) -> None:
    shown = net(context, *[("dense", (10,))] * 4)
    assert [layer.role for layer in shown.layers] == ["C5", "F6", "F7", ""]


def test_weights_compare_whatever_the_order_of_axes(context: Context) -> None:
    shown = net(context, parameters=(Parameter(name="w", shape=(5, 5, 1, 6)),))
    assert shown.parameters[0].same


@pytest.mark.parametrize(
    ("correct", "images", "percent"), [(104, 7, 85), (110, 1, 85), (97, 1, 75)]
)
def test_the_next_mark_is_told_in_images(
    correct: int, images: int, percent: int, context: Context
) -> None:
    base = make.one(0)
    answers = tuple(
        answer.model_copy(update={"answer": answer.truth if n < correct else "Hats", "said": ""})
        for n, answer in enumerate(base.answers)
    )
    answers = tuple(
        a.model_copy(update={"answer": "Cans"}) if n >= correct and a.truth == "Hats" else a
        for n, a in enumerate(answers)
    )
    evidence = base.model_copy(update={"answers": answers})
    shown = view(Result(evidence, grade(evidence, context.assignment.policy, 26)), context)
    assert shown.next is not None
    assert (shown.next.images, shown.next.percent) == (images, percent)


def test_the_stairs_are_the_policys_bands() -> None:
    steps = all_steps(Policy(report_from=80), "80-85")
    assert [(s.low, s.high, s.points, s.with_report) for s in steps[-3:]] == [
        (75, 80, 90, 90),
        (80, 85, 95, 100),
        (85, 100, 100, 100),
    ]
    assert [s.mine for s in steps[-3:]] == [False, True, False]
    assert steps[0].low == 0


@pytest.mark.parametrize("rule", ["bands", "linear"])
def test_the_submissions_own_step_is_what_it_earned(rule: str) -> None:
    lab = documents.assignment(f"policy.rule='{rule}'", "policy.cost=7")
    mark = grade(documents.evidence(documents.answers(68)), lab.policy, 26)  # 52.3 %
    (mine,) = [step for step in steps_of(mark, lab) if step.mine]
    assert mine.points == mark.parts[0].earned
    assert (mine.points in {step.points for step in all_steps(lab.policy)}) is (rule == "bands")


@pytest.mark.parametrize("full_at", [0, 100])
def test_stairs_without_a_top_or_without_a_bottom(full_at: int) -> None:
    steps = all_steps(Policy(full_at=full_at, report_from=full_at, band=30))
    assert steps[0].low == 0 and steps[-1].high == 100
    assert all(s.low < s.high for s in steps)


@pytest.mark.parametrize("answered", [True, False])
def test_who_never_answered_is_told_of_no_guessing(context: Context, answered: bool) -> None:
    evidence = make.one(0)
    said = {"answer": "?" if answered else None}
    wrong = tuple(each.model_copy(update=said) for each in evidence.answers)
    evidence = evidence.model_copy(update={"answers": wrong})
    shown = view(Result(evidence, grade(evidence, context.assignment.policy, 26)), context)
    assert shown.guessing == (shown.next is not None) == answered


def pages_of(context: Context, evidence: Evidence) -> tuple[str, str]:
    """The pages of staff and student."""
    result = Result(evidence, grade(evidence, context.assignment.policy, 26))
    pages = ReportPages(context)
    return pages.staff(result), pages.student(result)


@pytest.mark.parametrize(
    ("code", "problems", "asked_all"),
    [
        ("wrong-return-type", [Problem.WRONG_TYPE] * 3, True),
        ("unknown-class", [Problem.UNKNOWN_CLASS] * 3, True),
        ("predict-failed", [Problem.RAISED] * 3, True),
        ("not-asked", [Problem.CRASHED, Problem.CRASHED, Problem.NOT_ASKED], False),
        ("timeout-total", [None, None, Problem.NOT_ASKED], False),
        ("import-failed", [Problem.NOT_ASKED] * 3, False),
        ("archive-refused", [], False),
    ],
)
def test_what_stopped_a_submission_is_said_as_it_was(
    context: Context, code: str, problems: list[Problem | None], asked_all: bool
) -> None:
    name = context.assignment.names[0]
    answers = [
        Answer(image=f"{n}", truth=name, answer=None if problem else name, problem=problem)
        for n, problem in enumerate(problems)
    ]
    for page in pages_of(context, documents.evidence(answers, stopped=code)):
        assert ("所有隐藏图片都已问过，没有一个回答是类别名称" in page) == asked_all
        assert ("提交内容中的问题使其未能问完" in page) != asked_all
        assert (">中断<" in page) != asked_all


@pytest.mark.parametrize("late", [True, False])
def test_what_is_late_is_told_to_staff_and_student(context: Context, late: bool) -> None:
    evidence = documents.handed_in_late(documents.evidence(documents.answers(100)), late)
    for page in pages_of(context, evidence):
        assert all((f">{word}<" in page) == late for word in ("Late", "迟交"))
