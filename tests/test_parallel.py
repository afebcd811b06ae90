"""Work over several processes: in order, with the errors it raises, and none of them left over."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest

from grader import parallel
from tests.processes import eventually, running


@pytest.fixture(autouse=True)
def two_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.resources.processors", lambda: 2)


def does(function: Callable[[Any], Any]) -> Callable[[], Callable[[Any], Any]]:
    """What begins in each process: a function with arguments to come."""
    return partial(partial, function)


def test_what_is_made_comes_in_the_order_of_the_tasks() -> None:
    made = parallel.spread(does(pow_of_two), range(40), worth=2 * parallel.MIN_ITEMS_PER_PROCESS)
    assert list(made) == [2**task for task in range(40)]


def pow_of_two(task: int) -> int:
    return 1 << task


def test_little_work_stays_in_this_process() -> None:
    assert list(parallel.spread(does(whose), [0], worth=parallel.MIN_ITEMS_PER_PROCESS)) == [
        psutil.Process().pid
    ]
    assert list(parallel.spread(does(whose), [0], worth=2 * parallel.MIN_ITEMS_PER_PROCESS)) != [
        psutil.Process().pid
    ]


def whose(task: int) -> int:
    return psutil.Process().pid


def test_an_error_is_raised_here(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    with pytest.raises(FileNotFoundError, match="missing"):
        list(
            parallel.spread(
                does(Path.read_bytes), [missing], worth=2 * parallel.MIN_ITEMS_PER_PROCESS
            )
        )


def test_a_process_that_dies_is_an_error_of_this_machine() -> None:
    with pytest.raises(OSError, match="own died"):
        list(parallel.spread(does(die), [0], worth=2 * parallel.MIN_ITEMS_PER_PROCESS))


def die(task: int) -> None:
    psutil.Process().kill()


LONG = """
from functools import partial
from tests.test_parallel import announce
from grader import parallel, resources
if __name__ == "__main__":
    resources.processors = lambda: 2
    list(parallel.spread(partial(partial, announce), [0, 1], worth=10**6))
"""


def announce(task: int) -> None:
    print("working", flush=True)  # noqa: T201 - to the test
    signal.pause()


def test_no_process_outlives_a_killed_grader(tmp_path: Path) -> None:
    script = tmp_path / "long.py"
    script.write_text(LONG, encoding="utf-8")
    root = str(Path(__file__).parents[1])
    grader = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, env={"PYTHONPATH": root}
    )
    assert grader.stdout is not None
    assert grader.stdout.readline() == b"working\n"
    family = psutil.Process(grader.pid).children(recursive=True)
    assert len(family) >= 2
    grader.kill()
    grader.wait()
    assert eventually(lambda: running(family) == [], 30)
