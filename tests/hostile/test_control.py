"""The attacks are alive: without the one measure against them they get out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest

from grader.sandbox import canary
from grader.sandbox.contract import Level, SandboxUnavailableError
from tests.hostile import control, corpus
from tests.sandbox.trial import as_ordinary_user


@pytest.fixture(scope="module", autouse=True)
def needs_namespaces() -> None:
    try:
        canary.choose(Level.STRONG)
    except SandboxUnavailableError as error:
        pytest.skip(str(error))
    if not all(map(shutil.which, ("unshare", "mount", "ip"))):
        pytest.skip("unshare, mount and ip make the place that is thrown away")


@pytest.mark.parametrize("measure", control.MEASURES)
def test_attacks_get_out_without_the_measure_against_them(measure: str) -> None:
    command = control.place([sys.executable, "-m", "tests.hostile.control", measure])
    if os.getuid() == 0:
        command = as_ordinary_user(command)
    run = subprocess.run(
        command,
        env={
            **os.environ,
            "PYTHONPATH": str(corpus.REPOSITORY),
            "HOME": "/tmp",  # noqa: S108
            "TMPDIR": control.PLACE,
        },
        cwd=corpus.REPOSITORY,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
    facts = json.loads(run.stdout)
    silent = {"send_by_udp"}  # rings at the listener alone
    assert set(facts["out"]) | silent >= set(control.MEASURES[measure]), facts
    if measure == "network":
        assert len(facts["reached"]) == 3
    if measure == "read-only":
        assert "hidden_set/labels.csv" in facts["changed"]


def test_attacks_run_without_a_measure_in_the_throw_away_place_only() -> None:
    command = [sys.executable, "-m", "tests.hostile.control", "filter"]
    run = subprocess.run(
        command,
        env={**os.environ, "PYTHONPATH": str(corpus.REPOSITORY)},
        cwd=corpus.REPOSITORY,
        capture_output=True,
        text=True,
    )
    assert run.returncode != 0
    assert "throw-away place" in run.stderr
