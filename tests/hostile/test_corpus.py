"""No hostile submission gets out, harms its neighbours, or ends otherwise than expected.

The whole corpus is graded once at each level as one class, by the program itself; at level basic,
which few machines have to take, by `make thorough`. `test_corpus_as_user.py` does all of it again
as an ordinary user, at level strong among as many honest submissions.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

import pytest

from grader.sandbox import canary
from grader.sandbox.contract import Level, SandboxUnavailableError
from tests.hostile import corpus, expectations
from tests.hostile.expectations import Case, Result, Usage
from tests.hostile.setting import NEIGHBOURS

CASES = expectations.cases()
LEVELS = (Level.STRONG, Level.BASIC)
MARKS = {Level.BASIC: pytest.mark.thorough}
LONG_CLASS = "HOSTILE_CORPUS_LONG_CLASS"  # variable that asks for an honest submission beside each
HONEST_ONES = "and_an_honest_one"
BOX = 10  # descriptors that the box of a submission takes, at most
KINDS_ELSEWHERE = {58, 60, 61, 63}  # memorising, copying, size: for grader/scoring and the reports


@pytest.fixture(
    scope="module",
    params=[pytest.param(level, id=level.value, marks=MARKS.get(level, ())) for level in LEVELS],
)
def result(request: pytest.FixtureRequest) -> Iterator[Result]:
    level: Level = request.param
    try:
        canary.choose(level)
    except SandboxUnavailableError as error:
        pytest.skip(str(error))
    chosen = [case for case in CASES if level.value in case.levels]
    long = LONG_CLASS in os.environ and level is Level.STRONG
    beside = [f"{case.name}.{HONEST_ONES}" for case in chosen if long]
    with corpus.run(level, chosen, honest=[*NEIGHBOURS, *beside]) as result:
        yield result


def test_corpus_covers_every_kind_of_attack() -> None:
    assert len(CASES) >= 100
    assert {case.attack for case in CASES} | KINDS_ELSEWHERE == set(range(1, 65))


def test_class_is_long_and_half_of_it_honest_where_that_was_asked(
    result: Result, request: pytest.FixtureRequest
) -> None:
    hostile, honest = len(result.outcomes) - len(result.honest), len(result.honest)
    level = request.node.callspec.params["result"]
    long = LONG_CLASS in os.environ and level is Level.STRONG
    assert hostile > 200
    assert honest >= (hostile if long else len(NEIGHBOURS))


def test_class_is_graded_to_its_end(result: Result) -> None:
    assert result.exit_code == 0, result.terminal[-3000:]


def test_no_alarm_rings(result: Result) -> None:
    assert expectations.alarms(result) == []


def test_memory_and_descriptors_of_the_grader_stay_flat(result: Result) -> None:
    # A leak raises what is held at the least; what is held at the most is of one submission.
    for pid in {one.pid for one in result.usage}:
        usage = [one for one in result.usage if one.pid == pid]
        part = len(usage) // 4
        assert part >= 20
        early, late = _floor(usage[part : 2 * part]), _floor(usage[-part:])
        assert late.memory <= early.memory + 20
        assert late.descriptors <= early.descriptors + BOX


def _floor(usage: Sequence[Usage]) -> Usage:
    return Usage(*map(min, zip(*usage, strict=True)))


def test_no_secret_is_in_any_result(result: Result) -> None:
    leaked = [
        (where, path.name)
        for path in result.out.rglob("*")
        if path.is_file() and "vendor" not in path.parts
        for where, secret in result.secrets.items()
        if secret.encode() in path.read_bytes()
    ]
    assert leaked == []
    assert not any(secret in result.terminal for secret in result.secrets.values())


def test_honest_submissions_get_all_their_marks(result: Result) -> None:
    for name in result.honest:
        expectations.require_right(result, name)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_submission_comes_to_the_expected_end(result: Result, case: Case) -> None:
    if case.name not in result.outcomes:
        pytest.skip(f"about level {' and '.join(case.levels)}")
    for outcome in result.outcomes[case.name]:
        told = f"{case.claim}\n{outcome.status}\n{outcome.log[-2000:]}"
        assert expectations.broken(case, outcome) == [], told


def test_nothing_of_a_submission_is_code_to_a_reader(result: Result) -> None:
    assert len(list(result.out.rglob("*.html"))) > len(result.outcomes)
    assert (result.out / "grades.csv").exists()
    assert expectations.live(result.out, result.terminal) == []


def test_corpus_is_never_run_unconfined() -> None:
    with pytest.raises(ValueError, match="confined only"), corpus.run(Level.NONE, CASES):
        pass
