"""The numbers behind an answer, whatever network of whatever framework gives them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.worker.client import Worker, write
from tests.worker.runtimes import require

MINDSPORE = """
import mindspore as ms
from mindspore import nn
{mode}
class Net(nn.Cell):
    def __init__(self):
        super().__init__()
        self.inner = nn.Dense(3, 5)
        self.head = nn.Dense(5, 4)
    def construct(self, x):
        return self.head(self.inner(x))
net = Net()
def predict(image):
    given = image[:1, 0].astype("float32")
    return "abcd"[int(net(ms.Tensor(given)).asnumpy().argmax())]
"""
TORCH = """
import torch
from torch import nn
inner = nn.Linear(3, 4)
net = nn.Sequential(inner, nn.Linear(4, 4))
def predict(image):
    given = torch.from_numpy(image[:1, 0].astype("float32"))
    return "abcd"[int(torch.stack([net(given), net(given)]).mean(0).argmax())]
"""
KERAS = """
import keras
net = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4), keras.layers.Dense(4)])
def predict(image):
    return "abcd"[int(net.predict(image[:1, 0].astype("float32"), verbose=0).argmax())]
"""


@pytest.mark.parametrize(
    ("runtime", "main", "calls"),
    [
        ("mindspore", MINDSPORE.format(mode="ms.set_context(mode=ms.GRAPH_MODE)"), 1),
        ("mindspore", MINDSPORE.format(mode="ms.set_context(mode=ms.PYNATIVE_MODE)"), 1),
        ("mindspore1", MINDSPORE.format(mode=""), 1),
        ("torch", TORCH, 2),
        ("tensorflow", KERAS, 1),
    ],
    ids=["graph", "pynative", "mindspore1", "torch", "keras"],
)
def test_what_leaves_the_network_is_seen_and_nothing_within_it(
    tmp_path: Path, runtime: str, main: str, calls: int
) -> None:
    image = np.full((8, 8, 3), 7, np.uint8)
    with Worker(tmp_path / "scratch", require(runtime)) as worker:
        worker.load(write(tmp_path / "submission", main=main))
        _, word = worker.predict(image)
        _, rows = worker.call("outputs", image, classes=4)
        assert rows is not None
        assert rows.shape == (calls, 4)
        assert "abcd"[int(rows.mean(axis=0).argmax())] == word
        assert worker.call("outputs", image, classes=5)[1] is None
        assert worker.predict(image) == ("word", word)


def test_an_answer_without_a_network_has_no_numbers(tmp_path: Path) -> None:
    with Worker(tmp_path / "scratch") as worker:
        worker.load(write(tmp_path / "submission", main="def predict(image):\n    return 'Hats'\n"))
        assert worker.call("outputs", np.zeros((4, 4, 3), np.uint8), classes=26)[1] is None
