"""The attacks are alive: without the one measure against them they do their harm."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence

import pytest

from grader.sandbox import canary
from grader.sandbox.contract import Level, SandboxUnavailableError
from tests.hostile import control, corpus, expectations, place
from tests.sandbox.trial import as_ordinary_user

pytestmark = pytest.mark.thorough

GETPID_OF_X32 = (1 << 30) | 39


@pytest.fixture(scope="module", autouse=True)
def needs_namespaces() -> None:
    try:
        canary.choose(Level.STRONG)
    except SandboxUnavailableError as error:
        pytest.skip(str(error))
    if not all(map(shutil.which, ("unshare", "mount", "ip"))):
        pytest.skip("unshare, mount and ip make the place that is thrown away")


def test_every_attack_names_a_measure_that_a_control_takes_away() -> None:
    by = [case.stopped_by for case in expectations.cases()]
    assert set(by) == {*control.BOXES, *control.NAIVE}
    at_basic = {case.stopped_at_basic_by for case in expectations.cases()}
    assert at_basic == {"", *control.BASIC}


@pytest.mark.parametrize("measure", control.MEASURES)
def test_attacks_do_their_harm_without_the_measure_against_them(measure: str) -> None:
    if measure in control.BASIC:
        try:
            canary.choose(Level.BASIC)
        except SandboxUnavailableError as error:
            pytest.skip(str(error))
    command = place.place([sys.executable, "-m", "tests.hostile.control", measure])
    run = subprocess.run(
        as_ordinary_user(command) if os.getuid() == 0 else command,
        env={
            **os.environ,
            "PYTHONPATH": str(corpus.REPOSITORY),
            "HOME": "/tmp",  # noqa: S108
            "TMPDIR": place.FOLDER,
        },
        cwd=corpus.REPOSITORY,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
    alarms = json.loads(run.stdout.splitlines()[-1])
    assert set(alarms) == {case.name for case in control.attacks(measure)}
    if ctypes.CDLL(None).syscall(GETPID_OF_X32) == -1:
        alarms.pop("calls_of_x32", None)  # this kernel has none, filter or not
    assert [name for name, rang in alarms.items() if not rang] == []


@pytest.mark.parametrize("words", [("control", "filter"), ("naive", "/nowhere", "/nowhere")])
def test_attacks_run_without_a_measure_in_the_throw_away_place_only(words: Sequence[str]) -> None:
    run = subprocess.run(
        [sys.executable, "-m", f"tests.hostile.{words[0]}", *words[1:]],
        env={**os.environ, "PYTHONPATH": str(corpus.REPOSITORY)},
        cwd=corpus.REPOSITORY,
        capture_output=True,
        text=True,
    )
    assert run.returncode != 0
    assert "throw-away place" in run.stderr
