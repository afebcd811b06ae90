"""What an adopter runs to see the corpus fail on the machine at hand."""

from __future__ import annotations

import subprocess
import sys

import pytest

from grader.sandbox import canary
from grader.sandbox.contract import Level, SandboxUnavailableError
from tests.hostile import corpus


@pytest.mark.parametrize("level", [Level.STRONG, Level.BASIC])
def test_what_held_is_printed(level: Level) -> None:
    try:
        canary.choose(level)
    except SandboxUnavailableError as error:
        pytest.skip(str(error))
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile", level.value, "answer_number", "stat_labels"],
        cwd=corpus.REPOSITORY,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    held = "2 of 2 held" if level is Level.STRONG else "1 of 1 held"
    assert held in done.stdout, done.stdout
