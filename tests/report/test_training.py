"""Curves of a training on the pages: grouped, said in words, drawn within their frame."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from grader.evidence import Curve, Evidence
from grader.report import Context, Result
from grader.report.pages import ReportPages
from grader.report.plot import plot
from grader.report.training import CurveLine, Plot, trainings
from grader.scoring import grade
from tests.report import make


def curve(name: str, *values: float, **more: object) -> Curve:
    facts: dict[str, object] = {
        "file": "train.log", "unit": "epoch", "x": range(1, len(values) + 1), "count": len(values),
        "quantity": "loss" if "loss" in name else "accuracy",
    }  # fmt: skip
    return Curve.model_validate({"name": name, "y": values, **facts, **more})


def told(*curves: Curve) -> list[tuple[str, int, int, list[list[str]]]]:
    return [
        (one.file, one.cell, one.run, [[line.name for line in plot.lines] for plot in one.plots])
        for one in trainings(curves, str)
    ]


def test_curves_of_a_kind_share_a_plot_and_losses_come_first() -> None:
    acc, loss = curve("val_acc", 0.5, 0.75), curve("loss", 2, 1)
    by_step = curve("loss", 2, 1, unit="step")
    assert told(acc, loss, curve("val_loss", 3, 2), by_step) == [
        ("train.log", 0, 0, [["loss", "val_loss"], ["loss"], ["val_acc"]])
    ]


def test_cells_and_further_trainings_stand_apart() -> None:
    two = [curve("loss", 2, 1), curve("loss", 2, 1, run=2), curve("loss", 2, 1, file="a", cell=4)]
    assert [found[:3] for found in told(*two)] == [
        ("a", 4, 0),
        ("train.log", 0, 1),
        ("train.log", 0, 2),
    ]


def test_what_was_measured_once_is_said_and_not_drawn() -> None:
    (found,) = trainings([curve("loss", 2, 1), curve("Accuracy", 0.984375)], str)
    assert found.alone == (("Accuracy", "98.4\u202f%"),)
    assert len(found.plots) == 1


def test_a_curve_is_said_in_words_in_both_languages() -> None:
    loss = curve("loss", 2.3125, 0.0175, 0.0206, unit="step", x=(1, 1700, 1875), lost=3)
    (line,) = trainings([loss], str)[0].plots[0].lines
    assert line.said == {
        "en": "2.31 → 0.0206; steps 1–1,875; least 0.0175 at step 1,700; "
        "3 values are no number (nan, inf)",
        "zh": "2.31 → 0.0206；第 1–1,875 步；第 1,700 步最低，为 0.0175；"
        "有 3 个值不是数（nan、inf）",
    }
    (line,) = trainings([curve("acc", 0.25, 0.875, 0.75)], str)[0].plots[0].lines
    assert line.said["en"] == "25\u202f% → 75\u202f%; epochs 1–3; most 87.5\u202f% in epoch 2"


def test_accuracies_that_are_no_shares_are_no_per_cent() -> None:
    (line,) = trainings([curve("acc", 120, 130)], str)[0].plots[0].lines
    assert line.said["en"].startswith("120 → 130;")


numbers = st.floats(-1e30, 1e30) | st.floats(-1e-300, 1e-300) | st.sampled_from([0.0, 1.0, 0.6875])


@given(st.lists(st.tuples(st.floats(0, 2**63), numbers), min_size=2, max_size=40), st.booleans())
def test_every_plot_stays_in_its_frame(points: list[tuple[float, float]], loss: bool) -> None:
    x, y = (tuple(column) for column in zip(*sorted(points), strict=True))
    quantity = "loss" if loss else "accuracy"
    drawn = plot(Plot(quantity, "step", False, (CurveLine("a", x, y, {}),)))
    (path,) = re.findall(r' d="M([^"]+)"', drawn)
    spots = [spot.split() for spot in path.split("L")]
    assert all(0 <= int(number) <= 1000 for spot in spots for number in spot)
    heights = [float(height) for height in re.findall(r'<line [^>]*y1="([\d.]+)"', drawn)]
    assert 2 <= len(heights) <= 9 and all(8 <= height <= 146 for height in heights)
    places = [float(place) for place in re.findall(r'<text x="([\d.]+)%" y="164"', drawn)]
    assert len(places) <= 9 and all(0 <= place <= 100 for place in places)


def evidence_with(*curves: Curve) -> Evidence:
    base = make.one(12)
    records = base.records.model_copy(update={"curves": curves})
    return base.model_copy(update={"records": records})


def test_staff_and_student_see_the_same_training(context: Context) -> None:
    evidence = evidence_with(curve("loss", 2, 1), curve("val_acc", 0.5, 0.75))
    result = Result(evidence, grade(evidence, context.assignment.policy, 26))
    for page in (ReportPages(context).staff(result), ReportPages(context).student(result)):
        section = page.split('id="training"')[1].split("</section>")[0]
        assert section.count('class="curves" aria-hidden="true"><svg') == 2
        assert "2 → 1; epochs 1–2; least 1 in epoch 2" in section
        assert "第 2 轮最高" in section


def test_without_curves_there_is_no_section(context: Context) -> None:
    evidence = evidence_with()
    result = Result(evidence, grade(evidence, context.assignment.policy, 26))
    assert 'id="training"' not in ReportPages(context).staff(result)


def test_names_in_records_are_text_and_name_no_hidden_image(context: Context) -> None:
    hidden = make.one(12).answers[3].image
    evidence = evidence_with(
        curve("loss</code><script>alert(1)</script>", 2, 1),
        curve("\u202eloss", 2, 1, file=f"{hidden}.csv"),
    )
    result = Result(evidence, grade(evidence, context.assignment.policy, 26))
    page = ReportPages(context).student(result)
    assert "<script>alert" not in page and "\u202e" not in page
    assert hidden not in page and hidden in ReportPages(context).staff(result)
