"""Marks follow from documented rules and exact counts."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from grader.assignment import Policy
from grader.evidence import Check, Stage, Trouble
from grader.evidence.evidence import PartAnswers
from grader.scoring import Override, Status, grade, worth
from grader.scoring.counts import bands_below, better_than_guessing, interval, needed
from tests import make

POLICY = Policy(report_from=80)


def mark(correct: int, total: int = 130) -> float:
    score = grade(make.evidence(make.answers(correct, total)), POLICY, 26).score
    assert score is not None
    return score


def override(**changes: object) -> Override:
    return Override.model_validate(
        {"id": "s", "reason": "r", "author": "a", "time": "2026-01-01T00:00:00+00:00", **changes}
    )


def said(*changes: dict[str, object]) -> list[Override]:
    """Decisions about the evidence of `make`, one after the other."""
    return [
        override(
            decision=f"decision-{n}", key="k", digest="d", time=f"2026-01-01T00:00:{n:02}Z", **each
        )
        for n, each in enumerate(changes)
    ]


@pytest.mark.parametrize(
    ("correct", "score"),
    [
        (130, 100),
        (111, 100),
        (110, 95),
        (104, 95),
        (103, 90),
        (98, 90),
        (97, 85),
        (91, 85),
        (90, 80),
    ],
)
def test_each_band_of_five_per_cent_costs_five_points(correct: int, score: float) -> None:
    assert mark(correct) == score


def test_at_least_85_per_cent_of_130_is_111_images() -> None:
    assert needed(85, 130) == 111
    assert bands_below(111, 130, 85, 5) == 0
    assert bands_below(110, 130, 85, 5) == 1


@given(st.integers(0, 100), st.integers(1, 20_000))
def test_the_needed_count_is_the_least_that_reaches_the_percentage(
    percent: int, total: int
) -> None:
    count = needed(percent, total)
    assert Fraction(count, total) >= Fraction(percent, 100)
    assert count == 0 or Fraction(count - 1, total) < Fraction(percent, 100)


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n - 1), st.just(n))))
def test_one_more_right_answer_never_lowers_a_mark(counts: tuple[int, int]) -> None:
    correct, total = counts
    assert mark(correct, total) <= mark(correct + 1, total)


@given(st.integers(0, 130))
def test_a_mark_stays_between_zero_and_all_points(correct: int) -> None:
    assert 0 <= mark(correct) <= 100


def test_a_complete_report_gives_all_points_from_80_per_cent() -> None:
    found = make.evidence(make.answers(104), reports=["report.pdf"])
    assert grade(found, POLICY, 26).score == 95
    assert grade(found, POLICY, 26).if_report_complete == 100
    assert grade(found, POLICY, 26, [override(report="complete")]).score == 100
    below = make.evidence(make.answers(103), reports=["report.pdf"])
    assert grade(below, POLICY, 26, [override(report="complete")]).score == 90


def test_only_a_person_says_that_a_report_is_complete_unless_the_assignment_says_otherwise() -> (
    None
):
    found = make.evidence(make.answers(104), reports=["report.pdf"])
    assert grade(found, POLICY, 26).report == "found"
    assert grade(found, Policy(report="found", report_from=80), 26).score == 100


def test_the_last_word_about_a_report_counts_and_points_add_up() -> None:
    found = make.evidence(make.answers(104), reports=["report.pdf"])
    words = [
        override(report="complete", points=1),
        override(report="incomplete", points=0.5),
        override(id="somebody else", points=50),
    ]
    result = grade(found, POLICY, 26, words)
    assert result.score == 96.5
    assert len(result.overrides) == 2


def test_a_mark_that_is_set_replaces_the_points_before_and_takes_those_after() -> None:
    words = said({"points": 4}, {"set_points": 60}, {"points": 2.5})
    result = grade(make.evidence(make.answers(104)), POLICY, 26, words)
    assert result.score == 62.5
    assert [part.earned for part in result.parts] == [95, -35, 2.5]


@given(
    st.lists(
        st.one_of(
            st.builds(lambda n: {"points": n}, st.floats(-600, 600)),
            st.builds(lambda n: {"set_points": n}, st.floats(-600, 600)),
        ),
        max_size=6,
    ),
    st.integers(0, 130),
)
def test_no_decision_takes_a_mark_out_of_its_bounds_and_the_parts_add_up(
    words: list[dict[str, object]], correct: int
) -> None:
    result = grade(make.evidence(make.answers(correct)), POLICY, 26, said(*words))
    assert result.score is not None and 0 <= result.score <= result.possible
    assert round(sum(part.earned for part in result.parts), 2) == result.score


def test_a_mark_leaves_its_bounds_only_where_a_person_meant_it() -> None:
    evidence = make.evidence(make.answers(130))
    (bound,) = said({"points": 7})
    assert grade(evidence, POLICY, 26, [bound]).score == 100
    assert "held at 100" in grade(evidence, POLICY, 26, [bound]).parts[-1].because["en"]
    assert grade(evidence, POLICY, 26, said({"points": 7, "beyond": True})).score == 107


def test_what_was_taken_back_leaves_no_trace_in_the_bill() -> None:
    words = said({"points": -5}, {"points": -500, "beyond": True}, {"undoes": "decision-1"})
    result = grade(make.evidence(make.answers(130)), POLICY, 26, words)
    assert (result.score, len(result.parts)) == (95, 2)
    assert [each.decision for each in result.overrides] == ["decision-0"]
    assert [each.decision for each in result.undone] == ["decision-1"]
    again = [*words, *said({}, {}, {}, {"undoes": "decision-2"})[3:]]  # the undo is taken back
    assert grade(make.evidence(make.answers(130)), POLICY, 26, again).score == -405


def test_a_decision_about_points_does_not_outlive_the_evidence_it_is_about() -> None:
    """One about the report holds as long as the submission is the same."""
    words = said({"points": -5}, {"report": "complete"})
    found = make.evidence(make.answers(104), reports=["report.pdf"])
    examined_again = found.model_copy(update={"key": "other"})
    digest = found.submission.model_copy(update={"digest": "other"})
    submitted_again = examined_again.model_copy(update={"submission": digest})
    assert grade(found, POLICY, 26, words).score == 95
    again = grade(examined_again, POLICY, 26, words)
    assert (again.score, [each.points for each in again.earlier]) == (100, [-5])
    new = grade(submitted_again, POLICY, 26, words)
    assert (new.score, new.overrides, len(new.earlier)) == (95, (), 2)


def test_a_decision_of_an_earlier_grader_holds_until_the_submission_is_examined_anew() -> None:
    old = [override(points=-5)]
    before, after = (
        make.evidence(make.answers(130), started=f"{year}-06-01T00:00:00Z") for year in (2025, 2026)
    )
    assert grade(before, POLICY, 26, old).score == 95
    assert grade(after, POLICY, 26, old).score == 100
    assert len(grade(after, POLICY, 26, old).earlier) == 1


def test_a_person_can_give_a_mark_where_we_could_not() -> None:
    lost = make.evidence(trouble=Trouble(message="disk full"))
    assert grade(lost, POLICY, 26, said({"points": 3})).score is None
    given = grade(lost, POLICY, 26, said({"set_points": 80}))
    assert (given.status, given.score) == (Status.UNGRADED, 80)


def test_nothing_submitted_is_worth_what_the_policy_says() -> None:
    absent = make.evidence(stage=Stage.ABSENT)
    none = grade(absent, POLICY, 26)
    assert (none.status, none.score, none.parts) == (Status.ABSENT, None, ())
    zero = grade(absent, Policy(absent=0), 26)
    assert (zero.status, zero.score) == (Status.ABSENT, 0)
    assert grade(absent, POLICY, 26, said({"set_points": 50})).score == 50


def test_no_better_than_guessing_earns_nothing() -> None:
    assert mark(5) == 0
    assert not better_than_guessing(10, 130, 26, 0.01)
    assert mark(0) == 0


@given(st.integers(0, 60))
def test_the_guessing_test_is_the_exact_binomial_tail(correct: int) -> None:
    from scipy.stats import binom

    tail = float(binom.sf(correct - 1, 60, 1 / 26))
    if abs(tail - 0.01) > 1e-9:
        assert better_than_guessing(correct, 60, 26, 0.01) == (tail <= 0.01)


def test_a_fault_of_ours_gives_no_mark_at_all() -> None:
    result = grade(make.evidence(trouble=Trouble(message="disk full")), POLICY, 26)
    assert result.status is Status.UNGRADED
    assert result.score is None
    assert result.parts == ()


def test_a_fault_of_the_students_is_marked_by_the_policy() -> None:
    result = grade(make.evidence(make.answers(0), stopped="weights-missing"), POLICY, 26)
    assert (result.status, result.score) == (Status.FAULTED, 0)
    partly = grade(make.evidence(make.answers(104), stopped="crashed"), POLICY, 26)
    assert (partly.status, partly.score) == (Status.FAULTED, 95)


def test_checks_carry_marks_only_where_the_assignment_gives_them() -> None:
    title = {"en": "t", "zh": "t"}
    checks = (
        Check(name="a", title=title, outcome="failed"),
        Check(name="b", title=title, outcome="passed", points=4),
        Check(name="c", title=title, outcome="failed", points=2),
        Check(name="d", title=title, outcome="broken", points=1),
    )
    result = grade(make.evidence(make.answers(130), checks=checks), POLICY, 26)
    assert (result.score, result.possible) == (104, 106)  # one that broke is nobody's


@given(st.integers(1, 30_000), st.floats(0, 1))
def test_the_interval_is_scipys_of_the_beta_distribution(total: int, share: float) -> None:
    correct = round(share * total)
    low, high = interval(correct, total)
    theirs = binomtest(correct, total).proportion_ci(0.95, "exact")
    assert (low, high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


def test_the_interval_is_that_of_clopper_and_pearson() -> None:
    low, high = interval(111, 130)
    assert (round(low, 4), round(high, 4)) == (0.7812, 0.9097)  # R: binom.test(111, 130)
    assert interval(0, 10)[0] == 0
    assert interval(10, 10)[1] == 1


def test_a_mark_says_how_it_came_about_in_both_languages() -> None:
    (part,) = grade(make.evidence(make.answers(104)), POLICY, 26).parts
    assert "104 of 130" in part.because["en"]
    assert "104" in part.because["zh"]
    assert part.because["en"] != part.because["zh"]


def test_marks_in_a_straight_line_end_at_full_at_and_begin_at_zero_at() -> None:
    policy = Policy(rule="linear", full_at=60, zero_at=20)
    assert [worth(correct, 100, policy) for correct in (0, 20, 40, 59, 60, 100)] == [
        *(0, 0, 50, 97.5, 100, 100)
    ]
    part = grade(make.evidence(make.answers(50, 100)), policy, 26).parts[0]
    assert (part.earned, part.possible) == (75, 100)
    assert "20 %" in part.because["en"] and "直线" in part.because["zh"]


def test_marks_by_a_formula_are_exact_and_held_between_nothing_and_all() -> None:
    policy = Policy(rule="formula", formula="points if percent >= 85 else percent / 2 - 10")
    assert worth(111, 130, policy) == 100 and worth(110, 130, policy) == 32.31
    assert worth(0, 130, policy) == 0
    assert worth(3, 4, Policy(rule="formula", formula="1000 * correct ** 2")) == 100
    grades = [grade(make.evidence(make.answers(n)), policy, 26).score for n in (110, 111)]
    assert grades == [32.31, 100]


@given(st.integers(1, 400), st.data())
def test_no_rule_gives_more_for_fewer_right_answers_or_leaves_its_bounds(
    total: int, data: st.DataObject
) -> None:
    correct = data.draw(st.integers(0, total - 1))
    for policy in (Policy(full_at=60), Policy(rule="linear", full_at=60, zero_at=10)):
        less, more = worth(correct, total, policy), worth(correct + 1, total, policy)
        assert 0 <= less <= more <= policy.points
        assert worth(total, total, policy) == policy.points


def test_where_no_report_is_asked_for_none_is_missing_and_none_counts() -> None:
    found = make.evidence(make.answers(104), reports=["report.pdf"])
    one = grade(found, Policy(), 26)
    assert (one.report, one.score, one.if_report_complete) == ("not-asked", 95, None)
    decided = grade(found, Policy(), 26, said({"report": "complete"}))
    assert (decided.report, decided.score) == ("complete", 95)


@pytest.mark.parametrize(
    ("keys", "named"),
    [
        ({"formula": "points"}, ("formula", "bands")),
        ({"formula": "points", "rule": "linear"}, ("formula", "linear")),
        ({"zero_at": 40}, ("zero_at", "bands")),
    ],
)
def test_a_key_of_another_rule_is_not_ignored_in_silence(
    keys: dict[str, object], named: tuple[str, str]
) -> None:
    with pytest.raises(ValueError, match=f"{named[0]} counts only with .* rule is .{named[1]}"):
        Policy.model_validate(keys)


@pytest.mark.parametrize("rule", [{"rule": "linear"}, {"rule": "bands"}, {"full_at": 50}])
def test_what_another_part_counts_is_not_called_images(rule: dict[str, object]) -> None:
    policy = Policy.model_validate({"parts": {"words": {"title": {"en": "Words"}, **rule}}})
    part = PartAnswers(id="words", classes=26, answers=make.answers(60))
    bill = grade(make.evidence(make.answers(60)).model_copy(update={"parts": (part,)}), policy, 26)
    images, words = bill.parts[:2]
    assert images.because["en"].startswith("60 of 130 images are right")
    assert words.because["en"].startswith("60 of 130 inputs are right")
    assert "images" not in words.because["en"] and "图片" not in words.because["zh"]
