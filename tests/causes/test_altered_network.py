"""Where a network departs from the one that was trained, by what arrives at its normalisations."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.examine.altered_network import OFF, departure
from grader.examine.replies import Normalisation
from tests import submissions
from tests.causes import altered, planted
from tests.causes.altered import ALTERED
from tests.worker.runtimes import require


def layers(*states: str) -> list[Normalisation]:
    return [Normalisation(name=f"bn{n}", state=state) for n, state in enumerate(states)]


TRAINED = layers(*["trained"] * 6)


def test_the_first_layer_that_stands_out_is_named_with_how_many_fit_before() -> None:
    found = departure(TRAINED, [1.4, 0.1, 0.05, 0.9, 2.0, 0.4])
    assert found == ("bn3", 6, 3, 0, False)
    found = departure(TRAINED, [0.2, 0.7, 0.05, 0.9, 2.0, 0.4])
    assert found == ("bn1", 6, 1, 0, True)


@pytest.mark.parametrize(
    "misfits",
    [
        [1.4, 0.2, 0.1, 0.3, 0.2, 0.1],  # only what enters is on another scale
        [5.8, 2.3, 1.8, 2.2, 2.3, 2.0],  # so far that all layers show it
        [0.1, 0.2, 0.3, 0.4, 0.45, 0.5],  # astray little by little
        [0.1, 0.1, 0.1],  # of another network
        [],
    ],
)
def test_nothing_is_told_where_nothing_stands_out(misfits: list[float]) -> None:
    assert departure(TRAINED, misfits) is None


def test_a_part_that_was_never_touched_is_told_beside_parts_that_were() -> None:
    found = departure(layers("trained", "untouched", "trained", "untouched", "trained"), [])
    assert found is not None and (found.layer, found.untouched, found.total) == ("bn1", 2, 5)
    assert departure(layers("untouched", "untouched"), []) is None
    frozen = layers("trained", "trained", "trained", "statistics untouched")
    assert departure(frozen, [0.1, 0.1, 0.1, -1]) is None


@given(st.lists(st.floats(-1, OFF * 0.99), min_size=6, max_size=6))
def test_misfits_that_are_small_depart_nowhere(misfits: list[float]) -> None:
    assert departure(TRAINED, misfits) is None


def test_a_network_that_is_another_than_the_trained_one_is_told(tmp_path: Path) -> None:
    require("torch")
    for name in (*ALTERED, ""):
        text = altered.submission(name)
        submissions.submission(tmp_path / "class" / (name or "sound"), {"main.py": text})
    words = ("--hidden", planted.spots(tmp_path / "spots"), "--out", tmp_path / "out", "--no-tune")
    patient = ("--set", "limits.diagnosis=300", "--set", "interface.lenet5=''")
    done = submissions.grade(tmp_path / "class", *words, *patient, "--device", "CPU")
    assert done.returncode == 0, done.stderr
    told = {
        path.stem: json.loads(path.read_text(encoding="utf-8"))["told"]
        for path in (tmp_path / "out/evidence").glob("*.json")
    }
    assert [each["code"] for each in told.pop("sound")] == []
    first = {name: findings[0] for name, findings in told.items()}
    codes = {name: finding["code"] for name, finding in first.items()}
    assert codes == {name: code for name, (_, code) in ALTERED.items()}
    assert first["activation"]["facts"]["layer"] == "7 (BatchNorm2d)"
    assert first["not-loaded"]["facts"]["reason"]
