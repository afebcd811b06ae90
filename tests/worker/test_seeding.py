"""What a submission draws at random is the same in every run, and still differs from call to
call.
"""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from tests.worker.client import Worker, write
from tests.worker.runtimes import require

PLAIN = """
import random
import numpy as np
def draw(image):
    return random.random(), np.random.rand(), list({str(n) for n in range(9)})
"""
TORCH = """
import torch
net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Dropout())
def draw(image):
    return net(torch.ones(1, 3)).tolist()
"""
KERAS = """
import keras
net = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4), keras.layers.Dropout(0.5)])
def draw(image):
    return net(image[:1, 0].astype("float32"), training=True).numpy().tolist()
"""
MINDSPORE = """
import numpy as np
import mindspore as ms
from mindspore import nn
ms.set_context(device_target="CPU")
net = nn.SequentialCell([nn.Dense(3, 4), {dropout}])
net.set_train()
def draw(image):
    return np.random.rand(), net(ms.Tensor(image[:1, 0].astype("float32"))).asnumpy().tolist()
"""
DROPOUT = """
import mindspore as ms
from mindspore import nn
ms.set_context(device_target="CPU", mode=ms.PYNATIVE_MODE)
net, ones = nn.Dropout(0.5), ms.Tensor([[1.0] * 3], ms.float32)
net.set_train()
def draw(image):
    return "".join(str(int(n > 0)) for _ in range(29) for n in net(ones).asnumpy()[0])
"""
CROPS = """
try:
    from mindspore.dataset.vision import RandomCrop
except ImportError:
    from mindspore.dataset.vision.c_transforms import RandomCrop
crop = RandomCrop(2)
def draw(image):
    return [crop(image).tolist() for _ in range(5)]
"""
SEEDED = """
import random
import numpy as np
random.seed(4)
np.random.seed(4)
def draw(image):
    return random.random(), np.random.rand()
"""
PREDICT = """
def predict(image):
    return str(draw(image)).replace(",", ";")[:90]
"""
IMAGE = np.arange(24 * 24 * 3, dtype=np.uint8).reshape(24, 24, 3)

CASES = [
    ("any", PLAIN),
    ("torch", PLAIN),  # whose NumPy is of a release that imports its generators late
    ("torch", TORCH),
    ("tensorflow", KERAS),
    ("mindspore", MINDSPORE.format(dropout="nn.Dropout(0.5)")),
    ("mindspore", DROPOUT),
    pytest.param("mindspore1", DROPOUT, marks=pytest.mark.thorough),
    # its dropout for the CPU cannot be seeded in graph mode
    ("mindspore1", MINDSPORE.format(dropout="nn.Tanh()")),
    ("mindspore", CROPS),
    ("mindspore1", CROPS),
]
NAMES = [
    *("plain", "late", "torch", "keras", "mindspore", "masks", "masks1", "mindspore1"),
    *("crops", "crops1"),
]


def drawn(folder: Path, main: str, python: str) -> list[str]:
    with Worker(folder / "scratch", python) as worker:
        worker.load(write(folder / "submission", main=main + PREDICT))
        answers = [worker.predict(IMAGE) for _ in range(3)]
        assert {outcome for outcome, _ in answers} == {"word"}, worker.printed()
    return [word for _, word in answers]


@pytest.mark.parametrize(("runtime", "main"), CASES, ids=NAMES)
def test_every_run_draws_the_same(tmp_path: Path, runtime: str, main: str) -> None:
    python = require(runtime)
    first, second = (drawn(tmp_path / run, main, python) for run in "ab")
    assert first == second
    assert len(set(first)) == 3, "the calls of one run must not repeat each other"


def test_a_seed_of_the_submissions_own_has_its_way(tmp_path: Path) -> None:
    first = drawn(tmp_path, SEEDED, require("any"))[0]
    assert f"{random.Random(4).random()!r}; " in first
    assert f"{float(np.random.RandomState(4).rand())!r}" in first
