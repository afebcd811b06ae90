"""The door at a network: whatever runs it, what goes in is seen and can be changed on the way."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from tests.worker.client import Worker, write
from tests.worker.runtimes import require

LAST = "    return 'abc'[int(np.asarray(y).reshape(-1).argmax())]\n"
GIVEN = "    x = image.transpose(2, 0, 1)[None].astype('float32') / 255\n"
TORCH = """
import numpy as np
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm2d(3)
    def forward(self, x):
        return self.norm(x).mean((2, 3))
"""
KERAS = """
import numpy as np
import tensorflow as tf
import keras
net = keras.Sequential([
    keras.Input((None, None, 3)), keras.layers.BatchNormalization(),
    keras.layers.GlobalAveragePooling2D(),
])
"""
LAST_AXIS = "    x = image[None].astype('float32') / 255\n"
CASES: dict[str, tuple[str, str]] = {
    "bfloat16": (
        "torch",
        f"{TORCH}net = Net().eval().bfloat16()\ndef predict(image):\n{GIVEN}"
        f"    y = net(torch.from_numpy(x).bfloat16()).detach().float()\n{LAST}",
    ),
    "bfloat16-keras": (
        "tensorflow",
        f"{KERAS}ask = keras.Sequential([keras.Input((None, None, 3)), "
        "keras.layers.BatchNormalization(dtype='bfloat16'), "
        "keras.layers.GlobalAveragePooling2D(dtype='bfloat16')])\n"
        f"def predict(image):\n{LAST_AXIS}"
        f"    y = tf.cast(ask(tf.cast(x, 'bfloat16')), 'float32')\n{LAST}",
    ),
    "script": (
        "torch",
        f"{TORCH}net = torch.jit.script(Net().eval())\ndef predict(image):\n"
        f"{GIVEN}    y = net(torch.from_numpy(x)).detach()\n{LAST}",
    ),
    "onnxruntime": (
        "torch",
        "import numpy as np\nimport onnxruntime\n"
        "net = onnxruntime.InferenceSession('net.onnx')\n"
        f"def predict(image):\n{GIVEN}    y = net.run(None, {{'x': x}})[0]\n{LAST}",
    ),
    "opencv": (
        "any",
        "import cv2\nimport numpy as np\nnet = cv2.dnn.readNetFromONNX('net.onnx')\n"
        f"def predict(image):\n{GIVEN}    net.setInput(x)\n    y = net.forward()\n{LAST}",
    ),
    "saved-model": (
        "tensorflow",
        f"{KERAS}net.export('saved', verbose=False)\nsaved = tf.saved_model.load('saved')\n"
        f"def predict(image):\n{LAST_AXIS}    y = saved.serve(tf.constant(x))\n{LAST}",
    ),
    "function": (
        "tensorflow",
        f"{KERAS}ask = tf.function(lambda x: net(x, training=False))\n"
        "scaled = tf.function(lambda x: x * 1.0)\n"
        f"def predict(image):\n{LAST_AXIS}    y = ask(scaled(tf.constant(x)))\n{LAST}",
    ),
}


def onnx() -> bytes:
    """A model that gives the mean of each channel: (1, 3, H, W) in, (1, 3, 1, 1) out."""

    def field(number: int, content: bytes | str | int) -> bytes:
        if isinstance(content, int):
            return bytes([number << 3, content])
        data = content.encode() if isinstance(content, str) else content
        assert len(data) < 128
        return bytes([number << 3 | 2]) + struct.pack("B", len(data)) + data

    def value(name: str, sizes: tuple[int, ...]) -> bytes:
        shape = b"".join(field(1, field(1, n) if n else field(2, "n")) for n in sizes)
        return field(1, name) + field(2, field(1, field(1, 1) + field(2, shape)))

    node = field(1, "x") + field(2, "y") + field(4, "GlobalAveragePool")
    graph = field(1, node) + field(2, "g") + field(11, value("x", (1, 3, 8, 8)))
    graph += field(12, value("y", (1, 3, 1, 1)))
    return field(1, 8) + field(7, graph) + field(8, field(1, "") + field(2, 13))


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.thorough if runtime == "tensorflow" else ())
        for name, (runtime, _) in CASES.items()
    ],
)
def test_what_enters_a_network_is_seen_and_changed(tmp_path: Path, name: str) -> None:
    runtime, main = CASES[name]
    submission = write(tmp_path / "submission", main=main)
    (submission / "net.onnx").write_bytes(onnx())
    image = np.zeros((8, 8, 3), np.uint8) + np.array([200, 100, 50], np.uint8)
    darker = {"kind": "scale", "times": [0.0, 1.0, 1.0], "plus": [0.0, 0.0, 0.0]}
    with Worker(tmp_path / "scratch", require(runtime)) as worker:
        worker.load(submission)
        assert worker.predict(image) == ("word", "a")
        report, entered = worker.call("look", image, classes=3)
        assert entered is not None, report
        assert report["calls"] == 1
        assert entered.mean(axis=(1, 2)) == pytest.approx(image[0, 0] / 255, abs=3e-3)
        assert worker.ask("replay", image, steps=[darker], classes=3)["word"] == "b"
        assert worker.predict(image) == ("word", "a")


@pytest.mark.thorough
def test_a_keras_network_that_is_asked_in_training_mode_is_put_into_evaluation_mode(
    tmp_path: Path,
) -> None:
    # In training mode every channel is brought to mean 0: the order of channels is lost.
    main = f"{KERAS}def predict(image):\n{LAST_AXIS}    y = net(x, training=True)\n{LAST}"
    image = np.zeros((8, 8, 3), np.uint8) + np.array([50, 100, 200], np.uint8)
    with Worker(tmp_path / "scratch", require("tensorflow")) as worker:
        worker.load(write(tmp_path / "submission", main=main))
        report, _ = worker.call("look", image, classes=3)
        assert (report["norms"], report["drops"]) == (1, 0)
        settled = [{"kind": "settle"}]
        assert worker.ask("replay", image, steps=settled, classes=3)["word"] == "c"


def test_exceptions_that_are_swallowed_are_told_where_they_are_asked_for(tmp_path: Path) -> None:
    main = (
        "def predict(image):\n    try:\n        1 / 0\n    except Exception:\n        return 'a'\n"
    )
    image = np.zeros((8, 8, 3), np.uint8)
    with Worker(tmp_path / "scratch", require("any")) as worker:
        worker.load(write(tmp_path / "submission", main=main))
        (error,) = worker.ask("look", image, classes=3, exceptions=True)["swallowed"]
        assert (error["type"], error["file"], error["line"]) == ("ZeroDivisionError", "main.py", 3)
        assert worker.ask("look", image, classes=3)["swallowed"] == []
