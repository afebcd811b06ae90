"""What a network's first normalisation stored is found in every framework."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.worker.client import Worker, write
from tests.worker.runtimes import require

PREDICT = """
def predict(image):
    y = ask(image.astype(np.float32)[None] / 255)
    return "abc"[int(np.asarray(y).reshape(-1).argmax())]
"""
VALUES = """
import numpy as np
W = np.arange(4 * 3 * 2 * 2, dtype=np.float32).reshape(4, 3, 2, 2)
B, M, V = (np.arange(4, dtype=np.float32) + n for n in (1, 2, 3))
"""
TORCH = (
    VALUES
    + """
import torch
from torch import nn
net = nn.Sequential(nn.Conv2d(3, 4, 2), nn.BatchNorm2d(4), nn.Conv2d(4, 3, 1), nn.BatchNorm2d(3))
with torch.no_grad():
    for place, values in zip(
        (net[0].weight, net[0].bias, net[1].running_mean, net[1].running_var), (W, B, M, V)
    ):
        place.copy_(torch.from_numpy(values))
net.eval()

def ask(x):
    return net(torch.from_numpy(x.transpose(0, 3, 1, 2))).mean((2, 3)).detach().numpy()
"""
)
MINDSPORE = (
    VALUES
    + """
import mindspore as ms
from mindspore import nn
ms.set_context(device_target="CPU", mode=ms.GRAPH_MODE)
net = nn.SequentialCell(
    nn.Conv2d(3, 4, 2, has_bias=True, weight_init=ms.Tensor(W), bias_init=ms.Tensor(B)),
    nn.BatchNorm2d(4, moving_mean_init=ms.Tensor(M), moving_var_init=ms.Tensor(V)),
    nn.Conv2d(4, 3, 1), nn.BatchNorm2d(3),
)
net.set_train(False)

def ask(x):
    return net(ms.Tensor(np.ascontiguousarray(x.transpose(0, 3, 1, 2)))).asnumpy().mean((2, 3))
"""
)
KERAS = (
    VALUES
    + """
import keras
net = keras.Sequential([
    keras.Input((8, 8, 3)), keras.layers.Conv2D(4, 2), keras.layers.BatchNormalization(),
    keras.layers.Conv2D(3, 1), keras.layers.BatchNormalization(),
])
net.layers[0].set_weights([W.transpose(2, 3, 1, 0), B])
net.layers[1].set_weights([np.ones(4), np.zeros(4), M, V])

def ask(x):
    return np.asarray(net(x, training=False)).mean((1, 2))
"""
)
IMAGE = np.zeros((8, 8, 3), np.uint8)


@pytest.mark.parametrize(
    ("runtime", "main"),
    [
        ("torch", TORCH),
        ("mindspore", MINDSPORE),
        pytest.param("tensorflow", KERAS, marks=pytest.mark.thorough),
    ],
)
def test_the_convolution_and_the_statistics_are_told(
    tmp_path: Path, runtime: str, main: str
) -> None:
    with Worker(tmp_path / "scratch", require(runtime)) as worker:
        worker.load(write(tmp_path / "submission", main=main + PREDICT))
        report, values = worker.call("normalisations", IMAGE)
    assert report["sizes"] == [4, 3, 2, 2], report
    assert values is not None
    assert values[:, :12] == pytest.approx(np.arange(48).reshape(4, 12))
    assert values[:, 12:] == pytest.approx(np.arange(4)[:, None] + [1, 2, 3])


BARE = """
import numpy as np
import torch
from torch import nn
net = nn.Sequential({layers}).eval()

def ask(x):
    return net(torch.from_numpy(x.transpose(0, 3, 1, 2))).mean((2, 3)).detach().numpy()
"""


@pytest.mark.parametrize(
    ("layers", "sizes"),
    [
        ("nn.BatchNorm2d(3), nn.Conv2d(3, 3, 1)", [3, 3, 1, 1]),  # it sees the image itself
        ("nn.Conv2d(3, 4, 2), nn.ReLU(), nn.Conv2d(4, 3, 1)", []),
        ("nn.Conv2d(3, 4, 1), nn.Conv2d(4, 3, 1), nn.BatchNorm2d(3)", []),
    ],
)
def test_what_stands_before_it_is_one_convolution_or_nothing(
    tmp_path: Path, layers: str, sizes: list[int]
) -> None:
    main = BARE.replace("{layers}", layers) + PREDICT
    with Worker(tmp_path / "scratch", require("torch")) as worker:
        worker.load(write(tmp_path / "submission", main=main))
        report, values = worker.call("normalisations", IMAGE)
    assert report["sizes"] == sizes, report
    assert (values is None) is (not sizes)
    if values is not None:
        assert values[:, :3] == pytest.approx(np.eye(3))
