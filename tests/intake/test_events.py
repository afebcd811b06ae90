"""Event files of real frameworks, and damaged ones."""

from __future__ import annotations

import struct
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.readers.curves import events
from tests.intake.reading import find_records
from tests.worker.runtimes import require

TRAINING = """
import sys
import numpy as np
import mindspore as ms
from mindspore import dataset, nn
from mindspore.train import LossMonitor, Model, SummaryRecord, TimeMonitor

images = np.random.default_rng(0).normal(size=(32, 4)).astype(np.float32)
labels = (images.sum(1) > 0).astype(np.int32)
data = dataset.NumpySlicesDataset((images, labels), shuffle=False).batch(8)
net = nn.Dense(4, 2)
loss = nn.SoftmaxCrossEntropyWithLogits(sparse=True, reduction="mean")
model = Model(net, loss, nn.Momentum(net.trainable_params(), 0.1, 0.9), {"Accuracy": nn.Accuracy()})
model.train(3, data, callbacks=[LossMonitor(1), TimeMonitor()], dataset_sink_mode=False)
print("============== Accuracy:{} ==============".format(model.eval(data, dataset_sink_mode=False)))
with SummaryRecord(sys.argv[1] + "/summary") as record:
    for step in range(1, 6):
        record.add_value("scalar", "loss", ms.Tensor(2.0 / step))
        record.add_value("scalar", "learning_rate", ms.Tensor(0.5))
        record.add_value("tensor", "weights", ms.Tensor(np.ones((3, 3), np.float32)))
        record.record(step)
"""

TENSORFLOW = """
import sys
import tensorflow as tf
from tensorflow.core.framework.summary_pb2 import Summary

with tf.summary.create_file_writer(sys.argv[1] + "/two").as_default():
    for step in range(5):
        tf.summary.write("epoch_loss", tf.constant(2.0 / (step + 1)), step)
        tf.summary.write("accuracy", tf.constant(step / 8, tf.float64), step)
        tf.summary.write("loss_of_many", tf.ones((3,)), step)
tf.compat.v1.disable_eager_execution()
graph = tf.compat.v1.get_default_graph()
one = tf.compat.v1.summary.FileWriter(sys.argv[1] + "/one", graph=graph)
for step in range(0, 50, 10):
    value = Summary.Value(tag="Loss/train", simple_value=2 / (step + 1))
    one.add_summary(Summary(value=[value]), step)
one.close()
"""


def made(python: str, program: str, folder: Path) -> str:
    """What `program` prints; it writes its files below `folder`."""
    done = subprocess.run(
        [python, "-c", program, folder], capture_output=True, text=True, check=True, cwd=folder
    )
    return done.stdout


@pytest.fixture(scope="module")
def mindspore(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mindspore")
    (folder / "train.log").write_text(made(sys.executable, TRAINING, folder), "utf-8")
    return folder


def test_a_real_training_in_mindspore_is_read_from_log_and_summary(mindspore: Path) -> None:
    records = find_records(mindspore)
    found = {(Path(curve.file).parts[0], curve.name): curve for curve in records.curves}
    assert set(found) == {("summary", "loss"), ("train.log", "loss"), ("train.log", "Accuracy")}
    summary = found["summary", "loss"]
    assert (summary.unit, summary.x) == ("step", (1, 2, 3, 4, 5))
    assert summary.y == pytest.approx((2, 1, 2 / 3, 0.5, 0.4), rel=1e-5)
    printed = found["train.log", "loss"]
    assert (printed.unit, printed.x, printed.count) == ("step", tuple(range(1, 13)), 12)
    assert 0 <= found["train.log", "Accuracy"].y[0] <= 1


@pytest.mark.thorough
def test_tensorboards_files_are_read_as_both_versions_write_them(tmp_path: Path) -> None:
    made(require("tensorflow"), TENSORFLOW, tmp_path)
    found = {curve.name: curve for curve in find_records(tmp_path).curves}
    assert set(found) == {"epoch_loss", "accuracy", "Loss/train"}
    assert (found["epoch_loss"].unit, found["epoch_loss"].x) == ("epoch", (0, 1, 2, 3, 4))
    assert found["accuracy"].y == (0, 0.125, 0.25, 0.375, 0.5)
    assert found["Loss/train"].x == (0, 10, 20, 30, 40)


def event_file(folder: Path) -> Path:
    (path,) = (folder / "summary").glob("*_MS")
    return path


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_file_that_was_cut_gives_what_is_left(
    mindspore: Path, share: float, tmp_path: Path
) -> None:
    raw = event_file(mindspore).read_bytes()
    cut = tmp_path / "cut"
    cut.write_bytes(raw[: int(share * len(raw))])
    points = [point for series in events.read_events(cut) for point in series.points]
    assert len(points) == {0.2: 0, 0.5: 2, 0.9: 4}[share]


def test_a_record_of_broken_bytes_is_passed_over(mindspore: Path, tmp_path: Path) -> None:
    broken = b"\xff" * 40
    framed = struct.pack("<QI", len(broken), 0) + broken + bytes(4)
    path = tmp_path / "events"
    path.write_bytes(framed + event_file(mindspore).read_bytes())
    (series,) = events.read_events(path)
    assert len(series.points) == 5


def test_a_record_as_large_as_a_graph_is_passed_over(mindspore: Path, tmp_path: Path) -> None:
    graph = bytes(events.RECORD + 1)
    path = tmp_path / "events"
    path.write_bytes(
        struct.pack("<QI", len(graph), 0) + graph + bytes(4) + event_file(mindspore).read_bytes()
    )
    (series,) = events.read_events(path)
    assert len(series.points) == 5


@pytest.mark.parametrize("length", [2**63, 2**64 - 1, events.MAX_EVENT_BYTES + 1])
def test_a_length_that_lies_ends_the_reading(length: int, tmp_path: Path) -> None:
    path = tmp_path / "events"
    path.write_bytes(struct.pack("<QI", length, 0) + bytes(100))
    assert events.read_events(path) == []


def test_a_sparse_file_of_nothing_is_read_to_a_bound(tmp_path: Path) -> None:
    path = tmp_path / "events.out.tfevents.1"
    with path.open("wb") as file:
        file.truncate(2**40)
    assert find_records(tmp_path).curves == ()


@settings(deadline=None)
@given(st.data())
def test_changed_bytes_raise_nothing(mindspore: Path, data: st.DataObject) -> None:
    raw = bytearray(event_file(mindspore).read_bytes())
    for place in data.draw(st.lists(st.integers(0, len(raw) - 1), max_size=8)):
        raw[place] = data.draw(st.integers(0, 255))
    path = mindspore / "changed"
    path.write_bytes(raw)
    events.read_events(path)
