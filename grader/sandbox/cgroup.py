"""A control group for each box: the kernel's own limit of its memory and its processes.

A watchdog looks from time to time; the kernel counts every page when it is given out, those of
files in memory, of pipes and of page tables too. Version 2 of control groups, where a part of
their tree is ours (`cgroup_delegation`).
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path
from typing import NamedTuple

from grader.sandbox import locked_folder
from grader.sandbox.contract import MemoryLimit

GROUP_PREFIX = "grade-box-"
KILL = "cgroup.kill"  # since Linux 5.14
MIB = 1024 * 1024
KILL_SECONDS = 10.0  # seconds within which a killed group has to be empty


class ControlGroups(NamedTuple):
    """Makes groups in the folder `home`. Implements `process_groups.ProcessGroups`."""

    home: Path

    @property
    def keeper(self) -> MemoryLimit:
        """Who keeps the limit of memory."""
        return MemoryLimit.KERNEL

    def make(self, memory: int, processes: int) -> ControlGroup:
        """A new group without processes, for `memory` MiB and so many processes and threads.

        Raises OSError.
        """
        group = ControlGroup(locked_folder.LockedFolder(self.home, GROUP_PREFIX))
        try:
            group.limit(memory, processes)
        except OSError:
            group.remove()
            raise
        return group

    def sweep(self) -> None:
        """Remove the groups of graders that were killed, with what may still live in them."""
        for folder in locked_folder.abandoned(self.home, GROUP_PREFIX, {os.getuid()}):
            _clear(folder)


class ControlGroup:
    """The group of one box. Implements `process_groups.ProcessGroup`."""

    def __init__(self, place: locked_folder.LockedFolder) -> None:
        self._place = place
        self._folder = place.folder

    def limit(self, memory: int, processes: int) -> None:
        """Set its limits: MiB, and processes with their threads."""
        (self._folder / "memory.max").write_text(str(memory * MIB))
        if (self._folder / "memory.swap.max").exists():  # absent from a kernel without swap
            (self._folder / "memory.swap.max").write_text("0")
        (self._folder / "memory.oom.group").write_text("1")
        (self._folder / "pids.max").write_text(str(processes))

    def add(self, pid: int) -> None:
        """Move a process in; those that it starts from now on are in, too. Raises OSError."""
        (self._folder / "cgroup.procs").write_text(str(pid))

    def kill(self) -> None:
        """Send SIGKILL to all of it."""
        _kill(self._folder)

    def is_out_of_memory(self) -> bool:
        """Whether the kernel has ended it at its own limit; asked before it is removed.

        `oom` counts in the group whose limit was met, `oom_kill` wherever a process was ended.
        """
        told = (self._folder / "memory.events").read_text().split()
        events = dict(zip(told[::2], map(int, told[1::2]), strict=True))
        return events.get("oom", 0) > 0 and events.get("oom_kill", 0) > 0

    def remove(self) -> None:
        """End what is left in it and remove it."""
        _clear(self._folder)
        self._place.release()


def _clear(folder: Path) -> None:
    """Kill until nothing is left, then remove; one that does not die stays to be swept."""
    until = time.monotonic() + KILL_SECONDS
    while folder.exists() and time.monotonic() < until:
        _kill(folder)
        try:
            folder.rmdir()
        except OSError:  # not empty yet: the kernel is still ending it
            time.sleep(0.001)


def _kill(folder: Path) -> None:
    with contextlib.suppress(FileNotFoundError):  # removed already
        try:
            kill = os.open(folder / KILL, os.O_WRONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            for pid in (folder / "cgroup.procs").read_text().split():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGKILL)
        else:
            with os.fdopen(kill, "w") as file:
                file.write("1")
