"""What arrives at normalisations is told beside what they stored, in every framework."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from grader.worker.normalisations import divergence
from tests.worker.client import Worker, write
from tests.worker.runtimes import require

# Every layer passes on what it is given; the image's channels have the mean 0.5 and are spread by
# 0.25. The last of three normalisations is one to which they never came.
PREDICT = """
def predict(image):
    y = ask((image.astype(np.float32) / 255).transpose(2, 0, 1)[None])
    return "abc"[int(np.asarray(y).reshape(-1).argmax())]
"""
TORCH = """
import numpy as np
import torch
from torch import nn

class Norm(nn.BatchNorm2d):
    def __init__(self, mean, variance):
        super().__init__(3, eps=0)
        with torch.no_grad():
            self.running_mean.fill_(mean)
            self.running_var.fill_(variance)
            self.weight.fill_(variance ** 0.5)
            self.bias.fill_(mean)

net = nn.Sequential(Norm(0.5, 0.0625), nn.ReLU(), Norm(0.5, 0.0625), Norm(9, 0.0625),
                    nn.BatchNorm2d(3)).eval()

def ask(x):
    with torch.no_grad():
        return net(torch.from_numpy(np.ascontiguousarray(x))).mean((2, 3)).numpy()
"""
MINDSPORE = """
import numpy as np
import mindspore as ms
from mindspore import nn
ms.set_context(device_target="CPU", mode=ms.{mode})

def norm(mean, variance):
    return nn.BatchNorm2d(3, eps=1e-9, gamma_init=variance ** 0.5, beta_init=mean,
                          moving_mean_init=mean, moving_var_init=variance)

net = nn.SequentialCell(norm(0.5, 0.0625), nn.ReLU(), norm(0.5, 0.0625), norm(9, 0.0625),
                        nn.BatchNorm2d(3))
net.set_train(False)

def ask(x):
    return net(ms.Tensor(np.ascontiguousarray(x))).asnumpy().mean((2, 3))
"""
KERAS = """
import numpy as np
import keras

def norm(mean, variance):
    of = keras.initializers.Constant
    return keras.layers.BatchNormalization(
        epsilon=1e-9, gamma_initializer=of(variance ** 0.5), beta_initializer=of(mean),
        moving_mean_initializer=of(mean), moving_variance_initializer=of(variance))

net = keras.Sequential([keras.Input((24, 24, 3)), norm(0.5, 0.0625), keras.layers.ReLU(),
    norm(0.5, 0.0625), norm(9, 0.0625), keras.layers.BatchNormalization()])

def ask(x):
    return net.predict(x.transpose(0, 2, 3, 1), verbose=0).mean((1, 2))
"""


def images() -> list[NDArray[np.uint8]]:
    drawn = np.random.default_rng(0).normal(127.5, 63.75, (4, 24, 24, 3))
    return [np.clip(image, 0, 255).astype(np.uint8) for image in drawn]


@pytest.mark.parametrize(
    ("runtime", "main"),
    [
        ("torch", TORCH),
        ("mindspore", MINDSPORE.replace("{mode}", "PYNATIVE_MODE")),
        ("mindspore", MINDSPORE.replace("{mode}", "GRAPH_MODE")),
        pytest.param("tensorflow", KERAS, marks=pytest.mark.thorough),
    ],
)
def test_where_what_arrives_is_not_what_was_stored_is_told(
    tmp_path: Path, runtime: str, main: str
) -> None:
    with Worker(tmp_path / "scratch", require(runtime)) as worker:
        worker.load(write(tmp_path / "submission", main=main + PREDICT))
        told, _ = worker.call("normalisations", images()[0])
        answers = [worker.call("misfits", image)[0] for image in images()]
    assert [layer["state"] for layer in told["layers"]] == ["trained"] * 3 + ["untouched"]
    assert len({layer["name"] for layer in told["layers"]}) == 4
    first, second, far, untouched = answers[-1]["misfits"]
    assert max(first, second) < 0.1, answers
    assert far > 100
    assert untouched == -1


def test_a_normalisation_in_training_mode_goes_by_the_batch(tmp_path: Path) -> None:
    with Worker(tmp_path / "scratch", require("torch")) as worker:
        main = TORCH.replace(").eval()", ").train()") + PREDICT
        worker.load(write(tmp_path / "submission", main=main))
        assert worker.call("normalisations", images()[0])[0]["layers"] == []
        assert worker.call("misfits", images()[0])[0]["misfits"] == []


def test_the_divergence_is_none_for_the_same_and_grows_both_ways() -> None:
    mean, variance = np.array([0.0, 1.0, 5.0]), np.array([1.0, 2.0, 0.5])
    assert divergence(mean, variance, mean, variance) == pytest.approx(0)
    for other in (0.25, 4.0):
        assert divergence(mean, other * variance, mean, variance) > 0.25
    assert divergence(mean + 3, variance, mean, variance) > 1
    dead = np.array([1.0, 2.0, 1e-9])  # a channel that never varied tells nothing
    assert divergence(mean, variance, mean, dead) == pytest.approx(0)
