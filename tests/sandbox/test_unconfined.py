"""Level none: the same box for one's own code, without confinement."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.sandbox.contract import Cause, SandboxLimits, SandboxUnavailableError
from grader.sandbox.unconfined import Unconfined
from tests.processes import is_alive
from tests.sandbox.trial import Stand, open_folder

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="programs here are POSIX's")


@pytest.fixture
def bare() -> Iterator[Stand]:
    with open_folder() as folder:
        stand = Stand(Unconfined(own_code=True), folder)
        stand.python = Path(sys.executable)
        yield stand


def test_program_runs_in_a_scratch_that_is_gone_afterwards(bare: Stand) -> None:
    answer = bare.ask("open('a', 'w').close(); say(os.getcwd()); say(os.environ['HOME'])")
    scratch, home, _ = answer.split("\n")
    assert Path(home).samefile(scratch) if Path(home).exists() else home == scratch
    assert not Path(scratch).exists()


def test_deadline_ends_the_program(bare: Stand) -> None:
    box = bare.start("time.sleep(600)")
    box.deadline(0.2)
    assert box.stdout.read() == b""
    assert box.end().cause is Cause.TIME


def test_memory_and_output_and_scratch_are_watched(bare: Stand) -> None:
    memory = bare.run("x = b'x' * (300 << 20); time.sleep(600)", SandboxLimits(memory=100))
    assert memory.end.cause is Cause.MEMORY
    output = bare.run("while True: os.write(2, b'x' * 65536)", SandboxLimits(output=2))
    assert output.end.cause is Cause.OUTPUT
    scratch = bare.run(
        "open('a', 'wb').write(b'x' * (3 << 20)); time.sleep(600)", SandboxLimits(scratch=2)
    )
    assert scratch.end.cause is Cause.SCRATCH


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_daemons_are_found_and_ended(bare: Stand) -> None:
    answer = bare.ask(
        """
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                held = b"x" * (200 << 20)  # takes its time to be given back after SIGKILL
                say(os.getpid())
                os.close(1); os.close(2)
                time.sleep(600)
            os._exit(0)
        os.wait()
        """
    )
    assert not is_alive(int(answer))


def test_interpreter_that_is_missing_is_our_fault(bare: Stand) -> None:
    with pytest.raises(SandboxUnavailableError, match="cannot start"):
        bare.start("pass", python=Path("/nowhere/python"))


@pytest.mark.skipif(os.getuid() != 0, reason="about root")
def test_root_has_to_say_that_the_code_is_its_own() -> None:
    with pytest.raises(SandboxUnavailableError, match="root"):
        Unconfined()
