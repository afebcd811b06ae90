"""What is told of networks that are variants of one LeNet5: each a class of one submission."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from grader.assignment import AskedNetwork, lenet5
from grader.evidence import Finding, Network
from grader.examine import network_report
from grader.examine.clock import Clock
from grader.examine.session import Session
from grader.examine.setup import Setup
from grader.runtimes import detect
from grader.runtimes.devices import select
from grader.sandbox import canary
from grader.sandbox.contract import SandboxUnavailableError
from tests import make, submissions

# A LeNet5 as it should be; what varies are names of attributes that the subclasses redefine.
TORCH = """
import torch
import torch.nn as nn
import torch.nn.functional as F


def predict(image):
    return "Hats"


class Right(nn.Module):
    def __init__(self):
        super().__init__()
        self.c1, self.c2 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5)
        self.f1, self.f2, self.f3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def flat(self, x):
        return x.reshape(x.shape[0], -1)

    def maps(self, x):
        x = F.max_pool2d(F.relu(self.c1(x)), 2)
        return F.max_pool2d(F.relu(self.c2(x)), 2)

    def dense(self, x):
        return self.f3(F.relu(self.f2(F.relu(self.f1(x)))))

    def forward(self, x):
        return self.dense(self.flat(self.maps(x)))
"""


@contextmanager
def session_of(folder: Path, runtime: str, files: dict[str, str]) -> Iterator[Session]:
    """A session with a submission of these files, loaded by the runtime of that name."""
    try:
        sandbox = canary.choose().sandbox
    except SandboxUnavailableError as error:
        pytest.skip(str(error))
    found = next((one for one in detect.runtimes() if one.name == runtime), None)
    if found is None:
        pytest.skip(f"needs the runtime {runtime}")
    folder.chmod(0o755)  # the sandbox may run as a user of its own
    submission = submissions.submission(folder / "ann", files)
    setup = Setup(make.assignment(), sandbox, found, select("CPU")[0], 1, {})
    with Session(setup, submission, Clock(600)) as session:
        assert session.load().function
        yield session


def told(
    session: Session, name: str, asked: AskedNetwork | None = None
) -> tuple[Network, list[Finding]]:
    """What is told of the class `name`: its evidence, and the findings."""
    return network_report.describe(session, asked or lenet5(name), None)
