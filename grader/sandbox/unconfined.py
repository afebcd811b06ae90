"""Level none: a process with a watchdog, and no confinement at all.

For one's own code (`grade --self-check`) on any system, and for `--unsafe-no-sandbox`. What the
command does to files, network and other processes of the user is up to the command.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from grader.sandbox import environment, processes, sandboxed_process
from grader.sandbox.contract import (
    Level,
    MemoryLimit,
    Mount,
    SandboxedProcess,
    SandboxSpec,
    SandboxUnavailableError,
)
from grader.sandbox.deadline import Threads
from grader.sandbox.process_groups import UnlimitedGroup

MARKER_VARIABLE = "GRADER_BOX"  # names the box in the environment of all its processes
# Without these neither Python nor its libraries start on Windows.
WINDOWS_NEEDS = (
    *("SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATH", "PATHEXT", "TEMP", "TMP"),
    *("NUMBER_OF_PROCESSORS", "PROCESSOR_ARCHITECTURE"),
)
POLL_SECONDS = 0.25  # seconds between two looks into the scratch


class Unconfined:
    """Implements `contract.Sandbox` at level none."""

    level = Level.NONE
    memory_limit = MemoryLimit.WATCHDOG

    def __init__(self, *, own_code: bool = False) -> None:
        """own_code: what will run was written by whoever runs the grader.

        Raises SandboxUnavailableError for root without it: others' code would own the machine.
        """
        if not own_code and hasattr(os, "getuid") and os.getuid() == 0:
            raise SandboxUnavailableError(
                "root does not run others' code without a sandbox", "become an ordinary user"
            )

    @property
    def remarks(self) -> Sequence[str]:
        """What a reader of a report should know beyond the level."""
        return ("Nothing was confined: submissions ran with all rights of this user.",)

    def place(self, mount: Mount) -> Path:
        """See `contract.Sandbox.place`."""
        return mount.outside

    def start(self, command: Sequence[str], spec: SandboxSpec) -> SandboxedProcess:
        """See `contract.Sandbox.start`."""
        scratch = Path(tempfile.mkdtemp(prefix="grader-box-"))
        marker = secrets.token_hex(16)
        variables = {
            **environment.environment(spec, str(scratch)),
            **_inherited(scratch),
            MARKER_VARIABLE: marker,
        }
        try:
            process = sandboxed_process.start(list(command), variables, folder=str(scratch))
        except OSError as error:
            shutil.rmtree(scratch, ignore_errors=True)
            raise SandboxUnavailableError(
                f"cannot start {command[0]}: {error}", "check that this interpreter works"
            ) from error
        _set_limits(process.pid, spec)
        return sandboxed_process.RunningProcess(
            process, _Family(process, scratch, marker), UnlimitedGroup(), spec.limits
        )


def _inherited(home: Path) -> dict[str, str]:
    """Variables that a system cannot do without; on Windows also its name for HOME."""
    if sys.platform != "win32":
        return {}
    there = {name: os.environ[name] for name in WINDOWS_NEEDS if name in os.environ}
    return {**there, "USERPROFILE": str(home)}


class _Family:
    """The tree of one box, as far as it can be found. Implements
    `sandboxed_process.ProcessTree`.
    """

    def __init__(self, process: subprocess.Popen[bytes], scratch: Path, marker: str) -> None:
        self._process = process
        self._scratch = scratch
        self._marker = marker
        self._use = sandboxed_process.ScratchUse(0, 0)
        self._next_look = 0.0
        self._killed: set[psutil.Process] = set()

    def kill(self) -> None:
        for member in self._members():
            self._killed.add(member)
            with contextlib.suppress(psutil.Error):
                member.kill()
        if hasattr(os, "killpg"):
            with contextlib.suppress(OSError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def wait(self, seconds: float) -> bool:
        # Who is just dying bears no marker any more, as its memory is what goes first.
        left = self._killed.union(self._members())
        until = time.monotonic() + seconds
        while left := set(filter(_runs, left)):
            if time.monotonic() > until:
                return False
            time.sleep(sandboxed_process.POLL_SECONDS)
        return True

    @property
    def can_kill_itself(self) -> bool:
        return True

    def started(self) -> bool:
        return True

    def memory(self, limit: int) -> int:
        total = 0
        for member in self._descendants():
            with contextlib.suppress(psutil.Error):
                total += member.memory_info().rss
        return total

    def threads(self) -> Threads:
        return processes.threads([member.pid for member in self._descendants()])

    def scratch(self) -> sandboxed_process.ScratchUse:
        if time.monotonic() >= self._next_look:
            size = files = 0
            for folder, _, names in os.walk(self._scratch):
                files += 1 + len(names)
                for name in names:
                    with contextlib.suppress(OSError):
                        size += Path(folder, name).lstat().st_size
            self._use = sandboxed_process.ScratchUse(size, files - 1)
            self._next_look = time.monotonic() + POLL_SECONDS
        return self._use

    def remove(self) -> None:
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _members(self) -> list[psutil.Process]:
        """Descendants, and whoever bears the marker: a daemon has left its family."""
        found = set(self._descendants())
        if sys.platform == "linux":
            found.update(process for process in psutil.process_iter() if self._bears(process))
        return list(found)

    def _bears(self, process: psutil.Process) -> bool:
        with contextlib.suppress(psutil.Error, OSError):
            return process.environ().get(MARKER_VARIABLE) == self._marker
        return False

    def _descendants(self) -> list[psutil.Process]:
        with contextlib.suppress(psutil.Error):
            first = psutil.Process(self._process.pid)
            return [first, *first.children(recursive=True)]
        return []


def _runs(process: psutil.Process) -> bool:
    """Whether it is more than a number that its parent has yet to take note of."""
    with contextlib.suppress(psutil.Error):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def _set_limits(pid: int, spec: SandboxSpec) -> None:
    """Set what the kernel can limit for one process, where it can be done from outside."""
    if sys.platform != "linux":
        return
    import resource

    for limit in environment.kernel_limits(spec):
        if not limit.per_user:
            with contextlib.suppress(ProcessLookupError):
                resource.prlimit(pid, limit.what, (limit.soft, limit.hard))
