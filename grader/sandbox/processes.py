"""What Linux tells of a tree of processes: its members, its memory, how to end one for sure."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from pathlib import Path

from grader.sandbox.deadline import Thread, Times

PROC = "/proc"
EXACT_MEMORY_PROCESSES = (
    16  # processes above which shared pages are no longer told apart: too slow to poll
)


class ProcessInfo:
    """One process, held so that its number cannot come to mean another."""

    def __init__(self, pid: int) -> None:
        """Raises ProcessLookupError if there is none with this number."""
        self.pid = pid
        self._descriptor: int | None = None
        try:
            self._descriptor = os.pidfd_open(pid)
        except (AttributeError, OSError) as error:  # before Linux 5.3
            if isinstance(error, ProcessLookupError):
                raise

    def kill(self) -> None:
        """Send SIGKILL; nothing happens if it is gone."""
        with contextlib.suppress(ProcessLookupError):
            if self._descriptor is None:
                os.kill(self.pid, signal.SIGKILL)
            else:
                signal.pidfd_send_signal(self._descriptor, signal.SIGKILL)

    def wait(self, seconds: float) -> bool:
        """Whether it ended within `seconds`. Leaves it to its parent to collect."""
        if self._descriptor is not None:
            poll = select.poll()
            poll.register(self._descriptor, select.POLLIN)
            return bool(poll.poll(seconds * 1000))
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if _state(self.pid) in ("", "Z", "X"):
                return True
            time.sleep(0.002)
        return False

    def close(self) -> None:
        """Let go of it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def tree(root: int) -> list[int]:
    """`root` and all processes below it; without those that end meanwhile."""
    found = [root]
    for pid in found:
        found.extend(_children(pid))
    return found


def memory(pids: list[int], limit: int) -> int:
    """Bytes of memory that the processes hold, swapped ones included.

    Pages shared between them count once per process, unless that sum is just above `limit` bytes
    and a closer look (some milliseconds for each) is affordable.
    """
    held = sum(_resident(pid) for pid in pids)
    if limit < held < 2 * limit and 1 < len(pids) <= EXACT_MEMORY_PROCESSES:
        held = sum(_proportional(pid) for pid in pids)
    return held


def threads(pids: list[int]) -> dict[Thread, Times]:
    """How long each thread of the processes ran, and waited for a processor."""
    found = {}
    for pid in pids:
        with contextlib.suppress(OSError):
            for thread in os.listdir(f"{PROC}/{pid}/task"):  # noqa: PTH208 (polled)
                told = _read(f"{PROC}/{pid}/task/{thread}/schedstat").split()
                if len(told) > 1:
                    times = Times(int(told[0]) / 1e9, int(told[1]) / 1e9)
                    found[Thread(pid, int(thread))] = times
    return found


def _children(pid: int) -> list[int]:
    """Children of all threads of `pid`: the kernel lists them with the thread that forked."""
    children: list[int] = []
    try:
        threads = os.listdir(f"{PROC}/{pid}/task")  # noqa: PTH208 (polled: twice as fast)
    except OSError:
        return children
    for thread in threads:
        children.extend(map(int, _read(f"{PROC}/{pid}/task/{thread}/children").split()))
    return children


def _resident(pid: int) -> int:
    """Bytes resident or swapped out."""
    total = 0
    for line in _read(f"{PROC}/{pid}/status").splitlines():
        if line.startswith((b"VmRSS:", b"VmSwap:")):
            total += int(line.split()[1]) * 1024
    return total


def _proportional(pid: int) -> int:
    """Bytes resident or swapped out, shared pages divided among their holders."""
    total = 0
    for line in _read(f"{PROC}/{pid}/smaps_rollup").splitlines():
        if line.startswith((b"Pss:", b"SwapPss:")):
            total += int(line.split()[1]) * 1024
    return total or _resident(pid)


def _read(path: str) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return b""
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""
    finally:
        os.close(descriptor)


def _state(pid: int) -> str:
    """The letter that `ps` shows; empty if there is no such process."""
    text = _read(f"{PROC}/{pid}/stat").decode("ascii", "replace")
    return text.rpartition(")")[2].strip()[:1]


def exists_children_list() -> bool:
    """Whether this kernel lists the children of a process, which `tree` needs."""
    return Path(f"{PROC}/self/task/{os.getpid()}/children").exists()
