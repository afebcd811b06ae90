"""Exported models are named, opened where something reads them, and cost nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.examine.clock import Clock
from grader.examine.exported_models import ExportedModel, compared, exported, named
from grader.examine.images import HiddenImage
from grader.examine.replies import ExportReport
from grader.examine.session import Session
from grader.examine.worker_client import WorkerEndedError
from grader.sandbox.contract import Cause, End
from grader.worker.export_readers import UnreadableError, fitting, is_torchscript, open_export


def test_exported_models_are_named_once_each(tmp_path: Path) -> None:
    names = ("net.onnx", "phone/NET.TFLITE", "phone/net.ms", "net.mindir", "net.pth", "main.py")
    for name in (
        *names,
        "served/saved_model.pb",
        "served/variables/a.index",
        "served/keras_metadata.pb",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    (finding,) = named(exported(tmp_path))
    assert finding.facts["names"] == (
        "net.mindir (MindIR); net.onnx (ONNX); phone/NET.TFLITE (TFLite); "
        "phone/net.ms (MindSpore Lite), which nothing here opens; served (SavedModel)"
    )


def test_without_any_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "net.pth").write_bytes(b"")
    assert named(exported(tmp_path)) == []


class Told:
    """A session whose worker answers about exports as it is told to, or ends."""

    def __init__(self, *reports: ExportReport | End) -> None:
        self.clock, self.kills, self._reports = Clock(60), 0, list(reports)

    def exported(self, file: str, kind: str, images: Any) -> ExportReport:
        report = self._reports.pop(0)
        if isinstance(report, End):
            self.kills += report.cause is Cause.KILLED
            raise WorkerEndedError(report)
        return report

    def close(self) -> None:
        pass


def told_of(hidden: list[HiddenImage], *reports: ExportReport | End) -> tuple[str, str]:
    session = Told(*reports)
    models = [ExportedModel(f"{n}.onnx", "ONNX") for n in range(len(reports))]
    (finding,) = compared(models, cast(Session, session), hidden)
    assert session.kills == 0
    return finding.facts["names"], finding.hint


@pytest.fixture
def hidden(monkeypatch: pytest.MonkeyPatch) -> list[HiddenImage]:
    image = np.zeros((16, 20, 3), np.uint8)
    monkeypatch.setattr("grader.examine.exported_models.stand_ins", lambda hidden: [image])
    return []


def test_an_export_that_ends_its_worker_is_told_and_costs_nothing(
    hidden: list[HiddenImage],
) -> None:
    same = ExportReport(heard=10, by="onnxruntime 1", same=10)
    names, hint = told_of(hidden, End(Cause.KILLED, "SIGKILL"), same)
    assert "0.onnx (ONNX), which could not be opened: killed" in names
    assert "1.onnx (ONNX), opened by onnxruntime 1" in names and "10 of 10" in names
    assert "answers otherwise" not in hint


@pytest.mark.parametrize(
    ("report", "words", "differs"),
    [
        (ExportReport(heard=10, by="cv2", same=9), "9 of 10 images", True),
        (ExportReport(heard=10, by="cv2", own=True), "which the submission itself asks", False),
        (ExportReport(heard=0, by="cv2"), "no network was seen at work", False),
        (ExportReport(heard=10, by="cv2", why="it takes 1 x 3"), "not compared: it takes", False),
        (ExportReport(heard=10), "has none of onnxruntime, cv2", False),
    ],
)
def test_what_was_found_is_said(
    hidden: list[HiddenImage], report: ExportReport, words: str, differs: bool
) -> None:
    names, hint = told_of(hidden, report)
    assert words in names
    assert ("answers otherwise" in hint) is differs


SIZES = st.tuples(st.just(1), st.integers(1, 9), st.integers(1, 9), st.integers(1, 9))


@given(SIZES, st.sets(st.integers(0, 3)), st.booleans())
def test_what_enters_fits_in_one_order_of_axes(
    sizes: tuple[int, ...], open_axes: set[int], last: bool
) -> None:
    """Channels first or last; an export leaves sizes open as None, -1 or a name."""
    image = np.arange(np.prod(sizes), dtype=np.float32).reshape(sizes)
    turned = np.moveaxis(image, 1, 3) if last else image
    wanted = [(None, -1, "batch")[at % 3] if at in open_axes else turned.shape[at]
              for at in range(4)]  # fmt: skip
    made = fitting(image, wanted)
    assert sorted(made.ravel()) == sorted(image.ravel())
    assert all(made.shape[at] == turned.shape[at] for at in range(4) if at not in open_axes)


def test_other_sizes_are_told_with_both() -> None:
    with pytest.raises(UnreadableError, match=r"takes 1 x 3 x 224 x 224, .* given 1 x 3 x 8 x 8"):
        fitting(np.zeros((1, 3, 8, 8)), [1, 3, 224, 224])


def test_a_state_is_no_torchscript_and_what_nothing_reads_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "net.pt").write_bytes(b"PK")
    assert not is_torchscript(tmp_path / "net.pt")
    assert not is_torchscript(tmp_path / "gone.pt")
    assert open_export(tmp_path / "net.om", "Ascend") is None
