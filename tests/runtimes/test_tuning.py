from __future__ import annotations

import os
import platform
from pathlib import Path

import pytest

from grader.runtimes import tuning
from grader.runtimes.detect import runtimes
from tests.runtimes.interpreters import runtime

X86 = platform.machine() == "x86_64"
pytestmark = pytest.mark.skipif(not X86, reason="the setting is of x86 processors")

MINDSPORE = runtime("mindspore", ["mindspore"])
Answers = dict[str, "tuple[float, list[float]] | None"]


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """What each setting answers; asking counts under "asked"."""
    answers: Answers = {}
    asked: list[str] = []

    def ask(runtime: object, setting: str) -> tuple[float, list[float]] | None:
        asked.append(setting)
        answers["asked"] = (len(asked), [])
        return answers.get(setting)

    monkeypatch.setattr(tuning, "_ask", ask)
    return answers


def test_the_fastest_setting_is_kept_and_remembered(answer: Answers) -> None:
    answer.update(
        {"": (0.1, [1.0, -2.0]), "AVX2": (0.05, [1.0, -2.00001]), "SSE41": (0.03, [1.0, -2.0])}
    )
    found = tuning.measurement(MINDSPORE)
    assert found.environment == {"ONEDNN_MAX_CPU_ISA": "SSE41"}
    assert found.gain == pytest.approx(0.1 / 0.03)
    assert tuning.tune(MINDSPORE) == found.environment
    assert answer["asked"] == (3, []), "asked once, not again"
    tuning.forget()
    tuning.tune(MINDSPORE)
    assert answer["asked"] == (6, [])


def test_a_great_gain_ends_the_search(answer: Answers) -> None:
    answer.update({"": (0.1, [1.0]), "AVX2": (0.003, [1.0]), "SSE41": (0.001, [1.0])})
    assert tuning.tune(MINDSPORE) == {"ONEDNN_MAX_CPU_ISA": "AVX2"}
    assert answer["asked"] == (2, [])


def test_a_small_gain_sets_nothing(answer: Answers) -> None:
    answer.update({"": (0.1, [1.0]), "AVX2": (0.09, [1.0]), "SSE41": (0.2, [1.0])})
    assert tuning.tune(MINDSPORE) == {}
    assert tuning.measurement(MINDSPORE).gain == 1.0


@pytest.mark.parametrize("other", [[1.001, 2.0], [1.0], [float("nan"), 2.0], []])
def test_a_setting_with_other_results_is_not_taken(answer: Answers, other: list[float]) -> None:
    answer.update({"": (0.1, [1.0, 2.0]), "AVX2": (0.001, other)})
    assert tuning.tune(MINDSPORE) == {}


def test_a_measurement_that_failed_sets_nothing_and_is_tried_again(answer: Answers) -> None:
    assert tuning.tune(MINDSPORE) == {}
    answer.update({"": (0.1, [1.0]), "AVX2": (0.01, [1.0])})
    assert tuning.tune(MINDSPORE) == {"ONEDNN_MAX_CPU_ISA": "AVX2"}


def test_other_versions_are_measured_anew(answer: Answers) -> None:
    answer.update({"": (0.1, [1.0]), "AVX2": (0.01, [1.0])})
    tuning.tune(MINDSPORE)
    newer = runtime("mindspore", ["mindspore"])
    object.__setattr__(newer, "frameworks", {"mindspore": "2.11.0"})
    tuning.tune(newer)
    assert answer["asked"] == (4, [])


def test_only_runtimes_that_it_helps_are_measured(answer: Answers) -> None:
    for name in ("torch", "tensorflow", "mindspore1", "python"):
        assert tuning.tune(runtime(name)) == {}
    assert "asked" not in answer


def test_an_interpreter_that_fails_gives_no_answer(tmp_path: Path) -> None:
    broken = runtime("mindspore")
    object.__setattr__(broken, "python", tmp_path / "nothing")
    assert tuning.measurement(broken).environment == {}


@pytest.mark.skipif(not os.environ.get("GRADE_TEST_RUNTIMES"), reason="measures for seconds")
def test_a_real_measurement_is_sound() -> None:
    found = tuning.measurement(runtimes()[0])
    assert "" in found.seconds and found.gain >= 1.0
