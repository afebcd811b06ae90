"""Planted mistakes of one network, through ``grade``; and sound submissions with odd preprocessing.

The images have one bright spot on a grid, whose place is the class. The network looks where it is:
it depends on the scale of the values, on the axes, on the size and on evaluation mode.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from tests import make, submissions
from tests.worker.runtimes import require

NAMES = list(make.assignment().names)

NETWORK = f"""
import os
import numpy as np
import torch
from torch import nn

NAMES = {NAMES!r}

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm2d(3)
        self.pool = nn.AdaptiveAvgPool2d(12)
        self.fc = nn.Linear(144, 26)
        with torch.no_grad():
            self.norm.running_mean.fill_(0.25)
            self.norm.running_var.fill_(0.01)
            self.fc.weight.zero_()
            self.fc.bias.zero_()
            self.fc.bias[0] = 0.2
            for n in range(26):
                self.fc.weight[n, (2 * (n // 6) + 1) * 12 + 2 * (n % 6)] = 1

    def forward(self, x):
        x = torch.clamp(self.norm(x).mean(1, keepdim=True), -1, 4)
        return self.fc(self.pool(x).flatten(1))

net = Net()
net.eval()

def predict(image):
    x = image
    x = x.astype(np.float32) / 255
    x = torch.from_numpy(np.ascontiguousarray(x.transpose(2, 0, 1)))[None]
    with torch.no_grad():
        y = net(x)
    return NAMES[int(y.argmax(1))]
"""
SCALED, AXES, SAY = "x = x.astype(np.float32) / 255", "transpose(2, 0, 1)", "y.argmax"
CHANGED = (
    "try:\n        1 / 0\n    except ZeroDivisionError:\n        return NAMES[3]\n    x = image"
)

PLANTED: dict[str, tuple[str, str, str]] = {
    "not-divided": (SCALED, "x = x.astype(np.float32)", "pixel-scale"),
    "divided-twice": (SCALED, SCALED + " / 255", "pixel-scale"),
    "turned": (AXES, "transpose(2, 1, 0)", "axes-swapped"),
    "reshaped": (AXES, "reshape(3, *x.shape[:2])", "axes-reshaped"),
    "mirrored": ("x = image\n", "x = image[:, ::-1]\n", "image-flipped"),
    "argmin": (SAY, "y.argmin", "smallest-taken"),
    "hidden-error": ("x = image\n", CHANGED + "\n", "exception-swallowed"),
    "nan": ("net.eval()", "net.eval(); net.fc.bias.data[2] = float('nan')", "not-finite"),
    "same-input": ("x = image\n", "x = np.zeros((72, 72, 3), np.uint8)\n", "image-ignored"),
}
PLANTED |= {
    "rounded": (SCALED, "x = (x / 255).astype(np.uint8).astype(np.float32)", "values-rounded"),
    "corner": ("x = image\n", "x = image[:36, :36]\n", "image-cut"),
    "bordered": (
        "x = image\n",
        "x = np.zeros((144, 144, 3), np.uint8); x[36:108, 36:108] = image\n",
        "image-padded",
    ),
    "by-a-coin": (
        "x = image\n", "import random; x = image[:, :: random.choice((1, -1))]\n", "random-input",
    ),
}  # fmt: skip
SOUND: dict[str, tuple[str, str]] = {
    "grey": ("x = image\n", "x = image.mean(2, keepdims=True).repeat(3, 2)\n"),
    "fallback": ("x = image\n", "try:\n        1 / 0\n    except Exception:\n        x = image\n"),
    "in-the-network": (SCALED, "x = x.astype(np.float64) / 255; x = x.astype(np.float32)"),
}


@pytest.fixture(scope="module")
def spots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """72 x 72 pixels, a grid of 6 x 6: class n has its spot in cell n."""
    folder = tmp_path_factory.mktemp("spots")
    for index, label in enumerate(make.assignment().classes):
        (folder / label.folder).mkdir()
        for number in range(2):
            image = np.full((72, 72, 3), 50 + 20 * number, np.uint8)
            row, column = 12 * (index // 6), 12 * (index % 6)
            image[row : row + 12, column : column + 12] = 190 + 30 * number
            cv2.imwrite(str(folder / label.folder / f"{number}.png"), image)
    return folder


def graded(home: Path, hidden: Path, **texts: str) -> Mapping[str, Any]:
    """The evidence of each submission by name."""
    for name, text in texts.items():
        submissions.submission(home / "class" / name, {"main.py": text})
    words = ("--hidden", hidden, "--out", home / "out", "--no-tune", "--device", "CPU")
    patient = ("--set", "limits.diagnosis=300", "--set", "interface.lenet5=''")
    done = submissions.grade(home / "class", *words, *patient)
    assert done.returncode in (0, 1), done.stderr
    return {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in (home / "out/evidence").glob("*.json")
    }


def changed(old: str, new: str) -> str:
    assert old in NETWORK
    return NETWORK.replace(old, new, 1)


def codes(evidence: Mapping[str, Any]) -> list[str]:
    return [finding["code"] for finding in evidence["told"]]


def test_the_true_cause_of_lost_points_is_named_with_what_it_cost(
    tmp_path: Path, spots: Path
) -> None:
    require("torch")
    old, new, code = PLANTED["divided-twice"]
    evidence = graded(tmp_path, spots, ann=changed(old, new))["ann"]
    assert not evidence["mishaps"]
    finding = evidence["told"][0]
    assert finding["code"] == code
    assert finding["facts"]["other"] == "52"
    assert "0 to 1" in finding["message"] and "points more" in finding["message"]
    assert "main.py, line 37" in finding["message"]


@pytest.mark.thorough
def test_planted_mistakes_are_named_first_and_sound_submissions_have_no_cause(
    tmp_path: Path, spots: Path
) -> None:
    require("torch")
    texts = {name: changed(old, new) for name, (old, new, _) in PLANTED.items()}
    texts |= {name: changed(old, new) for name, (old, new) in SOUND.items()}
    found = graded(tmp_path, spots, **texts)
    named = {name: codes(found[name])[:1] for name in PLANTED}
    assert named == {name: [code] for name, (_, _, code) in PLANTED.items()}
    assert {name: codes(found[name]) for name in SOUND} == {name: [] for name in SOUND}
    assert not any(evidence["mishaps"] for evidence in found.values())
