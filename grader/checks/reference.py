"""The reference that checks are tried with: the assignment's own model answer, or a stand-in.

An assignment may hold its model answer as the folder ``reference``, in the form that students hand
in. Where there is none, ours is made for each framework: LeNet5 as the lecture builds it, under the
names that the assignment asks for, and MNIST's digits as batches. Its `predict` knows no image: it
names the first class. The answers to the hidden images are the right ones in either case.
"""

from __future__ import annotations

from pathlib import Path
from string import Template

from grader.assignment import Assignment

FOLDER = "reference"

_MINDSPORE = """
from mindspore import nn


class $network(nn.Cell):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, pad_mode="valid")
        self.conv2 = nn.Conv2d(6, 16, 5, pad_mode="valid")
        self.relu, self.pool = nn.ReLU(), nn.MaxPool2d(kernel_size=2, stride=2)
        self.flatten = nn.Flatten()
        self.fc1, self.fc2, self.fc3 = nn.Dense(400, 120), nn.Dense(120, 84), nn.Dense(84, 10)

    def construct(self, x):
        x = self.pool(self.relu(self.conv1(x)))
        x = self.pool(self.relu(self.conv2(x)))
        return self.fc3(self.fc2(self.fc1(self.flatten(x))))
"""

_TORCH = """
import torch
from torch import nn


class $network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = torch.max_pool2d(torch.relu(self.conv1(x)), 2)
        x = torch.max_pool2d(torch.relu(self.conv2(x)), 2)
        return self.fc3(self.fc2(self.fc1(torch.flatten(x, 1))))
"""

_TENSORFLOW = """
import keras
from keras import layers


class $network(keras.Model):
    def __init__(self):
        super().__init__()
        self.conv1 = layers.Conv2D(6, 5, activation="relu")
        self.conv2 = layers.Conv2D(16, 5, activation="relu")
        self.pool, self.flatten = layers.MaxPooling2D(2), layers.Flatten()
        self.fc1, self.fc2, self.fc3 = layers.Dense(120), layers.Dense(84), layers.Dense(10)

    def call(self, x):
        x = self.pool(self.conv2(self.pool(self.conv1(x))))
        return self.fc3(self.fc2(self.fc1(self.flatten(x))))
"""

_DATASET = """
import numpy as np
from pathlib import Path


def $dataset(folder):
    images = (Path(folder) / "train-images-idx3-ubyte").read_bytes()[16:]
    labels = (Path(folder) / "train-labels-idx1-ubyte").read_bytes()[8:]
    images = np.frombuffer(images, np.uint8).reshape(-1, 28, 28).astype(np.float32)
    images = np.pad((images / 255 - 0.1307) / 0.3081, ((0, 0), (2, 2), (2, 2)), mode="edge")
    images = np.expand_dims(images, $channel)
    labels = np.frombuffer(labels, np.uint8).astype(np.int32)
    for start in range(0, len(labels) - 31, 32):
        yield images[start : start + 32], labels[start : start + 32]
"""

_PREDICT = """
def $function(image):
    return $first
"""

_NETWORKS = {"mindspore": _MINDSPORE, "torch": _TORCH, "tensorflow": _TENSORFLOW}


def own(assignment: Assignment) -> Path | None:
    """The folder of the assignment's own model answer, where there is one."""
    folder = assignment.home / FOLDER
    return folder if folder.is_dir() else None


def made(assignment: Assignment, framework: str, folder: Path) -> Path:
    """A model answer made below `folder` for a runtime with `framework` ("" for none)."""
    interface = assignment.interface
    text = _PREDICT
    if interface.lenet5.isidentifier():
        text += _NETWORKS.get(framework, "")
    if interface.dataset.isidentifier():
        text += _DATASET
    names = {
        "network": interface.lenet5,
        "dataset": interface.dataset,
        "channel": "-1" if framework == "tensorflow" else "1",
        "function": interface.function,
        "first": repr(assignment.names[0]),
    }
    entry = folder / FOLDER / Path(interface.entry).with_suffix(".py")
    entry.parent.mkdir(parents=True)
    entry.write_text(Template(text).substitute(names), encoding="utf-8")
    return folder / FOLDER
