"""A lab that asks for three networks, each with a reference in another framework, and submissions
that have them in any, as they are asked for or with a mistake.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from tests import submissions

BUILT = Path(__file__).with_name("built")
REFERENCES = {"ResNet18": "torch_resnet", "AlexNet": "mindspore_alexnet", "MLP": "keras_mlp"}
HEAD = """
[assignment]
id = "networks"
title = { en = "Networks" }
[[classes]]
folder = "red"
[[classes]]
folder = "green"
[[classes]]
folder = "blue"
"""
NETWORK = """
[[networks]]
name = "{name}"
input = {input}
reference = "references/{file}.py"
feed_forward = [784, 800, 10]
"""
INPUTS = {"ResNet18": [3, 64, 64], "AlexNet": [3, 115, 115], "MLP": [784]}
CHECKS = '''
import pytest


@pytest.mark.points(10)
@pytest.mark.parametrize("name", ["ResNet18", "AlexNet", "MLP"])
def test_outputs(networks, name):
    """It computes what the reference computes.

    计算结果与参考网络一致。
    """
    networks[name].expect_layers()
    networks[name].expect_outputs()
'''
# What is put in the place of what, and what the page then says first: layer, expected, found.
Mistake = tuple[str, str, str]
WRONG: dict[str, dict[str, Mistake]] = {
    "torch": {
        "resnet": ("y + (x if self.down is None else self.down(x))", "y", "layers.0.bn2"),
        "alexnet": ("Conv2d(24, 24, 3, padding=1)", "Conv2d(24, 24, 5, padding=2)", "conv4"),
        "mlp": ("torch.relu(self.b(", "(self.b(", "dense_1"),
    },
    "mindspore": {
        "resnet": ("self.relu(self.add(i, y))", "self.add(i, self.relu(y))", "layers.0.bn2"),
        "alexnet": ("x = self.relu(self.conv4(x))", "x = self.conv4(x)", "conv4"),
        "mlp": ("nn.Dense(100, 10)", "nn.Dense(100, 10), nn.Softmax()", "output"),
    },
    "keras": {
        "resnet": ("y = L.Conv2D(o, 3, 1", "y = L.Conv2D(o, 5, 1", "layers.0.conv2"),
        "alexnet": ("L.MaxPooling2D(3, 2)", "L.AveragePooling2D(3, 2)", "pool"),
        "mlp": ('layers.Dense(100, "relu"),', "", "dense_1"),
    },
}  # fmt: skip


def write(folder: Path, names: tuple[str, ...] = tuple(REFERENCES)) -> Path:
    """The lab in `folder`, with the networks of these names."""
    text = HEAD
    for name in names:
        file = REFERENCES[name]
        text += NETWORK.format(name=name, input=INPUTS[name], file=file)
        (folder / "references").mkdir(parents=True, exist_ok=True)
        (folder / "references" / f"{file}.py").write_text(source(file))
    (folder / "assignment.toml").write_text(text)
    for index, colour in enumerate(("red", "green", "blue")):
        (folder / "images" / colour).mkdir(parents=True)
        for number in range(4):
            image = np.full((8, 8, 3), 40 + number, np.uint8)
            image[..., index] = 200
            Image.fromarray(image).save(folder / "images" / colour / f"{number}.png")
    return folder


def source(file: str) -> str:
    """The text of a network as it is asked for."""
    return (BUILT / f"{file}.py").read_text("utf-8")


def wrong(framework: str, network: str) -> str:
    """The text of one with a mistake."""
    old, new, _ = WRONG[framework][network]
    text = source(f"{framework}_{network}")
    assert text.count(old) >= 1, (framework, network)
    return text.replace(old, new)


def submission(folder: Path, *networks: str) -> Path:
    """A submission that has these networks, and answers."""
    return submissions.submission(folder, {"main.py": "\n".join([submissions.honest(), *networks])})
