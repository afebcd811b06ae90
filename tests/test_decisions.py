"""What a person decided is kept, counts once, and is never lost to another who decides."""

from __future__ import annotations

import json
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.decisions import DecisionError, Decisions, decisions_in
from grader.scoring import Override, in_order

EACH = 100  # decisions of one process


def decide_many(out: Path, who: str) -> None:
    decisions = Decisions(out)
    for number in range(EACH):
        with decisions.book() as book:
            book.add(override(decision=f"{who}-{number:08}", points=1, reason=str(len(book.known))))


def override(**changes: object) -> Override:
    words = {"id": "s", "reason": "r", "author": "a", "time": "2026-01-01T00:00:00Z"}
    return Override.model_validate({**words, **changes})


def record(out: Path, *overrides: Override) -> None:
    with Decisions(out).book() as book:
        for each in overrides:
            if book.is_new(each):
                book.add(each)


def test_eight_processes_that_decide_at_once_lose_nothing(tmp_path: Path) -> None:
    fork = get_context("fork")
    deciders = [fork.Process(target=decide_many, args=(tmp_path, f"ta{n}")) for n in range(8)]
    for decider in deciders:
        decider.start()
    for decider in deciders:
        decider.join()
    assert [decider.exitcode for decider in deciders] == [0] * 8
    known = Decisions(tmp_path).all()
    assert len(known) == 8 * EACH
    # one at a time: each saw all those before it, and no two the same
    assert sorted(int(one.reason) for one in known) == list(range(8 * EACH))


def test_the_same_decision_twice_is_one(tmp_path: Path) -> None:
    record(tmp_path, override(points=1), override(points=2))
    record(tmp_path, override(points=2), override(points=1))
    assert sorted(each.points for each in Decisions(tmp_path).all()) == [1, 2]


def test_a_recorded_decision_cannot_be_made_to_say_something_else(tmp_path: Path) -> None:
    record(tmp_path, override(decision="d1234567", points=1))
    with pytest.raises(DecisionError, match="never changed"):
        record(tmp_path, override(decision="d1234567", points=5))
    assert [each.points for each in Decisions(tmp_path).all()] == [1]


def test_the_list_of_an_earlier_grader_is_read_and_left_as_it_is(tmp_path: Path) -> None:
    former = {"id": "s", "report": None, "points": 1.5, "reason": "r", "author": "a",
              "time": "2026-01-01T00:00:00+00:00"}  # fmt: skip
    path = tmp_path / "overrides.json"
    path.write_text(json.dumps([former, {**former, "points": 2.0}]))
    text = path.read_text()
    record(tmp_path, override(points=4, time="2026-01-02T00:00:00Z"), *decisions_in(path))
    assert [each.points for each in Decisions(tmp_path).all()][-1] == 4
    assert sorted(each.points for each in Decisions(tmp_path).all()) == [1.5, 2, 4]
    assert path.read_text() == text


@given(st.permutations([override(points=n, time=f"2026-01-0{1 + n // 2}") for n in range(8)]))
def test_decisions_come_to_the_same_in_whatever_order_they_arrive(some: list[Override]) -> None:
    assert in_order(some) == in_order(reversed(some)) == in_order([*some, *some])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[{", "expected a list of decisions as JSON"),
        ('"x"', "decision 1: expected an object"),
        ("[{}]", "decision 1: id is missing"),
        ('[{"points": NaN}]', "points: found nan; expected a finite number"),
        ('[{"report": "lost"}]', "report: found 'lost'; expected \"complete\""),
        ('[{"reason": ""}]', "reason: found ''; expected a sentence"),
        ('[{"undoes": 3}]', "undoes: found 3; expected a text"),
        ('[{"beyond": "perhaps"}]', "beyond: found 'perhaps'; expected true or false"),
        ('[{"marks": 3}]', "unknown key marks"),
        ('[{"schema_version": 9}]', "a newer grader"),
    ],
)
def test_a_file_of_decisions_that_cannot_be_read_is_told_in_our_words(
    tmp_path: Path, text: str, told: str
) -> None:
    whole = override().model_dump(include={"id", "reason", "author", "time"})
    path = tmp_path / "ta.json"
    path.write_text(
        text.replace("[{", "[" + json.dumps(whole)[:-1] + ", ") if ":" in text else text
    )
    with pytest.raises(DecisionError) as refused:
        decisions_in(path)
    assert told in str(refused.value) and "ta.json" in str(refused.value)
    assert "pydantic" not in str(refused.value)
    assert refused.value.said.said_in("zh") != str(refused.value)


def test_a_broken_decision_in_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "overrides").mkdir()
    (tmp_path / "overrides" / "torn.json").write_text("{")
    with pytest.raises(DecisionError, match=r"torn\.json"):
        Decisions(tmp_path).all()
