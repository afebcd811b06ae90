"""Control groups: boxes in groups of their own, on the hierarchy of version 2 that is here.

What needs the kernel's controllers runs where they are delegated, and is skipped elsewhere.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.sandbox import canary, cgroup, cgroup_delegation, locked_folder, sandboxed_process
from grader.sandbox.cgroup import GROUP_PREFIX, ControlGroup, ControlGroups
from grader.sandbox.contract import (
    Cause,
    Level,
    MemoryLimit,
    SandboxLimits,
    SandboxUnavailableError,
)
from tests.processes import eventually, is_alive
from tests.sandbox.processes import ALONE, BROOD
from tests.sandbox.trial import Stand

ASLEEP = 1e6  # seconds between two looks of a watchdog that must not be what helps


@pytest.fixture
def home() -> Iterator[Path]:
    """A group to make others in, without any limit: placing and ending need no controller."""
    mounted = cgroup_delegation._mount()
    if mounted is None:
        pytest.skip("cgroup v2 is not mounted")
    mount, top = mounted
    try:
        own = mount / cgroup_delegation._own().relative_to(top)
        folder = Path(tempfile.mkdtemp(prefix="grade-trial-", dir=own))
    except (OSError, ValueError) as error:
        pytest.skip(f"no group can be made here: {error}")
    yield folder
    folder.rmdir()


@pytest.fixture
def delegated(stand: Stand) -> Stand:
    """A stand whose boxes have limits of the kernel's."""
    if stand.sandbox.memory_limit is not MemoryLimit.KERNEL:
        try:
            cgroup_delegation.delegated_groups()
        except SandboxUnavailableError as error:
            pytest.skip(str(error))
    assert stand.sandbox.memory_limit is MemoryLimit.KERNEL
    return stand


def test_all_that_a_member_starts_is_in_the_group_and_ends_with_it(home: Path) -> None:
    group = ControlGroup(locked_folder.LockedFolder(home, GROUP_PREFIX))
    first = brood(group)
    members = (group._folder / "cgroup.procs").read_text().split()
    group.remove()
    assert len(members) >= 5
    assert first.wait() == -signal.SIGKILL
    assert eventually(lambda: not any(is_alive(int(pid)) for pid in members))
    assert list(home.glob("*/")) == []


def test_kernels_without_a_kill_of_groups_end_it_one_by_one(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = ControlGroup(locked_folder.LockedFolder(home, GROUP_PREFIX))
    first = brood(group)
    monkeypatch.setattr(cgroup, "KILL", "a file that they lack")
    group.remove()
    assert first.wait() == -signal.SIGKILL
    assert list(home.glob("*/")) == []


def test_groups_of_a_killed_grader_are_swept_and_those_of_a_live_one_are_not(home: Path) -> None:
    live, killed = grader_with_a_group(home), grader_with_a_group(home)
    assert len(list(home.glob(f"{GROUP_PREFIX}*"))) == 2
    killed.kill()
    killed.wait()
    ControlGroups(home).sweep()
    (left,) = home.glob(f"{GROUP_PREFIX}*")
    assert (left / "cgroup.procs").read_text().split()
    live.kill()
    live.wait()
    ControlGroups(home).sweep()
    assert list(home.glob(f"{GROUP_PREFIX}*")) == []


def test_where_nothing_is_delegated_the_watchdog_works_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cgroup_delegation, "_mount", lambda: None)
    with pytest.raises(SandboxUnavailableError, match="cgroup v2"):
        cgroup_delegation.delegated_groups()
    cgroup_delegation.groups.cache_clear()
    try:
        assert cgroup_delegation.groups().keeper is MemoryLimit.WATCHDOG
        assert canary.choose().sandbox.memory_limit is MemoryLimit.WATCHDOG
    except SandboxUnavailableError as error:
        pytest.skip(str(error))
    finally:
        cgroup_delegation.groups.cache_clear()


def test_limits_that_the_kernel_does_not_keep_are_not_relied_on(home: Path) -> None:
    class Unlimited(ControlGroups):
        def make(self, memory: int, processes: int) -> ControlGroup:
            group = ControlGroup(locked_folder.LockedFolder(self.home, GROUP_PREFIX))
            group.is_out_of_memory = lambda: False  # type: ignore[method-assign]
            return group

    with pytest.raises(SandboxUnavailableError, match="canary"):
        cgroup_delegation._verify(Unlimited(home))
    assert list(home.glob("*/")) == []


def test_box_is_in_a_group_that_goes_with_it(delegated: Stand) -> None:
    running = delegated.start("say(os.getpid()); time.sleep(600)")
    assert running.stdout.readline()
    (folder,) = cgroup_delegation.delegated_groups().home.glob(f"{GROUP_PREFIX}*")
    members = (folder / "cgroup.procs").read_text().split()
    assert members
    assert str(os.getpid()) not in members
    assert running.end().cause is Cause.CLOSED
    assert not folder.exists()


def test_memory_above_the_limit_is_ended_by_the_kernel_alone(
    delegated: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandboxed_process, "POLL_SECONDS", ASLEEP)
    trial = delegated.run("kept = b'x' * (1 << 30)", SandboxLimits(memory=100, scratch=20))
    assert trial.end == (Cause.MEMORY, "ended by the kernel for want of memory")
    assert trial.peak_memory >= 100


def test_memory_of_many_is_ended_by_the_kernel_all_at_once(
    delegated: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    if delegated.sandbox.level is Level.BASIC:
        pytest.skip("a box at this level is one process")
    monkeypatch.setattr(sandboxed_process, "POLL_SECONDS", ASLEEP)
    trial = delegated.run(
        """
        for _ in range(30):
            if os.fork() == 0:
                kept = b"x" * (10 << 20)
                time.sleep(600)
        time.sleep(600)
        """,
        SandboxLimits(memory=100, scratch=20),
    )
    assert trial.end.cause is Cause.MEMORY


def test_what_the_kernel_holds_for_a_box_counts(
    delegated: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Buffers of sockets belong to no process, so that a watchdog cannot see them."""
    monkeypatch.setattr(sandboxed_process, "POLL_SECONDS", ASLEEP)
    trial = delegated.run(
        """
        kept = []
        try:
            while True:
                pair = socket.socketpair()
                kept.append(pair)
                pair[0].setblocking(False)
                try:
                    while True:
                        pair[0].send(b"x" * 65536)
                except BlockingIOError:
                    pass
        except OSError:
            say("out of descriptors")
        """,
        SandboxLimits(memory=20, scratch=1, open_files=4096),
    )
    assert trial.end.cause is Cause.MEMORY, trial


def test_threads_above_the_limit_cannot_be_started(delegated: Stand) -> None:
    answer = delegated.ask(
        """
        count = 0
        try:
            while count < 1000:
                threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
                count += 1
        except RuntimeError:
            pass
        say(count)
        os._exit(0)
        """,
        limits=SandboxLimits(processes=40),
    )
    assert 20 < int(answer) < 40


def test_a_killed_grader_leaves_no_group_for_ever(delegated: Stand) -> None:
    program = f"""
        import sys
        from grader.sandbox import canary
        from grader.sandbox.contract import Level
        from tests.sandbox.trial import Stand, open_folder
        with open_folder() as folder:
            stand = Stand(canary.choose(Level({delegated.sandbox.level.value!r})).sandbox, folder)
            box = stand.start({ALONE!r})
            print(box.stdout.readline().decode().strip(), flush=True)
            sys.stdin.read()
    """
    grader = started(program)
    here = cgroup_delegation.delegated_groups().home
    assert list(here.glob(f"{GROUP_PREFIX}*"))
    grader.kill()
    grader.wait()
    assert eventually(
        lambda: not list(cgroup_delegation.delegated_groups().home.glob(f"{GROUP_PREFIX}*"))
    )


def brood(group: ControlGroup) -> subprocess.Popen[bytes]:
    """A process in the group with daemons of its own; it waited to be in it before it had any."""
    preamble = "import os, signal, sys, time\nsays = print\nsys.stdin.read(1)\n"
    preamble += "def say(word): print(word, flush=True)\n"
    first = subprocess.Popen(
        [sys.executable, "-c", preamble + BROOD], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    group.add(first.pid)
    assert first.stdin is not None
    assert first.stdout is not None
    with first.stdin, first.stdout:
        first.stdin.write(b"x")
        first.stdin.flush()
        assert first.stdout.readline() == b"4\n"
    return first


def grader_with_a_group(home: Path) -> subprocess.Popen[bytes]:
    """A process that holds a group in which another one sleeps."""
    return started(
        f"""
        import pathlib, subprocess, sys
        from grader.sandbox import locked_folder
        from grader.sandbox.cgroup import GROUP_PREFIX, ControlGroup
        group = ControlGroup(locked_folder.LockedFolder(pathlib.Path({str(home)!r}), GROUP_PREFIX))
        group.add(subprocess.Popen(["sleep", "600"]).pid)
        print("4", flush=True)
        sys.stdin.read()
        """
    )


def started(program: str) -> subprocess.Popen[bytes]:
    """A program of ours that has said 4 and waits for its end."""
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": os.curdir},
    )  # fmt: skip
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == b"4\n"
    return process
