"""What is told of a LeNet5 with one fault is that fault, and a cure for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from grader.assignment import lenet5
from grader.examine.session import Session
from grader.examine.submitted_network import SubmittedNetwork
from tests.networks import told

CLASSES = """
class WrongSizes(Right):
    def flat(self, x):
        return x.view(-1, 16 * 4 * 4)


class FixedBatch(Right):
    def flat(self, x):
        return x.view(64, -1)


class OneAtATime(Right):
    def flat(self, x):
        return x.view(1, 400)


class Misspelt(Right):
    def flat(self, x):
        return self.flatt(x)


class LargeKernel(Right):
    def __init__(self):
        super().__init__()
        self.c2 = nn.Conv2d(6, 16, 7)


class Sparse(Right):
    # The paper's: each map of C3 sees some of the maps of S2 alone.

    def __init__(self):
        super().__init__()
        self.seen = [[n % 6, (n + 1) % 6, (n + 2) % 6] for n in range(16)]
        self.c2 = nn.ModuleList([nn.Conv2d(3, 1, 5) for _ in self.seen])

    def maps(self, x):
        x = F.avg_pool2d(torch.tanh(self.c1(x)), 2)
        parts = [torch.tanh(c(x[:, seen])) for c, seen in zip(self.c2, self.seen)]
        return F.avg_pool2d(torch.cat(parts, 1), 2)


class Swish(Right):
    def maps(self, x):
        x = self.c1(x)
        x = F.max_pool2d(x * torch.sigmoid(x), 2)
        return F.max_pool2d(F.relu(self.c2(x)), 2)


class Bare(Right):
    def maps(self, x):
        return F.max_pool2d(F.relu(self.c2(F.max_pool2d(self.c1(x), 2))), 2)


class WidePool(Right):
    def maps(self, x):
        x = F.max_pool2d(F.relu(self.c1(x)), 2)
        return nn.MaxPool2d(3, stride=2, padding=1)(F.relu(self.c2(x)))


class Overlapping(Right):
    def maps(self, x):
        x = F.max_pool2d(F.relu(self.c1(x)), 2, stride=1)
        return F.max_pool2d(F.relu(self.c2(x)), 7, 4)


class WidePoolFunction(Right):
    def maps(self, x):
        x = F.avg_pool2d(F.relu(self.c1(x)), 3, stride=2, padding=1)
        return F.max_pool2d(F.relu(self.c2(x)), 2, 2)


class Pair(Right):
    def forward(self, x):
        x = self.flat(self.maps(x))
        return self.dense(x), x


class TwoRows(Right):
    def forward(self, x):
        return super().forward(x).repeat(2, 1)


class Squeezed(Right):
    def forward(self, x):
        return super().forward(x).squeeze()


class Dropping(Right):
    def dense(self, x):
        x = F.dropout(F.relu(self.f1(x)), 0.5)
        return self.f3(F.relu(self.f2(x)))


class InTraining(Right):
    def dense(self, x):
        x = F.dropout(F.relu(self.f1(x)), 0.5, self.training)
        return self.f3(F.relu(self.f2(x)))


class Noisy(Right):
    def dense(self, x):
        return super().dense(x + torch.rand(1))


class Unused(Right):
    def __init__(self):
        super().__init__()
        self.bn = nn.BatchNorm2d(6)


class Configured(Right):
    def __init__(self, cfg, num_classes):
        super().__init__()
        self.f3 = nn.Linear(84, cfg["classes"])


net_configured = Configured({"classes": 10}, 10)


class Broken(Right):
    def __init__(self):
        super().__init__()
        self.c1 = nn.Conv2(1, 6, 5)


class ByFunctions(Right):
    # Nothing but functions of parameters, one of which is not known.
    def __init__(self):
        super().__init__()
        self.f1 = None
        self.w = nn.Parameter(torch.randn(120, 400) * 0.05)
        self.b = nn.Parameter(torch.zeros(120))

    def dense(self, x):
        x = F.relu(torch.einsum("ni,oi->no", x, self.w) + self.b)
        return self.f3(F.relu(self.f2(x)))

    def maps(self, x):
        x = F.relu(F.conv2d(x, self.c1.weight, self.c1.bias))
        x = F.relu(F.conv2d(F.max_pool2d(x, 2), self.c2.weight, self.c2.bias))
        return F.max_pool2d(x, 2)

"""


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    files = {"main.py": told.TORCH + CLASSES}
    with told.session_of(tmp_path_factory.mktemp("faults"), "torch", files) as session:
        yield session


@pytest.mark.parametrize("name", ["Right", "InTraining"])
def test_a_right_one_has_no_finding(session: Session, name: str) -> None:
    network, findings = told.told(session, name)
    assert (network.differs_at, network.error, findings) == ("", "", [])


@pytest.mark.parametrize("setting", ["default_dtype(torch.float64)", "grad_enabled(False)"])
def test_what_is_set_for_all_of_torch_makes_no_fault(tmp_path: Path, setting: str) -> None:
    text = f"import torch\ntorch.set_{setting}\n{told.TORCH}{CLASSES}"
    with told.session_of(tmp_path, "torch", {"main.py": text}) as session:
        network, findings = told.told(session, "Right")
        images = np.random.default_rng(0).uniform(-1, 1, (8, 1, 32, 32)).astype(np.float32)
        report = SubmittedNetwork(session, lenet5("Right")).train(images, list(range(8)), 3)
    assert (network.error, findings, report.error) == ("", [], None) and len(report.losses) == 3


@pytest.mark.parametrize(
    ("name", "error", "cure"),
    [
        ("WrongSizes", "RuntimeError: shape '[-1, 256]' is invalid", "16 x 5 x 5 = 400 numbers"),
        ("FixedBatch", "RuntimeError: shape '[64, -1]' is invalid", "batches of 64 alone"),
        ("OneAtATime", "RuntimeError: shape '[1, 400]' is invalid", "batches of 1 alone"),
        (
            "Pair",
            "TypeError: what the network returns is no tensor: a tuple of 2",
            "alone, without",
        ),
        ("TwoRows", "ValueError: of one input it makes an output of shape (2, 10)", "(N, 400)"),
        ("Misspelt", "AttributeError: ", "Call it on zeros of shape (1, 1, 32, 32)"),
    ],
)
def test_an_exception_is_told_and_no_layer_that_never_ran(
    session: Session, name: str, error: str, cure: str
) -> None:
    network, (finding,) = told.told(session, name)
    assert (network.differs_at, finding.code) == ("", "network-raised")
    assert network.error.startswith(error)
    assert error in finding.message and ("main.py, line " in finding.message) == (
        name not in ("Pair", "TwoRows")
    )
    assert cure in finding.hint


def test_a_layer_that_ran_before_the_exception_is_compared(session: Session) -> None:
    network, findings = told.told(session, "LargeKernel")
    assert [one.code for one in findings] == ["lenet5-shape", "network-raised"]
    assert (network.differs_at, network.actual.splitlines()[0]) == (
        "C3",
        "convolution 6→16, kernel 7x7",
    )


@pytest.mark.parametrize(
    ("name", "layer", "expected", "actual"),
    [
        ("Sparse", "C3", "convolution 6→16, kernel 5x5", "convolution 3→1, kernel 5x5"),
        ("Swish", "", "", ""),
        ("Bare", "C1", "activation relu / tanh", "activation none"),
        ("ByFunctions", "", "", ""),
        (
            "WidePool",
            "S4",
            "pooling, window 2x2, stride 2",
            "max-pool, window 3x3, stride 2",
        ),
        (
            "Overlapping",
            "S2",
            "pooling, window 2x2, stride 2",
            "max-pool, window 2x2, stride 1",
        ),
        (
            "WidePoolFunction",
            "S2",
            "pooling, window 2x2, stride 2",
            "average-pool, window 3x3, stride 2",
        ),
    ],
)
def test_what_differs_is_told_and_not_what_an_unknown_function_may_hide(
    session: Session, name: str, layer: str, expected: str, actual: str
) -> None:
    network, _ = told.told(session, name)
    words = (network.expected.splitlines()[:1], network.actual.splitlines()[:1])
    assert (network.differs_at, *words) == (layer, [expected] * bool(layer), [actual] * bool(layer))


def test_weights_that_nothing_uses_are_named(session: Session) -> None:
    network, (finding,) = told.told(session, "Unused")
    assert (network.differs_at, finding.code) == ("bn", "lenet5-shape")
    assert "found 12 weights that the output does not depend on" in finding.message
    assert finding.hint.startswith("Take bn out of the constructor")


@pytest.mark.parametrize(
    ("name", "said", "cure"),
    [
        ("Configured", "net_configured (main.py, line ", "Give the arguments cfg of Configured's"),
        ("Broken", "AttributeError: ", "Call Broken() as grading does"),
    ],
)
def test_one_that_cannot_be_built_is_said_to_be_there(
    session: Session, name: str, said: str, cure: str
) -> None:
    _, findings = told.told(session, name)
    (finding,) = [one for one in findings if one.code == "network-unbuilt"]
    assert finding.message.startswith(f"{name} cannot be built: ")
    assert said in finding.message and finding.hint.startswith(cure)
    assert "lenet5-taken" not in [one.code for one in findings]


@pytest.mark.parametrize(
    ("name", "layer", "actual", "cure"),
    [
        ("Squeezed", "output", "(10,)", "squeeze() takes the dimension of the batch away"),
        ("Dropping", "f1", "others in each (dropout)", "training=self.training"),
        ("Noisy", "c2", "others in each (other)", "Outside of training nothing is drawn"),
    ],
)
def test_what_comes_out_is_looked_at_where_the_layers_are_right(
    session: Session, name: str, layer: str, actual: str, cure: str
) -> None:
    network, (finding,) = told.told(session, name)
    assert (network.differs_at, network.actual.splitlines()[0]) == (layer, actual)
    assert cure in finding.hint
