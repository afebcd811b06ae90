"""Every hand-in below `cases` is loaded, asked and described as its `expected.toml` says.

`expected.toml` names what is expected and leaves out what does not matter: tables are compared
key by key, a list must contain what is listed, a text beginning with "~" is a regular expression
that must be found in the text.

* `about`: what the hand-in stands for. `runtime`: "any" (no framework), "mindspore",
  "mindspore1", "torch" or "tensorflow". `weights`: files that `weights.py` makes, by their place
  in the hand-in. `load_with`: changes to the settings of the load.
* `load`, `lenet5`: the worker's reports. `predict`: outcome and word for a black image.
  `last_error`: the error after it.
* `differences`: for each network class of the hand-in the first difference from the lecture's
  LeNet5: layer, expected, found; none for a known variant.
* `grade`: status and finding of the whole grader, for those tests that run all of it.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.examine.lenet5 import LayersReport, first_difference
from grader.examine.replies import read
from tests.golden import weights
from tests.worker.client import Worker
from tests.worker.runtimes import require

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CASES = Path(__file__).parent / "cases"
NAMES = sorted(path.name for path in CASES.iterdir() if (path / "expected.toml").is_file())


@pytest.mark.parametrize("name", NAMES)
def test_golden(name: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    expected = tomllib.loads((CASES / name / "expected.toml").read_text(encoding="utf-8"))
    python = require(expected["runtime"])
    handin = tmp_path / "handin"
    shutil.copytree(CASES / name, handin, ignore=shutil.ignore_patterns("expected.toml"))
    for place, made in expected.get("weights", {}).items():
        (handin / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(weights.made(python, made, tmp_path_factory), handin / place)
    with Worker(tmp_path / "scratch", python) as worker:
        report = worker.load(handin, **expected.get("load_with", {}))
        agree("load", expected.get("load", {}), report)
        if "predict" in expected:
            outcome, word = worker.predict(np.zeros((32, 32, 3), np.uint8))
            agree("predict", expected["predict"], {"outcome": outcome, "word": word})
        if "last_error" in expected:
            agree("last_error", expected["last_error"], worker.ask("last_error")["error"])
        if "lenet5" in expected:
            agree("lenet5", expected["lenet5"], worker.ask("lenet5", name="LeNet5", classes=10))
        for network, difference in expected.get("differences", {}).items():
            assert first_difference_of(worker, network) == difference, network
        assert worker.close() == 0


def first_difference_of(worker: Worker, network: str) -> list[str]:
    """Layer, expected and found of the first difference from the lecture's LeNet5, [] if none."""
    built = worker.ask("lenet5", name=network, classes=10)
    assert built["found"], network
    report = read(LayersReport, worker.ask("lenet5_layers"))
    difference = first_difference(report.layers, built["input"])
    return list(difference[:3]) if difference else []


def agree(where: str, expected: Any, found: Any) -> None:
    """Fail with the place and both values where `found` is not as expected."""
    if isinstance(expected, dict):
        assert isinstance(found, dict), f"{where}: expected a table, found {found!r}"
        for key, value in expected.items():
            agree(f"{where}.{key}", value, found.get(key))
    elif isinstance(expected, list) and isinstance(found, list):
        for item in expected:
            assert any(_agrees(item, other) for other in found), f"{where}: {item!r} not in {found}"
    else:
        assert _agrees(expected, found), f"{where}: expected {expected!r}, found {found!r}"


def _agrees(expected: Any, found: Any) -> bool:
    if isinstance(expected, str) and expected.startswith("~"):
        return isinstance(found, str) and re.search(expected[1:], found) is not None
    if isinstance(expected, dict):
        return isinstance(found, dict) and all(
            _agrees(v, found.get(k)) for k, v in expected.items()
        )
    # TOML has no null: "" stands for it
    return bool(expected == found) or (expected == "" and found is None)


def test_every_case_says_what_it_is_about() -> None:
    for name in NAMES:
        expected = tomllib.loads((CASES / name / "expected.toml").read_text(encoding="utf-8"))
        assert expected["about"], name
        assert set(expected["grade"]) <= {"status", "finding"}, name
