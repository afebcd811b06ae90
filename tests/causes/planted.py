"""Submissions of one network in three frameworks, each with one planted mistake, and sound ones.

The images have one bright spot on a grid, whose place is the class. The network looks where it is,
in an image of 96 x 96: it depends on the scale of values, on colours, axes, the size and the mode.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from tests import make

NAMES = list(make.assignment().names)
GRID, CELL = 6, 12  # cells along a side, pixels along a cell of the images

PREPARE = """
import numpy as np

NAMES = {names!r}
WEIGHT, BIAS = np.zeros((26, 144), np.float32), np.zeros(26, np.float32)
BIAS[0] = 0.2
for n in range(26):
    WEIGHT[n, (2 * (n // 6) + 1) * 12 + 2 * (n % 6)] = 1

def resize(x, size):
    return x[np.arange(size) * x.shape[0] // size][:, np.arange(size) * x.shape[1] // size]

# the network

def predict(image):
    x = image
    x = resize(x, 96)
    x = x.astype(np.float32) / 255
    x = np.ascontiguousarray(x.transpose(2, 0, 1))[None]
    y = ask(x)
    return NAMES[int(y[0].argmax())]
"""
IMAGE, SIZE, SCALED = "    x = image\n", "x = resize(x, 96)", "x = x.astype(np.float32) / 255"
AXES, ASK, SAY, LOOK = "transpose(2, 0, 1)", "y = ask(x)", "argmax", "evaluation()"

# Values far from the mean of training are those of the spot; a network in training mode sees none.
NETWORKS: dict[str, tuple[str, str]] = {
    "torch": (
        "torch",
        """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm2d(3)
        self.fc = nn.Linear(144, 26)
        with torch.no_grad():
            self.norm.running_mean.fill_(0.25)
            self.norm.running_var.fill_(0.0025)
            self.fc.weight.copy_(torch.from_numpy(WEIGHT))
            self.fc.bias.copy_(torch.from_numpy(BIAS))

    def forward(self, x):
        x = torch.clamp(self.norm(x).mean(1, keepdim=True) - 8, 0, 4)
        x = nn.functional.avg_pool2d(x, 8)
        x = nn.functional.pad(x, (0, 12, 0, 12))[:, :, :12, :12]
        return self.fc(x.flatten(1))

net = Net()
def evaluation():
    net.eval()
evaluation()

def ask(x):
    with torch.no_grad():
        return net(torch.from_numpy(x)).numpy()
""",
    ),
    "mindspore": (
        "mindspore",
        """
import mindspore as ms
from mindspore import nn, ops

ms.set_context(device_target="CPU", mode=ms.PYNATIVE_MODE)

class Net(nn.Cell):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm2d(
            3, moving_mean_init=0.25, moving_var_init=0.0025, use_batch_statistics=None
        )
        self.pool = nn.AvgPool2d(8, 8)
        self.fc = nn.Dense(144, 26, ms.Tensor(WEIGHT), ms.Tensor(BIAS))
        self.pad = nn.Pad(((0, 0), (0, 0), (0, 12), (0, 12)))

    def construct(self, x):
        x = ops.clamp(self.norm(x).mean(1, True) - 8, 0, 4)
        x = self.pad(self.pool(x))[:, :, :12, :12]
        return self.fc(x.reshape(1, 144))

net = Net()
net.set_train()
def evaluation():
    net.set_train(False)
evaluation()

def ask(x):
    return net(ms.Tensor(x)).asnumpy()
""",
    ),
    "tensorflow": (
        "tensorflow",
        """
import tensorflow as tf
import keras

class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.norm = keras.layers.BatchNormalization(
            moving_mean_initializer=keras.initializers.Constant(0.25),
            moving_variance_initializer=keras.initializers.Constant(0.0025),
        )
        self.fc = keras.layers.Dense(26)

    def call(self, x, training=False):
        x = tf.reduce_mean(self.norm(x, training=training), -1, keepdims=True)
        x = tf.nn.avg_pool2d(tf.clip_by_value(x - 8, 0.0, 4.0), 8, 8, "VALID")
        x = tf.pad(x, ((0, 0), (0, 12), (0, 12), (0, 0)))[:, :12, :12]
        return self.fc(tf.reshape(x, (-1, 144)))

net = Net()
net(np.zeros((1, 96, 96, 3), np.float32))
net.fc.set_weights([WEIGHT.T, BIAS])
mode = []
def evaluation():
    mode.append("evaluation")
evaluation()

def ask(x):
    return net(x.transpose(0, 2, 3, 1), training=not mode).numpy()
""",
    ),
}
NETWORKS["mindspore-graph"] = (
    "mindspore",
    NETWORKS["mindspore"][1].replace("PYNATIVE_MODE", "GRAPH_MODE"),
)

_CAUGHT = """    try:
        1 / 0
    except ZeroDivisionError:
        return NAMES[3]
    x = image
"""
_FAR = "np.float32([[.299, .587, .114], [-.169, -.331, .5], [.5, -.419, -.081]])"
_BLURRED = (
    "x = x.reshape(4, 24, 4, 24, 3).mean((1, 3)).repeat(24, 0).repeat(24, 1).astype(np.uint8)"
)
# name: what stands there, what is planted in its place, the code that names it
PLANTED: dict[str, tuple[str, str, str]] = {
    "not-divided": (SCALED, "x = x.astype(np.float32)", "pixel-scale"),
    "divided-twice": (SCALED, SCALED + " / 255", "pixel-scale"),
    "turned": (AXES, "transpose(2, 1, 0)", "axes-swapped"),
    "reshaped": (AXES, "reshape(3, *x.shape[:2])", "axes-reshaped"),
    "mirrored": (IMAGE, "    x = image[:, ::-1]\n", "image-flipped"),
    "smallest": (SAY, "argmin", "smallest-taken"),
    "threshold": ("y[0].argmax()", "(y[0] > 0.1).argmax()", "largest-not-taken"),
    "cut-off": (ASK, "y = np.maximum(ask(x) - 99, 0)", "largest-not-taken"),
    "hidden-error": (IMAGE, _CAUGHT, "exception-swallowed"),
    "nan": (ASK, "y = ask(x * np.float32('nan'))", "not-finite"),
    "same-input": (IMAGE, "    x = np.zeros((72, 72, 3), np.uint8)\n", "image-ignored"),
    "in-training": ("\nevaluation()", "", "training-mode"),
    "half-size": (SIZE, "x = resize(x, 48)", "image-size"),
    "corner": (IMAGE, "    x = image[:36, :36]\n", "image-cut"),
    "bordered": (
        SIZE, "x = np.pad(resize(x, 48), ((24, 24), (24, 24), (0, 0)))", "image-padded",
    ),
    "blurred": (SIZE, f"{SIZE}\n    {_BLURRED}", "image-detail"),
    "by-a-coin": (
        IMAGE, "    import random; x = image[:, :: random.choice((1, -1))]\n", "random-input",
    ),
    "wraps": (IMAGE, "    x = image + np.uint8(80)\n", "values-wrapped"),
    "wraps-onto-others": (IMAGE, "    x = image * np.uint8(2)\n", "values-wrapped"),
    "rounded": (SCALED, "x = (x / 255).astype(np.uint8).astype(np.float32)", "values-rounded"),
    "curved": (SCALED, SCALED + "; x = x ** 8", "values-changed"),
    "other-colours": (
        SCALED, f"{SCALED} @ {_FAR}.T + np.float32([0, .5, .5])", "colours-changed",
    ),
    "half-learned": ("for n in range(26):", "for n in range(9):", "weak-network"),
}  # fmt: skip
SOUND: dict[str, tuple[str, str]] = {
    "grey": (IMAGE, "    x = image.mean(2, keepdims=True).repeat(3, 2)\n"),
    "fallback": (IMAGE, "    try:\n        1 / 0\n    except Exception:\n        x = image\n"),
    "in-doubles": (SCALED, "x = x.astype(np.float64) / 255; x = x.astype(np.float32)"),
}


def submission(framework: str, name: str = "") -> str:
    """The main.py of a submission: sound, or with the mistake of that name."""
    text = PREPARE.replace("{names!r}", repr(NAMES))
    text = text.replace("# the network\n", NETWORKS[framework][1])
    if not name:
        return text
    old, new = (PLANTED.get(name) or SOUND[name])[:2]
    assert old in text, f"{name}: {old!r} is not there"
    return text.replace(old, new, 1)


def spots(folder: Path) -> Path:
    """A hidden set of 72 x 72 pixels: class n has its spot in cell n."""
    for index, label in enumerate(make.assignment().classes):
        (folder / label.folder).mkdir(parents=True)
        for number in range(2):
            image = np.full((GRID * CELL, GRID * CELL, 3), 50 + 20 * number, np.uint8)
            row, column = CELL * (index // GRID), CELL * (index % GRID)
            image[row : row + CELL, column : column + CELL] = 190 + 30 * number
            cv2.imwrite(str(folder / label.folder / f"{number}.png"), image)
    return folder
