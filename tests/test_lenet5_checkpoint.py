"""A LeNet5 checkpoint that was handed in is loaded, read on MNIST, and looked into."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from grader.examine.mnist import prepared, read_mnist
from tests import make, submissions

MNIST = make.SHARED / "data" / "mnist"
CHECKPOINT = make.SHARED / "data" / "lenet5" / "lenet-3_1875.ckpt"

# The lecture's network; as taught in 2021 without ReLU between the dense layers.
LECTURE = """
import mindspore.nn as nn


class LeNet5(nn.Cell):
    def __init__(self, num_class=10, num_channel=1):
        super().__init__()
        self.conv1 = nn.Conv2d(num_channel, 6, 5, pad_mode="valid")
        self.conv2 = nn.Conv2d(6, 16, 5, pad_mode="valid")
        self.fc1 = nn.Dense(400, 120)
        self.fc2 = nn.Dense(120, 84)
        self.fc3 = nn.Dense(84, num_class)
        self.relu = nn.ReLU()
        self.max_pool2d = nn.MaxPool2d(kernel_size=2, stride=2)
        self.flatten = nn.Flatten()

    def construct(self, x):
        x = self.max_pool2d(self.relu(self.conv1(x)))
        x = self.max_pool2d(self.relu(self.conv2(x)))
        return self.fc3(self.fc2(self.fc1(self.flatten(x))))


def predict(image):
    return "Hats"
"""


@pytest.mark.thorough
@pytest.mark.skipif(not CHECKPOINT.exists(), reason="needs a student's checkpoint and MNIST")
def test_a_checkpoint_of_2021_reads_97_93_per_cent_of_mnist(tmp_path: Path) -> None:
    folder = submissions.submission(tmp_path / "ann", {"main.py": LECTURE})
    (folder / "results").mkdir()
    shutil.copy(CHECKPOINT, folder / "results")
    hidden = submissions.colours(tmp_path / "hidden", each=1)
    done = submissions.grade(
        folder, "--hidden", hidden, "--out", tmp_path / "out", "--set", f"images.mnist={MNIST}"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    evidence = json.loads((tmp_path / "out" / "evidence" / "ann.json").read_text())
    (network,) = evidence["networks"]
    assert network["checkpoint"] == "results/lenet-3_1875.ckpt"
    # 9,792 where OpenCV enlarges the images: Pillow rounds a pixel in twenty by 1 of 255 otherwise.
    assert (network["mnist_correct"], network["mnist_total"]) == (9793, 10_000)
    assert network["variant"]["dense_activation"] == "none"
    assert network["variant"]["pool"] == "max"
    assert network["differs_at"] == ""
    looks = network["looks"]
    assert [look["layer"] for look in looks] == ["conv1", "max_pool2d", "conv2", "max_pool2d"]
    assert (looks[0]["kernels"]["count"], looks[0]["maps"]["height"]) == (6, 28)
    page = (tmp_path / "out" / "report" / "student" / "ann.html").read_text(encoding="utf-8")
    assert "97.93" in page
    assert "data:image/png;base64," in page


@pytest.mark.skipif(not MNIST.is_dir(), reason="needs MNIST's test images")
def test_mnist_is_read_and_prepared_as_the_lecture_does() -> None:
    images, labels = read_mnist(MNIST)
    assert images.shape == (10_000, 28, 28)
    assert labels[:5].tolist() == [7, 2, 1, 0, 4]
    made = prepared(images[:2], 32, centred=True)
    assert made.shape == (2, 1, 32, 32)
    assert abs(float(made.min()) + 0.1307 / 0.3081) < 1e-5


def test_a_folder_without_mnist_says_so(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="t10k"):
        read_mnist(tmp_path)
