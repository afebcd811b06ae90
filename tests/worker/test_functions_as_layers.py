"""A LeNet5 whose layers are functions of its own parameters is the same LeNet5."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.worker.client import Worker, write
from tests.worker.runtimes import require
from tests.worker.test_lenet5 import (
    gives_what_numpy_gives,
    learns,
    set_weights,
    tells_its_layers,
)

TORCH = """
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.functional import conv2d


class LeNet5(nn.Module):
    def __init__(self):
        super().__init__()
        sizes = {{"c1": (6, 1, 5, 5), "c2": (16, 6, 5, 5)}}
        sizes.update({dense})
        for name, size in sizes.items():
            setattr(self, name, nn.Parameter(torch.randn(size) * 0.1))
        for name, size in {{"c1": 6, "c2": 16, "f1": 120, "f2": 84, "f3": 10}}.items():
            setattr(self, name + "_b", nn.Parameter(torch.zeros(size)))

    def dense(self, x, name):
        w, b = getattr(self, name), getattr(self, name + "_b")
        return {product}

    def forward(self, x):
        x = F.max_pool2d(torch.relu(conv2d(x, self.c1, self.c1_b)), 2)
        x = F.conv2d(x, weight=self.c2) + self.c2_b.view(1, -1, 1, 1)
        x = torch.max_pool2d(torch.relu(x), kernel_size=2).flatten(1)
        x = torch.relu(self.dense(x, "f1"))
        return self.dense(torch.relu(self.dense(x, "f2")), "f3")
"""
MINDSPORE = """
import numpy as np
import mindspore as ms
from mindspore import Parameter, Tensor, nn, ops


class LeNet5(nn.Cell):
    def __init__(self):
        super().__init__()
        sizes = {{"c1": (6, 1, 5, 5), "c2": (16, 6, 5, 5)}}
        sizes.update({dense})
        for name, size in sizes.items():
            values = np.random.normal(0, 0.1, size).astype(np.float32)
            setattr(self, name, Parameter(Tensor(values), name=name))
        for name, size in {{"c1": 6, "c2": 16, "f1": 120, "f2": 84, "f3": 10}}.items():
            zeros = Tensor(np.zeros(size, np.float32))
            setattr(self, name + "_b", Parameter(zeros, name=name + "_b"))
        self.conv1 = ops.Conv2D(6, 5, pad_mode="valid")
        self.conv2 = ops.Conv2D(16, 5, pad_mode="valid")
        self.add, self.relu, self.pool = ops.BiasAdd(), ops.ReLU(), ops.MaxPool(2, 2)
        self.product, self.turned = ops.MatMul(), ops.MatMul(transpose_b=True)

    def dense(self, x, name):
        w, b = getattr(self, name), getattr(self, name + "_b")
        return {product}

    def construct(self, x):
        x = self.pool(self.relu(self.add(self.conv1(x, self.c1), self.c1_b)))
        x = self.pool(self.relu(self.add(self.conv2(x, self.c2), self.c2_b)))
        x = self.relu(self.dense(x.reshape((x.shape[0], -1)), "f1"))
        return self.dense(self.relu(self.dense(x, "f2")), "f3")
"""
IN_OUT = "{'f1': (400, 120), 'f2': (120, 84), 'f3': (84, 10)}"
OUT_IN = "{'f1': (120, 400), 'f2': (84, 120), 'f3': (10, 84)}"


@pytest.mark.parametrize(
    ("runtime", "text", "dense", "product"),
    [
        ("torch", TORCH, IN_OUT, "x @ w + b"),
        ("torch", TORCH, IN_OUT, "torch.addmm(b, x, w)"),
        ("torch", TORCH, OUT_IN, "F.linear(x, w, b)"),
        ("torch", TORCH, OUT_IN, "b + torch.matmul(x, w.t())"),
        ("mindspore", MINDSPORE, IN_OUT, "ops.matmul(x, w) + b"),
        ("mindspore", MINDSPORE, IN_OUT, "self.add(self.product(x, w), b)"),
        ("mindspore", MINDSPORE, OUT_IN, "self.turned(x, w) + b"),
    ],
)
def test_functions_of_parameters_are_layers(
    runtime: str, text: str, dense: str, product: str, tmp_path: Path
) -> None:
    source = text.format(dense=dense, product=product)
    with Worker(tmp_path / "scratch", require(runtime)) as worker:
        worker.load(write(tmp_path / "submission", main=source))
        found = worker.ask("network")
        assert (found["name"], found["count"], found["error"]) == ("LeNet5", 61_706, None)
        values = set_weights(worker)
        gives_what_numpy_gives(worker, values)
        layers = worker.ask("network_layers")
        assert layers["error"] is None
        assert sum(layer["parameters"] for layer in layers["layers"]) == 61_706
        tells_its_layers(layers)
        learns(worker)
        assert worker.close() == 0
