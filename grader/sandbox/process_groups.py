"""What keeps the processes of a box together: a group with limits of the kernel's, or nothing."""

from __future__ import annotations

from typing import Protocol

from grader.sandbox.contract import MemoryLimit


class ProcessGroup(Protocol):
    """What holds the processes of one box."""

    def add(self, pid: int) -> None:
        """Put a process in, and with it all that it will start. Raises OSError."""

    def kill(self) -> None:
        """Send SIGKILL to all of it, without waiting; harmless when repeated."""

    def is_out_of_memory(self) -> bool:
        """Whether the kernel has ended some of it at its own limit of memory; asked before its
        removal.
        """

    def remove(self) -> None:
        """End what is left in it and let go of it; called once."""


class ProcessGroups(Protocol):
    """Where groups come from."""

    @property
    def keeper(self) -> MemoryLimit:
        """Who keeps the limit of memory in them."""

    def make(self, memory: int, processes: int) -> ProcessGroup:
        """A new group for `memory` MiB and so many processes and threads. Raises OSError."""


class UnlimitedGroups:
    """No groups can be had: the watchdog works alone. Implements `ProcessGroups`."""

    keeper = MemoryLimit.WATCHDOG

    def make(self, memory: int, processes: int) -> UnlimitedGroup:
        """Nothing, in place of a group."""
        return UnlimitedGroup()


class UnlimitedGroup:
    """In place of a group. Implements `ProcessGroup`."""

    def add(self, pid: int) -> None:
        """There is nothing to put it in."""

    def kill(self) -> None:
        """The box's own tree is killed without it."""

    def is_out_of_memory(self) -> bool:
        """Never: it has no limit of its own, and the machine's want of memory is not its fault."""
        return False

    def remove(self) -> None:
        """There is nothing to remove."""
