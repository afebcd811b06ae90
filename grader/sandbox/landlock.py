"""Level basic: Landlock, a strict system-call filter and limits, without any privilege.

For machines that forbid user namespaces. The box is one process, which can start neither programs
nor processes nor sockets; `launcher.py`, run by the box's own interpreter, confines it before
anything else is imported. Files cannot be made to appear elsewhere, nor be hidden altogether: their
names, sizes and times can be asked for (docs/security.md).
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from grader.sandbox import environment, processes, sandboxed_process, seccomp, uid_pool
from grader.sandbox.contract import (
    Level,
    MemoryLimit,
    Mount,
    SandboxedProcess,
    SandboxSpec,
    SandboxUnavailableError,
)
from grader.sandbox.deadline import Threads
from grader.sandbox.inside import launcher
from grader.sandbox.process_groups import ProcessGroup, ProcessGroups, UnlimitedGroups
from grader.sandbox.scratch import Scratch

READABLE = (
    *("/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin"),
    *("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime"),
    *("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/filesystems"),
    *("/sys/devices/system/cpu", "/dev/zero", "/dev/random", "/dev/urandom"),
)
WRITABLE = ("/dev/null",)
OPTIONS_WITH_VALUE = ("-X", "-W")
INSTALL_HINT = (
    "use Linux 5.13 or newer with Landlock switched on (lsm=landlock,…), or level strong: "
    "apt install bubblewrap"
)


class Landlock:
    """Implements `contract.Sandbox` at level basic."""

    level = Level.BASIC

    def __init__(self, groups: ProcessGroups | None = None) -> None:
        """groups: what boxes are put in, or None for the watchdog alone.

        Raises SandboxUnavailableError where the kernel or libseccomp lacks what is needed.
        """
        if sys.platform != "linux":
            raise SandboxUnavailableError("Landlock is a part of Linux", INSTALL_HINT)
        version = launcher.libc.syscall(
            launcher.LANDLOCK_CREATE_RULESET, None, 0, launcher.CREATE_RULESET_VERSION
        )
        if version < 1:
            raise SandboxUnavailableError("this kernel has no Landlock", INSTALL_HINT)
        seccomp.strict(os.getpid())
        self._groups = groups or UnlimitedGroups()

    @property
    def memory_limit(self) -> MemoryLimit:
        """See `contract.Sandbox.memory_limit`."""
        return self._groups.keeper

    @property
    def remarks(self) -> Sequence[str]:
        """What a reader of a report should know beyond the level."""
        if os.getuid() == 0 and not _open_to_all([Path(sys.prefix), Path(sys.base_prefix)]):
            return (
                "The interpreter lies in a folder of root alone, so boxes stay user root, without "
                "its capabilities.",
            )
        return ()

    def place(self, mount: Mount) -> Path:
        """See `contract.Sandbox.place`."""
        return mount.outside

    def start(self, command: Sequence[str], spec: SandboxSpec) -> SandboxedProcess:
        """See `contract.Sandbox.start`; the command is a Python interpreter with a script."""
        if spec.devices.nodes:
            raise SandboxUnavailableError(
                "level basic has no accelerators", "use --device CPU, or make level strong work"
            )
        slot = _slot(spec)
        try:
            with contextlib.ExitStack() as started:
                group = self._groups.make(spec.limits.memory, spec.limits.processes)
                started.callback(group.remove)
                scratch = Scratch(slot.uid if slot else None, spec.limits)
                started.callback(scratch.remove)
                running = _start(command, spec, slot, scratch, group)
                started.pop_all()
            return running
        except BaseException as error:
            if slot is not None:
                slot.release()
            if isinstance(error, OSError):
                raise SandboxUnavailableError(
                    f"cannot start the box: {error}", INSTALL_HINT
                ) from error
            raise


class _Confinement(NamedTuple):
    """What the launcher is told."""

    read: Sequence[str]
    write: Sequence[str]
    scratch: str
    uid: int | None
    parent: int
    ready: int
    filter: str
    limits: Sequence[environment.ResourceLimit]


def _start(
    command: Sequence[str],
    spec: SandboxSpec,
    slot: uid_pool.LeasedUid | None,
    scratch: Scratch,
    group: ProcessGroup,
) -> SandboxedProcess:
    interpreter, options, script = _parts(command)
    told, tell = os.pipe()
    status, ready = os.pipe()
    with contextlib.ExitStack() as theirs, contextlib.ExitStack() as ours:
        for descriptor in (told, ready):
            theirs.callback(os.close, descriptor)
        ours.callback(os.close, status)
        try:
            process = sandboxed_process.start(
                [interpreter, *options, launcher.__file__, str(told), *script],
                environment.environment(spec, str(scratch.folder)),
                pass_fds=(told, ready),
            )
        except BaseException:
            os.close(tell)
            raise
        theirs.close()
        confinement = _Confinement(
            read=[*READABLE, *(str(mount.outside) for mount in spec.mounts)],
            write=[*WRITABLE, str(scratch.folder)],
            scratch=str(scratch.folder),
            uid=slot.uid if slot else None,
            parent=os.getpid(),
            ready=ready,
            filter=seccomp.strict(process.pid).hex(),
            limits=[limit for limit in environment.kernel_limits(spec) if not limit.per_user],
        )
        try:
            with os.fdopen(tell, "wb") as pipe:  # the launcher waits for it
                group.add(process.pid)
                pipe.write(json.dumps(confinement._asdict()).encode())
        except OSError:
            process.kill()
            process.wait()
            raise
        ours.pop_all()
    return sandboxed_process.RunningProcess(
        process, _OneProcess(process, scratch, status, slot), group, spec.limits
    )


class _OneProcess:
    """The tree of one box, which cannot grow. Implements `sandboxed_process.ProcessTree`."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        scratch: Scratch,
        status: int,
        slot: uid_pool.LeasedUid | None,
    ) -> None:
        self._process = process
        self._scratch = scratch
        self._status = status
        self._slot = slot

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)

    def wait(self, seconds: float) -> bool:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        return self._process.poll() is not None

    @property
    def can_kill_itself(self) -> bool:
        return False

    def started(self) -> bool:
        os.set_blocking(self._status, False)
        try:
            return os.read(self._status, 1) == launcher.READY
        except BlockingIOError:
            return False

    def memory(self, limit: int) -> int:
        return processes.memory([self._process.pid], limit)

    def threads(self) -> Threads:
        return processes.threads([self._process.pid])

    def scratch(self) -> sandboxed_process.ScratchUse:
        return self._scratch.use(self._process.pid, now=self._process.poll() is not None)

    def remove(self) -> None:
        os.close(self._status)
        if self._slot is not None:
            self._slot.release()
        self._scratch.remove()


def _parts(command: Sequence[str]) -> tuple[str, list[str], list[str]]:
    """The interpreter, its options, the script with its arguments."""
    interpreter, *rest = command
    options: list[str] = []
    while rest and rest[0].startswith("-"):
        count = 2 if rest[0] in OPTIONS_WITH_VALUE else 1
        options += rest[:count]
        del rest[:count]
    if not rest or {"-c", "-m"} & set(options):
        raise ValueError("level basic runs scripts only: expected interpreter, options, script")
    return interpreter, options, rest


def _slot(spec: SandboxSpec) -> uid_pool.LeasedUid | None:
    """A user id of the box's own, if we are root and that user can reach what it may read."""
    if os.getuid() != 0:
        return None
    return uid_pool.take() if _open_to_all(mount.outside for mount in spec.mounts) else None


def _open_to_all(paths: Iterable[Path]) -> bool:
    """Whether any user can get at and read each of the paths."""
    for path in paths:
        real = path.resolve()
        if not all(parent.stat().st_mode & 0o001 for parent in real.parents):
            return False
        wanted = 0o005 if real.is_dir() else 0o004
        if real.stat().st_mode & wanted != wanted:
            return False
    return True
