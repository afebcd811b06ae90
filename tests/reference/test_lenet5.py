"""LeNet5: the lecture's network, its data, its checkpoint."""

import gzip
import struct
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from reference import framework
from reference.lenet5 import __main__ as command
from reference.lenet5.mnist import MnistError, create_dataset, read_mnist
from reference.lenet5.network import LeNet5
from reference.lenet5.training import ExportError, export, predictions, train

DATA = Path(__file__).parents[2].parent / "shared" / "data"
CHECKPOINT = DATA / "lenet5" / "lenet-3_1875.ckpt"


def idx(array: npt.NDArray[Any]) -> bytes:
    head = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    return head + array.astype(np.uint8).tobytes()


@pytest.fixture
def mnist(tmp_path: Path) -> Path:
    """96 digits of which each is a bar at a place of its own, as training and as test set."""
    labels = np.arange(96) % 10
    images = np.zeros((96, 28, 28), np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[2 * label + 2 : 2 * label + 6, 4:24] = 255
    for prefix in ("train", "t10k"):
        (tmp_path / f"{prefix}-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(images)))
        (tmp_path / f"{prefix}-labels-idx1-ubyte").write_bytes(idx(labels))
    return tmp_path


@pytest.fixture
def network() -> LeNet5:
    framework.set_up(seed=1, graph=False)
    return LeNet5()


def test_it_has_the_parameters_of_the_lecture(network: LeNet5) -> None:
    assert sum(each.size for each in network.trainable_params()) == 61_684


@pytest.mark.skipif(not CHECKPOINT.exists(), reason="the lab's data is not beside the repository")
def test_a_checkpoint_of_2021_reads_97_92_per_cent(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["eval", "--data", str(DATA / "mnist"), "--checkpoint", str(CHECKPOINT)]
    assert command.main(arguments) == 0
    assert capsys.readouterr().out == "9792 of 10000 test digits (97.92 %)\n"


def test_the_data_set_has_the_shapes_of_the_lecture(mnist: Path) -> None:
    images, labels = next(iter(create_dataset(mnist).create_tuple_iterator(output_numpy=True)))
    assert (images.shape, images.dtype) == ((32, 1, 32, 32), np.float32)
    assert (labels.shape, labels.dtype) == ((32,), np.int32)
    assert images.min() == pytest.approx(-0.1307 / 0.3081, abs=1e-5)


def test_a_file_that_is_absent_or_cut_short_is_named(mnist: Path) -> None:
    labels = mnist / "train-labels-idx1-ubyte"
    labels.write_bytes(labels.read_bytes()[:-1])
    with pytest.raises(MnistError, match=r"train-labels.*cut short"):
        read_mnist(mnist, train=True)
    labels.unlink()
    with pytest.raises(MnistError, match=r"train-labels-idx1-ubyte or .*\.gz"):
        read_mnist(mnist, train=True)


def test_training_lowers_the_loss_and_its_checkpoint_answers_alike(
    network: LeNet5, mnist: Path, tmp_path: Path
) -> None:
    digits = read_mnist(mnist, train=True)
    plan = framework.Plan(epochs=6, batch=32, rate=5e-3)
    losses = [epoch.loss for epoch in train(network, digits, plan, tmp_path / "out")]
    assert losses[-1] < losses[0] / 2
    fresh = LeNet5()
    framework.load(fresh, tmp_path / "out" / "lenet5-6.ckpt")
    assert (predictions(fresh, digits.images) == predictions(network, digits.images)).all()


def test_a_foreign_checkpoint_is_refused(network: LeNet5, tmp_path: Path) -> None:
    framework.save(LeNet5(classes=7), tmp_path / "seven.ckpt")
    with pytest.raises(framework.WeightsMismatchError, match=r"2 of 8 .* fc3\.weight"):
        framework.load(network, tmp_path / "seven.ckpt")


def test_it_exports_to_mindir(network: LeNet5, tmp_path: Path) -> None:
    export(network, tmp_path / "lenet5.mindir")
    assert (tmp_path / "lenet5.mindir").stat().st_size > 61_684 * 4


def test_another_form_is_refused_by_name(network: LeNet5, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"\.mindir or \.onnx"):
        export(network, tmp_path / "lenet5.pth")
