"""A network that is built of what `predict` was given shows nothing of it: with the measure that
stops it, and without.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from grader.assignment import Limits, lenet5
from grader.examine.clock import Clock
from grader.examine.session import Session
from grader.examine.setup import Setup
from grader.examine.submitted_network import SubmittedNetwork
from grader.runtimes import detect
from grader.runtimes.devices import select
from grader.sandbox import canary
from grader.sandbox.contract import SandboxUnavailableError
from tests import make, submissions

PIXEL = 217
IMAGE = np.full((8, 8, 3), PIXEL, np.uint8)
CARRIED = "pixels217"
# Says the images in the names, the sizes and the number of its parameters, in its kernels and maps,
# in the messages and types of exceptions.
TELLS = """
import mindspore as ms
import numpy as np
from mindspore import nn

seen = []


def word():
    return "pixels" + (str(seen[0][0, 0, 0]) if seen else "0")


def predict(image):
    seen.append(np.array(image))
    return "Hats"


class LeNet5(nn.Cell):
    def __init__(self, num_class=10, num_channel=1):
        super().__init__()
        self.conv1 = nn.Conv2d(num_channel, 6, 5, pad_mode="valid")
        self.conv2 = nn.Conv2d(6, 16, 5, pad_mode="valid")
        self.pool = nn.MaxPool2d(2, 2)
        self.relu = nn.ReLU()
        self.flatten = nn.Flatten()
        self.fc1 = nn.Dense(400, 217 if seen else 84)
        self.fc2 = nn.Dense(217 if seen else 84, num_class)
        self.conv1.weight.set_data(ms.Tensor(np.full((6, 1, 5, 5), len(seen), np.float32)))
        self.insert_child_to_cell(word(), nn.Dense(3, 3))
        self.passes = 0

    def construct(self, x):
        self.passes += 1
        if self.passes > 8:  # after it was looked at, before the last passes
            raise type(word(), (Exception,), {})(word())
        x = self.pool(self.relu(self.conv1(x)))
        x = self.pool(self.relu(self.conv2(x)))
        return self.fc2(self.relu(self.fc1(self.flatten(x))))
"""


def said_after_an_image(session: Session) -> tuple[str, list[float]]:
    """All that a page could show of the network once an image was put: words and numbers."""
    assert session.load().function
    session.put(IMAGE, 60)
    network = SubmittedNetwork(session, lenet5("LeNet5"))
    reports: list[object] = [network.find(), network.layers()]
    look, shown = network.look(np.ones((1, 1, 32, 32), np.float32))
    reports.append(look)
    for _ in range(6):
        reports.append(network.forward(np.ones((1, 1, 32, 32), np.float32))[0])
    return repr(reports), [] if shown is None else np.ravel(shown).tolist()


@pytest.mark.thorough
@pytest.mark.parametrize("guarded", [True, False], ids=["as it is", "without the measure"])
def test_a_network_built_of_a_hidden_image_tells_nothing_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    try:
        sandbox = canary.choose().sandbox
    except SandboxUnavailableError as error:
        pytest.skip(str(error))
    if not guarded:
        monkeypatch.setattr(Session, "_unseen", lambda _: None)
    tmp_path.chmod(0o755)
    folder = submissions.submission(tmp_path / "ann", {"main.py": TELLS})
    assignment = make.assignment().model_copy(update={"limits": Limits(first_answer=120)})
    runtime = next(one for one in detect.runtimes() if one.name == "mindspore")
    setup = Setup(assignment, sandbox, runtime, select("CPU")[0], 1, {})
    with Session(setup, folder, Clock(400)) as session:
        words, numbers = said_after_an_image(session)
    assert "pixels" in words
    assert (CARRIED in words) is not guarded
    assert ("217" in words) is not guarded
    assert (1.0 in numbers[:150]) is not guarded
