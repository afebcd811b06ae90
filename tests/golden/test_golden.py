"""The worker's reports about submissions: loaded, asked and described as `expected.toml` says.

What comes of the same submissions in the end, `test_graded.py` looks at.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from grader.assignment import lenet5
from grader.examine.layer_reports import LayersReport
from grader.examine.network_differences import first_difference
from grader.examine.replies import read
from grader.language import by_language
from tests.golden.submissions import EXPECTED, agree, lay_out
from tests.worker.client import Worker
from tests.worker.runtimes import require

pytestmark = pytest.mark.thorough
REPORTS = {"load", "lenet5", "predict", "last_error", "differences"}
NAMES = [name for name, expected in EXPECTED.items() if REPORTS & expected.keys()]


@pytest.mark.parametrize("name", NAMES)
def test_golden(name: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    expected = EXPECTED[name]
    python = require(expected["runtime"])
    submission = lay_out(name, tmp_path / "submission", tmp_path_factory)
    with Worker(tmp_path / "scratch", python) as worker:
        report = worker.load(submission, **expected.get("load_with", {}))
        agree("load", expected.get("load", {}), report)
        if "predict" in expected:
            outcome, word = worker.predict(np.zeros((32, 32, 3), np.uint8))
            agree("predict", expected["predict"], {"outcome": outcome, "word": word})
        if "last_error" in expected:
            agree("last_error", expected["last_error"], worker.ask("last_error")["error"])
        if "lenet5" in expected:
            agree("lenet5", expected["lenet5"], worker.ask("network", name="LeNet5", classes=10))
        for network, difference in expected.get("differences", {}).items():
            assert first_difference_of(worker, network) == difference, network
        assert worker.close() == 0


def first_difference_of(worker: Worker, network: str) -> list[str]:
    """Layer, expected and found of the first difference from the lecture's LeNet5, [] if none."""
    built = worker.ask("network", name=network, classes=10)
    assert built["found"], network
    report = read(LayersReport, worker.ask("network_layers", name=network))
    difference = first_difference(report, built["input"], lenet5("LeNet5"))
    if difference is None:
        return []
    told = (difference.expected, difference.actual)
    return [difference.layer, *(by_language(text)["en"] for text in told)]
