"""The first batch of a submission's own data set, whatever framework it is written in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.examine import lenet5_reference as reference
from grader.worker import protocol
from tests.worker.client import Worker, write
from tests.worker.runtimes import require

LECTURE = """
import os
import mindspore
import mindspore.dataset as ds
{modules}
from mindspore.dataset.vision import Inter
from mindspore import dtype as mstype

def create_dataset(data_dir, training=True, batch_size=64, resize=(32, 32),
                   rescale=1 / (255 * 0.3081), shift=-0.1307 / 0.3081, buffer_size=64):
    data = ds.MnistDataset(os.path.join(data_dir, "train" if training else "test"))
    data = data.map([CV.Resize(resize, Inter.LINEAR), CV.Rescale(rescale, shift), CV.HWC2CHW()],
                    "image")
    data = data.map(C.TypeCast(mstype.int32), "label")
    return data.shuffle(buffer_size).batch(batch_size, drop_remainder=True)
"""
OLD = """
import mindspore.dataset.vision.c_transforms as CV
import mindspore.dataset.transforms.c_transforms as C
"""
NEW = """
import mindspore.dataset.vision as CV
import mindspore.dataset.transforms as C
"""
TORCH = """
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

def create_dataset(root, batch_size=32):
    turn = transforms.Compose([transforms.Resize(32), transforms.ToTensor(),
                               transforms.Normalize((0.1307,), (0.3081,))])
    train = datasets.MNIST(root, train=True, transform=turn, download=False)
    test = datasets.MNIST(root, train=False, transform=turn, download=False)
    return DataLoader(train, batch_size, shuffle=True), DataLoader(test, batch_size)
"""
TENSORFLOW = """
import numpy as np
import tensorflow as tf

def create_dataset(path, batch_size):
    images = np.fromfile(path + "/train-images-idx3-ubyte", np.uint8, offset=16)
    labels = np.fromfile(path + "/train-labels-idx1-ubyte", np.uint8, offset=8)
    images = np.pad(images.reshape(-1, 28, 28, 1), ((0, 0), (2, 2), (2, 2), (0, 0)))
    images = (images.astype(np.float32) / 255 - 0.1307) / 0.3081
    pairs = tf.data.Dataset.from_tensor_slices((images, labels.astype(np.int32)))
    return pairs.batch(batch_size)
"""


def first_batch(folder: Path, runtime: str, **sources: str) -> tuple[protocol.Meta, Any]:
    """The reply about `create_dataset` of a submission of these sources, for 128 digits."""
    drawn, labels = reference.digits(128, 28)
    digits = (drawn[:, 0] * 255).astype(np.uint8)
    with Worker(folder / "scratch", require(runtime)) as worker:
        worker.load(write(folder / "submission", **sources))
        return worker.call("dataset", digits, name="create_dataset", labels=labels)


@pytest.mark.parametrize(
    ("runtime", "text", "shape", "label"),
    [
        ("mindspore", LECTURE.format(modules=NEW), [32, 1, 32, 32], "int32"),
        ("mindspore", LECTURE.format(modules=OLD), [32, 1, 32, 32], "int32"),
        ("mindspore1", LECTURE.format(modules=OLD), [32, 1, 32, 32], "int32"),
        ("torch", TORCH, [32, 1, 32, 32], "int64"),
        ("tensorflow", TENSORFLOW, [32, 32, 32, 1], "int32"),
    ],
    ids=["mindspore", "old code", "mindspore1", "torch", "tensorflow"],
)
def test_the_lectures_way_gives_a_normalised_batch(
    tmp_path: Path, runtime: str, text: str, shape: list[int], label: str
) -> None:
    reply, images = first_batch(tmp_path, runtime, main=text)
    assert reply["error"] is None
    assert reply["images"] == {"shape": shape, "dtype": "float32"}
    assert reply["labels"] == {"shape": [32], "dtype": label}
    np.testing.assert_allclose(images.min(), -0.1307 / 0.3081, atol=1e-3)
    assert 1 < images.max() < 3


def test_the_function_is_found_in_another_file_and_by_a_longer_name(tmp_path: Path) -> None:
    text = "def create_dataset_mnist(path):\n    return iter([([[1.0]], [3])])\n"
    reply, images = first_batch(tmp_path, "any", main="print(1)", lenet__data=text)
    assert (reply["file"], reply["line"]) == ("lenet/data.py", 1)
    assert reply["images"]["shape"] == [1, 1]
    assert images.tolist() == [[1.0]]


def test_a_function_of_that_name_for_other_data_does_not_hide_the_right_one(tmp_path: Path) -> None:
    garbage = "def create_dataset(path, config):\n    return config.classes\n"
    mnist = "def create_dataset(path):\n    return iter([([[1.0]], [3])])\n"
    reply, _ = first_batch(tmp_path, "any", main=garbage, lenet5=mnist)
    assert (reply["file"], reply["error"]) == ("lenet5.py", None)


@pytest.mark.parametrize(
    ("text", "error", "line"),
    [
        ("def create_dataset(path):\n    return open(path + '/no')\n", "FileNotFoundError", 2),
        ("def create_dataset(path):\n    return iter([[1.0]])\n", "TypeError", 0),
        ("def create_dataset(path, config):\n    return 1\n", "TypeError", 0),
        ("def create_dataset(path):\n    return []\n", "StopIteration", 0),
    ],
    ids=["raises", "no pair", "an argument that says nothing", "empty"],
)
def test_what_gives_no_batch_says_why(tmp_path: Path, text: str, error: str, line: int) -> None:
    reply, images = first_batch(tmp_path, "any", main=text)
    assert reply["found"]
    assert reply["error"]["type"] == error
    assert reply["error"]["line"] == line
    assert images is None


def test_nothing_of_that_name_is_no_error(tmp_path: Path) -> None:
    reply, _ = first_batch(tmp_path, "any", main="x = 1\n")
    assert (reply["found"], reply["error"]) == (False, None)
