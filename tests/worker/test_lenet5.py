"""LeNet5 does what its weights say in every framework."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.worker import protocol
from tests.worker.client import Worker, write
from tests.worker.runtimes import require

CLASSES = {
    "mindspore": """
from mindspore import nn
class LeNet5(nn.Cell):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, pad_mode="valid", has_bias=True)
        self.conv2 = nn.Conv2d(6, 16, 5, pad_mode="valid", has_bias=True)
        self.fc1, self.fc2, self.fc3 = nn.Dense(400, 120), nn.Dense(120, 84), nn.Dense(84, 10)
        self.relu, self.pool, self.flatten = nn.ReLU(), nn.MaxPool2d(2, 2), nn.Flatten()
    def construct(self, x):
        x = self.pool(self.relu(self.conv1(x)))
        x = self.pool(self.relu(self.conv2(x)))
        x = self.relu(self.fc1(self.flatten(x)))
        return self.fc3(self.relu(self.fc2(x)))
""",
    "torch": """
import torch
from torch import nn
class LeNet5(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2 = nn.Linear(400, 120), nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)
    def forward(self, x):
        x = torch.max_pool2d(torch.relu(self.conv1(x)), 2)
        x = torch.max_pool2d(torch.relu(self.conv2(x)), 2)
        x = torch.relu(self.fc1(x.reshape(len(x), -1)))
        return self.fc3(torch.relu(self.fc2(x)))
""",
    "tensorflow": """
import keras
from keras import layers
class LeNet5(keras.Model):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = layers.Conv2D(6, 5), layers.Conv2D(16, 5, activation="relu")
        self.pool, self.flatten = layers.MaxPooling2D(2), layers.Flatten()
        self.fc1, self.fc2 = layers.Dense(120, "relu"), layers.Dense(84)
        self.fc3 = layers.Dense(10)
    def call(self, x):
        x = self.pool(keras.ops.relu(self.conv1(x)))
        x = self.flatten(self.pool(self.conv2(x)))
        return self.fc3(keras.ops.relu(self.fc2(self.fc1(x))))
""",
}
RUNTIMES = ["mindspore", "mindspore1", "torch", "tensorflow"]
SIZES = {
    "conv1.w": (6, 1, 5, 5),
    "conv1.b": (6,),
    "conv2.w": (16, 6, 5, 5),
    "conv2.b": (16,),
    "dense1.w": (120, 400),
    "dense1.b": (120,),
    "dense2.w": (84, 120),
    "dense2.b": (84,),
    "dense3.w": (10, 84),
    "dense3.b": (10,),
}


def convolved(x: Any, w: Any, b: Any) -> Any:
    view: Any = np.lib.stride_tricks.sliding_window_view
    windows = view(x, w.shape[2:], axis=(2, 3))
    return np.einsum("nchwij,ocij->nohw", windows, w) + b[:, None, None]


def pooled(x: Any) -> Any:
    n, c, h, w = x.shape
    return x.reshape(n, c, h // 2, 2, w // 2, 2).max(axis=(3, 5))


def expected_output(x: Any, values: dict[str, Any]) -> Any:
    """LeNet5 by NumPy alone."""
    for name in ("conv1", "conv2"):
        x = pooled(np.maximum(convolved(x, values[name + ".w"], values[name + ".b"]), 0))
    x = x.reshape(len(x), -1)
    for name in ("dense1", "dense2", "dense3"):
        x = x @ values[name + ".w"].T + values[name + ".b"]
        x = x if name == "dense3" else np.maximum(x, 0)
    return x


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_the_same_weights_do_the_same_in_every_framework(runtime: str, tmp_path: Path) -> None:
    submission = write(tmp_path / "submission", main=CLASSES[runtime.rstrip("1")])
    with Worker(tmp_path / "scratch", require(runtime)) as worker:
        worker.load(submission)
        found = worker.ask("network")
        assert (found["name"], found["count"], found["error"]) == ("LeNet5", 61_706, None)
        values = set_weights(worker)
        gives_what_numpy_gives(worker, values)
        tells_its_layers(worker.ask("network_layers"))
        learns(worker)
        gives_what_numpy_gives(worker, set_weights(worker))
        assert worker.close() == 0


def test_maps_may_be_flattened_channels_first_where_they_come_last(tmp_path: Path) -> None:
    text = CLASSES["tensorflow"].replace(
        "self.flatten = layers.MaxPooling2D(2), layers.Flatten()",
        "self.flatten = layers.MaxPooling2D(2), keras.Sequential("
        "[layers.Permute((3, 1, 2)), layers.Flatten()])",
    )
    assert "Permute" in text
    submission = write(tmp_path / "submission", main=text)
    with Worker(tmp_path / "scratch", require("tensorflow")) as worker:
        worker.load(submission)
        assert worker.ask("network")["error"] is None
        gives_what_numpy_gives(worker, set_weights(worker))
        assert worker.close() == 0


def set_weights(worker: Worker) -> dict[str, Any]:
    random = np.random.default_rng(0)
    values = {role: random.normal(0, 0.1, size) for role, size in SIZES.items()}
    for role, value in values.items():
        reply = worker.ask("network_set", value.astype(np.float32), role=role)
        assert reply == {"set": True, "error": None}, role
    wrong = worker.ask("network_set", np.zeros((5, 5), np.float32), role="dense2.w")
    assert wrong == {"set": False, "error": "ValueError: expected (84, 120), got (5, 5)"}
    return values


def gives_what_numpy_gives(worker: Worker, values: dict[str, Any]) -> None:
    images = np.random.default_rng(1).uniform(-1, 1, (4, 1, 32, 32)).astype(np.float32)
    reply, output = worker.call("network_forward", images)
    assert reply == {"shape": [4, 10], "error": None}
    assert output is not None
    assert output.dtype == np.float32
    np.testing.assert_allclose(output, expected_output(images, values), rtol=1e-3, atol=1e-3)


def tells_its_layers(report: protocol.Meta) -> None:
    kinds = [layer["kind"] for layer in report["layers"]]
    convolution = ["convolution", "relu", "max-pool"]
    assert kinds == [*convolution * 2, "flatten", "dense", "relu", "dense", "relu", "dense"]
    assert sum(layer["multiply_adds"] for layer in report["layers"]) == 416_520
    assert sum(layer["parameters"] for layer in report["layers"]) == 61_706
    assert report["variant"] == {
        "input": 32,
        "pool": "max",
        "conv_activation": "relu",
        "dense_activation": "relu",
        "c5": "dense",
        "dropout": False,
        "batch_norm": False,
        "softmax": False,
    }
    pools = [layer["window"] for layer in report["layers"] if layer["kind"] == "max-pool"]
    assert pools == [[2, 2, 2, 2]] * 2


def learns(worker: Worker) -> None:
    labels = [number % 10 for number in range(40)]
    patterns = np.random.default_rng(2).uniform(-1, 1, (10, 1, 32, 32))
    images = np.stack([patterns[label] for label in labels]).astype(np.float32)
    report = worker.ask("network_train", images, labels=labels, steps=30, batch=20, rate=0.05)
    assert len(report["losses"]) == 30
    assert report["losses"][-1] < 0.8 * report["losses"][0]
