"""Loss and accuracy as students record them: printed, in notebooks, in tables."""

from __future__ import annotations

import codecs
import json
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.evidence import Curve, Records
from grader.readers.curves.series import MAX_POINTS
from tests.intake.reading import find_records

Shown = list[tuple[str, str, list[float], list[float]]]  # name, unit, x, y


def curves_of(folder: Path, name: str, text: str | bytes) -> tuple[Curve, ...]:
    folder.mkdir(exist_ok=True)
    raw = text.encode("utf-8") if isinstance(text, str) else text
    (folder / name).write_bytes(raw)
    return find_records(folder).curves


def shown(curves: tuple[Curve, ...]) -> Shown:
    return [(curve.name, curve.unit, list(curve.x), list(curve.y)) for curve in curves]


PRINTED: dict[str, tuple[str, Shown]] = {
    "MindSpore, steps that begin anew with each epoch, and an evaluation at the end": (
        "epoch: 1 step: 2, loss is 2.25\nepoch: 1 step: 4, loss is 1.5\n"
        "Train epoch time: 1868.275 ms, per step time: 233.534 ms\n"
        "epoch: 2 step: 2, loss is 0.75\nepoch: 2 step: 4, loss is 0.5\n"
        "============== Accuracy:{'Accuracy': 0.984375} ==============\n",
        [("loss", "step", [2, 4, 6, 8], [2.25, 1.5, 0.75, 0.5]),
         ("Accuracy", "epoch", [2], [0.984375])],
    ),
    "MindSpore's model zoo": (
        "epoch:[  1/ 20], step:[   12/  375], loss:[4.5/4.1], time:[12.3], lr:[0.01]\n"
        "epoch:[  1/ 20], step:[   24/  375], loss:[3.5/4.1], time:[12.3], lr:[0.01]\n",
        [("loss", "step", [12, 24], [4.5, 3.5])],
    ),
    "PyTorch, by epoch": (
        "Epoch [3/20], Loss: 0.125, val_acc: 87.5%\nEpoch [4/20], Loss: 0.1, val_acc: 90%\n",
        [("Loss", "epoch", [3, 4], [0.125, 0.1]), ("val_acc", "epoch", [3, 4], [0.875, 0.9])],
    ),
    "a free sentence": (
        "epoch 3 train loss 0.5 test acc 0.91\nepoch 4 train loss 0.25 test acc 0.92\n",
        [("train loss", "epoch", [3, 4], [0.5, 0.25]), ("test acc", "epoch", [3, 4], [0.91, 0.92])],
    ),
    "the phase said once in a line": (
        "Epoch 0/24\ntrain Loss: 0.5 Acc: 0.75\nval Loss: 0.25 Acc: 0.875\n"
        "Epoch 1/24\ntrain Loss: 0.25 Acc: 0.8\nval Loss: 0.125 Acc: 0.9\n",
        [("train Loss", "epoch", [0, 1], [0.5, 0.25]), ("train Acc", "epoch", [0, 1], [0.75, 0.8]),
         ("val Loss", "epoch", [0, 1], [0.25, 0.125]), ("val Acc", "epoch", [0, 1], [0.875, 0.9])],
    ),
    "PyTorch's MNIST example": (
        "Train Epoch: 1 [0/60000 (0%)]\tLoss: 2.25\nTrain Epoch: 1 [30000/60000 (50%)]\tLoss: 1.5\n"
        "\nTest set: Average loss: 0.25, Accuracy: 9875/10000 (99%)\n",
        [("train Loss", "epoch", [1, 1.5], [2.25, 1.5]),
         ("test Average loss", "epoch", [1.5], [0.25]),
         ("test Accuracy", "epoch", [1.5], [0.9875])],
    ),
    "tensors": (
        "loss: tensor(2.25, grad_fn=<NllLossBackward0>)\n"
        "loss: Tensor(shape=[], dtype=Float32, value= 1.5)\n",
        [("loss", "", [1, 2], [2.25, 1.5])],
    ),
    "dictionaries": (
        "{'epoch': 1, 'train_loss': 0.5, 'top_1_accuracy': 0.25}\n"
        '{"epoch": 2, "train_loss": 0.25, "top_1_accuracy": 0.5}\n',
        [("train_loss", "epoch", [1, 2], [0.5, 0.25]),
         ("top_1_accuracy", "epoch", [1, 2], [0.25, 0.5])],
    ),
    "Keras with a progress bar": (
        "Epoch 1/2\r\n\r1/6 [=>...] - ETA: 3s - loss: 0.75 - accuracy: 0.5"
        "\x08\x08\x08\r\x1b[1m6/6\x1b[0m [=====] - 1s 4ms/step - loss: 0.5 - accuracy: 0.75"
        " - val_loss: 0.375 - val_accuracy: 0.875\n"
        "Epoch 2/2\n6/6 - 0s - 33ms/step - loss: 0.25 - accuracy: 1.0 - val_loss: 0.125"
        " - val_accuracy: 1.0\n",
        [("loss", "epoch", [1, 2], [0.5, 0.25]), ("accuracy", "epoch", [1, 2], [0.75, 1]),
         ("val_loss", "epoch", [1, 2], [0.375, 0.125]),
         ("val_accuracy", "epoch", [1, 2], [0.875, 1])],
    ),
    "one bar for everything": (
        "Training:  10%|█  | 3/30 [00:01, loss=0.5]\rTraining:  20%|██ | 6/30 [00:01, loss=0.25]",
        [("train loss", "", [1, 2], [0.5, 0.25])],
    ),
    "Chinese": (
        "第1轮 训练损失：0.5 验证集准确率：87.5%\n第 2 轮，训练损失为0.25，验证集准确率 90 %\n",
        [("训练损失", "epoch", [1, 2], [0.5, 0.25]),
         ("验证集准确率", "epoch", [1, 2], [0.875, 0.9])],
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", PRINTED)
def test_what_a_training_prints_is_read(kind: str, tmp_path: Path) -> None:
    text, expected = PRINTED[kind]
    assert shown(curves_of(tmp_path, "train.log", text)) == expected


@pytest.mark.parametrize(
    ("encoding", "before"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("gb18030", b""),
        ("utf-16-le", codecs.BOM_UTF16_LE),
    ],
)
def test_logs_of_any_system_are_read(encoding: str, before: bytes, tmp_path: Path) -> None:
    text = "第1轮 损失: 0.5\n第2轮 损失: 0.25\n"
    curves = curves_of(tmp_path, "日志.txt", before + text.encode(encoding))
    assert shown(curves) == [("损失", "epoch", [1, 2], [0.5, 0.25])]


@pytest.mark.parametrize(
    "line",
    [
        "Epoch 00003: val_loss improved from 0.5 to 0.25, saving model to best.h5",
        "accumulation_steps: 4, loss_scale: 1024, access 3, lossless 2",
        "epochs: 20 batch_size: 32 learning rate 0.01",
        "Train epoch time: 1868.275 ms, per step time: 233.534 ms",
        "numpy==1.26.4",
    ],
)
def test_other_numbers_are_no_curve(line: str, tmp_path: Path) -> None:
    assert curves_of(tmp_path, "train.log", f"{line}\n" * 5) == ()


def test_one_value_alone_is_no_curve(tmp_path: Path) -> None:
    assert curves_of(tmp_path, "result.txt", "test accuracy: 0.9\n") == ()


def test_two_trainings_in_one_log_are_two(tmp_path: Path) -> None:
    text = "".join(f"epoch {epoch} loss {1 / epoch}\n" for epoch in (1, 2, 3, 1, 2, 3))
    curves = curves_of(tmp_path, "train.log", text)
    assert [(curve.run, curve.count) for curve in curves] == [(1, 3), (2, 3)]


def test_a_training_that_diverged_says_so(tmp_path: Path) -> None:
    text = "".join(f"step {n} loss: {value}\n" for n, value in enumerate([2.5, 9.5, "nan", "inf"]))
    (curve,) = curves_of(tmp_path, "train.log", text)
    assert (curve.count, curve.lost, curve.y) == (2, 2, (2.5, 9.5))


def test_a_long_curve_keeps_its_ends_and_extremes(tmp_path: Path) -> None:
    values = [2 + math.sin(n / 700) for n in range(20_000)]
    values[7_777], values[12_345] = 9.0, 0.125
    text = "".join(f"step: {n}, loss: {value:.9f}\n" for n, value in enumerate(values))
    (curve,) = curves_of(tmp_path, "train.log", text)
    assert curve.count == 20_000 and len(curve.x) == len(curve.y) <= MAX_POINTS
    assert (curve.x[0], curve.x[-1]) == (0, 19_999)
    points = dict(zip(curve.x, curve.y, strict=True))
    assert points[7_777] == 9 and points[12_345] == 0.125
    assert list(curve.x) == sorted(curve.x)


def test_a_submission_with_many_logs_keeps_the_fullest(tmp_path: Path) -> None:
    for number in range(30):
        lines = "".join(f"step {n} loss {1 / (n + 1)}\n" for n in range(2 + number))
        (tmp_path / f"log{number:02d}.txt").write_text(lines)
    files = [curve.file for curve in find_records(tmp_path).curves]
    assert files == [f"log{number}.txt" for number in range(22, 30)]


def test_a_table_of_a_data_set_takes_no_room_from_a_log(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"a{number}.csv").write_text("image,label\n" + "a.jpg,1\n" * 1_000_000)
    curves = curves_of(tmp_path, "train.log", "epoch 1 loss 0.5\nepoch 2 loss 0.25\n")
    assert [curve.file for curve in curves] == ["train.log"]


def notebook(*outputs: dict[str, object]) -> str:
    cells = [{"cell_type": "code", "source": "", "outputs": [output]} for output in outputs]
    return json.dumps({"cells": [{"cell_type": "markdown", "source": "x"}, *cells]})


def test_cells_of_a_notebook_are_trainings_of_their_own(tmp_path: Path) -> None:
    lines = ["epoch: 1 step: 1, loss is 0.5\n", "epoch: 1 step: 2, loss is 0.25\n"]
    text = notebook(
        {"output_type": "stream", "name": "stdout", "text": lines},
        {"output_type": "stream", "name": "stdout", "text": "".join(lines)},
        {"output_type": "execute_result", "data": {"text/plain": ["{'acc': 0.9}"]}},
    )
    curves = curves_of(tmp_path, "lab.ipynb", text)
    assert [(curve.file, curve.cell, curve.name) for curve in curves] == [
        ("lab.ipynb", 2, "loss"),
        ("lab.ipynb", 3, "loss"),
        ("lab.ipynb", 4, "acc"),
    ]
    assert find_records(tmp_path).records == ("lab.ipynb",)


TABLES = {
    "training.log": "epoch,accuracy,loss,val_loss\n0,0.5,0.75,0.5\n1,0.75,0.5,0.25\n",
    "history.csv": "Epoch;Loss;Val Acc\n1;0.75;50%\n2;0.5;75%\n",
    "run-train_loss.csv": "Wall time,Step,Value\n1.5e9,10,0.75\n1.5e9,20,0.5\n",
    "records.tsv": "轮次\t损失\n1\t0.75\n2\t0.5\n",
    "history.json": '{"loss": [0.75, 0.5], "val_acc": [0.5, 0.75], "lr": [1, 1]}',
    "log.json": '{"history": {"train_loss": [0.75, 0.5]}, "params": {}}',
    "pandas.csv": ",loss,lr\n0,0.75,0.1\n1,0.5,0.1\n",
}


@pytest.mark.parametrize("name", TABLES)
def test_tables_are_read_by_their_heads(name: str, tmp_path: Path) -> None:
    curves = curves_of(tmp_path, name, TABLES[name])
    losses = [curve for curve in curves if curve.quantity == "loss"]
    assert losses[0].y == (0.75, 0.5)
    places = {"training.log": (0, 1), "run-train_loss.csv": (10, 20)}
    assert losses[0].x == places.get(name, (1, 2))
    accuracies = [curve.y for curve in curves if curve.quantity == "accuracy"]
    assert accuracies in ([], [(0.5, 0.75)])
    assert "lr" not in [curve.name for curve in curves]


def test_evidence_without_curves_is_still_read() -> None:
    assert Records.model_validate_json('{"reports": ["a.md"]}').curves == ()


def test_curves_survive_being_stored(tmp_path: Path) -> None:
    found = curves_of(tmp_path, "train.log", PRINTED["Chinese"][0])
    records = Records(curves=found)
    assert Records.model_validate_json(records.model_dump_json()) == records


PIECES = ["epoch", "Epoch [", "loss", "acc", "val_", "train ", "损失", "准确率", "第", "轮", ": ",
          "=", "1", "0.5", "/", "%", "nan", "inf", "1e999", "\r", "\n", "\b", "\x1b[", ",", "\t",
          "[", "{", "'", '"', "tensor(", "value=", "\0", "\ufeff", "step ", "\n1,2\n"]  # fmt: skip


@pytest.mark.parametrize("name", ["a.log", "a.csv", "a.json", "a.ipynb", "events.out.tfevents.1"])
@settings(max_examples=60, deadline=None)
@given(
    raw=st.one_of(
        st.binary(max_size=400),
        st.lists(st.sampled_from(PIECES), max_size=80).map(lambda parts: "".join(parts).encode()),
    )
)
def test_anything_is_read_without_an_error(
    name: str, raw: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    for curve in curves_of(tmp_path_factory.mktemp("any"), name, raw):
        assert len(curve.x) == len(curve.y) >= 1
        assert all(map(math.isfinite, (*curve.x, *curve.y)))
        Curve.model_validate_json(curve.model_dump_json())


@pytest.mark.parametrize(
    "piece",
    ["loss ", "loss", "train ", "a_", "epoch 1 [", "1", "loss:[[", "\r", "\b loss 1 ", "第1"],
)
def test_a_text_made_to_be_slow_is_not(piece: str, tmp_path: Path) -> None:
    """No pattern's time may grow with the square of a line: 1 MiB would take hours."""
    (tmp_path / "train.log").write_text(piece * (1024 * 1024 // len(piece)))
    find_records(tmp_path)
