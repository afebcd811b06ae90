"""Level strong: namespaces by bubblewrap, a system-call filter, limits, and a private scratch.

Two profiles with the same result. As root, bubblewrap mounts with root's rights, so that an
interpreter below a closed folder works, and setpriv then gives every right up for a user id of no
account. As an ordinary user, a user namespace does both.

The box is held back until its limits are set, and known by the process id that bubblewrap reports,
never by anything that comes out of the box.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import select
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from grader.sandbox import environment, processes, sandboxed_process, seccomp, uid_pool
from grader.sandbox.bubblewrap_hints import bubblewrap_hint
from grader.sandbox.bubblewrap_options import SCRATCH, SHARED_MEMORY, options_of
from grader.sandbox.contract import (
    Level,
    MemoryLimit,
    Mount,
    SandboxedProcess,
    SandboxSpec,
    SandboxUnavailableError,
)
from grader.sandbox.deadline import Threads
from grader.sandbox.process_groups import ProcessGroups, UnlimitedGroups

SETUP_TIME = 20.0  # seconds that bubblewrap may take to report its child
SEARCHING = 50  # a search for new processes may cost a fiftieth of the time …
LONGEST_BLINDNESS = 0.2  # … but not be put off longer than these seconds


class Bubblewrap:
    """Implements `contract.Sandbox` at level strong."""

    level = Level.STRONG

    def __init__(self, groups: ProcessGroups | None = None) -> None:
        """groups: what boxes are put in, or None for the watchdog alone.

        Raises SandboxUnavailableError where a program or a kernel feature is missing.
        """
        self._bwrap = _program("bwrap")
        self._as_root = sys.platform == "linux" and os.getuid() == 0
        self._setpriv = _program("setpriv") if self._as_root else ""
        self._known = _known_options(self._bwrap)
        if self._as_root and "--perms" not in self._known:
            raise SandboxUnavailableError(
                "this bubblewrap is too old for root", "install bubblewrap 0.5 or newer"
            )
        if not processes.exists_children_list():
            raise _unavailable("the kernel does not list children of processes")
        seccomp.usual()
        self._groups = groups or UnlimitedGroups()

    @property
    def memory_limit(self) -> MemoryLimit:
        """See `contract.Sandbox.memory_limit`."""
        return self._groups.keeper

    @property
    def remarks(self) -> Sequence[str]:
        """What a reader of a report should know beyond the level; nothing here."""
        return ()

    def place(self, mount: Mount) -> Path:
        """See `contract.Sandbox.place`."""
        return mount.inside

    def start(self, command: Sequence[str], spec: SandboxSpec) -> SandboxedProcess:
        """See `contract.Sandbox.start`."""
        slot = uid_pool.take() if self._as_root else None
        try:
            if slot is not None:
                _require_readable([*spec.mounts, *spec.devices.mounts])
            return self._start(command, spec, slot)
        except BaseException as error:
            if slot is not None:
                slot.release()
            if isinstance(error, OSError):
                raise _unavailable(f"cannot start bubblewrap: {error}") from error
            raise

    def options(self, spec: SandboxSpec) -> list[str]:
        """What bubblewrap is told; the corpus of attacks overrides it to take one measure away."""
        return options_of(spec, self._known, as_root=self._as_root)

    def filter(self, spec: SandboxSpec) -> bytes:
        """The system-call filter; overridden likewise."""
        return seccomp.usual(devices=bool(spec.devices.nodes))

    def _start(
        self, command: Sequence[str], spec: SandboxSpec, slot: uid_pool.LeasedUid | None
    ) -> SandboxedProcess:
        limits = spec.limits  # the scratch is memory, too, and has a limit of its own
        with contextlib.ExitStack() as started, contextlib.ExitStack() as ours:
            group = self._groups.make(limits.memory + limits.scratch, limits.processes)
            started.callback(group.remove)
            options = self.options(spec)
            arguments = _memory_file(b"".join(os.fsencode(option) + b"\0" for option in options))
            ours.callback(os.close, arguments)
            rules = _memory_file(self.filter(spec))
            ours.callback(os.close, rules)
            status, status_inside = os.pipe()
            started.callback(os.close, status)
            held_inside, held = os.pipe()
            ours.callback(os.close, held)
            with contextlib.ExitStack() as theirs:
                theirs.callback(os.close, status_inside)
                theirs.callback(os.close, held_inside)
                process = sandboxed_process.start(
                    [
                        self._bwrap,
                        *("--args", str(arguments), "--seccomp", str(rules)),
                        *("--json-status-fd", str(status_inside), "--block-fd", str(held_inside)),
                        "--",
                        *self._drop(spec, slot),
                        *command,
                    ],
                    {},
                    pass_fds=(arguments, rules, status_inside, held_inside),
                )
            try:
                first = processes.ProcessInfo(_reported_child(status, process))
                started.callback(first.close)
                group.add(first.pid)
                for limit in environment.kernel_limits(
                    spec
                ):  # processes: of its namespace or user id
                    resource.prlimit(first.pid, limit.what, (limit.soft, limit.hard))
            except BaseException:
                process.kill()
                process.wait()
                raise
            os.write(held, b"1")
            started.pop_all()
        return sandboxed_process.RunningProcess(
            process, _Namespace(process, first, status, slot), group, limits
        )

    def _drop(self, spec: SandboxSpec, slot: uid_pool.LeasedUid | None) -> list[str]:
        """The command that gives root's rights up, before the box's own."""
        if slot is None:
            return []
        groups = sorted({node.stat().st_gid for node in spec.devices.nodes} - {0})
        keep = ["--groups", ",".join(map(str, groups))] if groups else ["--clear-groups"]
        return [
            self._setpriv,
            *("--reuid", str(slot.uid), "--regid", str(slot.uid), *keep),
            *("--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all", "--no-new-privs"),
            "--",
        ]


class _Namespace:
    """The tree of one box: everything in its process namespace. Implements
    `sandboxed_process.ProcessTree`.
    """

    def __init__(
        self,
        outer: subprocess.Popen[bytes],
        first: processes.ProcessInfo,
        status: int,
        slot: uid_pool.LeasedUid | None,
    ) -> None:
        self._outer = outer
        self._first = first  # process 1 of the namespace: the kernel ends the rest with it
        self._status = status
        self._slot = slot
        self._members: list[int] = []
        self._next_search = 0.0
        self._mounts: dict[str, int] = {}
        self._host_root = _identity("/")

    def kill(self) -> None:
        self._first.kill()

    def wait(self, seconds: float) -> bool:
        gone = self._first.wait(seconds)
        if not gone:
            self._outer.kill()
        return gone

    @property
    def can_kill_itself(self) -> bool:
        return False

    def started(self) -> bool:
        # bubblewrap reports an exit code only for a command that it reached.
        os.set_blocking(self._status, False)
        try:
            return b'"exit-code"' in os.read(self._status, 65536)
        except BlockingIOError:
            return False

    def memory(self, limit: int) -> int:
        started = time.monotonic()
        if started >= self._next_search:
            self._members = processes.tree(self._first.pid)
            took = time.monotonic() - started
            self._next_search = started + min(SEARCHING * took, LONGEST_BLINDNESS)
        return processes.memory(self._members, limit)

    def threads(self) -> Threads:
        return processes.threads(processes.tree(self._first.pid))

    def scratch(self) -> sandboxed_process.ScratchUse:
        size = files = 0
        for folder in (SCRATCH, SHARED_MEMORY):
            if folder not in self._mounts and not self._find(folder):
                continue
            state = os.fstatvfs(self._mounts[folder])
            size += (state.f_blocks - state.f_bfree) * state.f_frsize
            files += state.f_files - state.f_ffree - 1
        return sandboxed_process.ScratchUse(size, files)

    def _find(self, folder: str) -> bool:
        """Hold the file system that the box has at `folder`, once bubblewrap has made it."""
        root = f"/proc/{self._first.pid}/root"
        if _identity(root) in (self._host_root, None):
            return False
        try:
            held = os.open(root + folder, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            return False
        self._mounts[folder] = held
        return True

    def remove(self) -> None:
        for held in self._mounts.values():
            os.close(held)
        self._mounts.clear()
        os.close(self._status)
        self._first.close()
        if self._slot is not None:
            self._slot.release()


def _reported_child(status: int, process: subprocess.Popen[bytes]) -> int:
    """The process id of the box's first process, as bubblewrap reports it at once."""
    text = b""
    until = time.monotonic() + SETUP_TIME
    poll = select.poll()
    poll.register(status, select.POLLIN)
    while b"\n" not in text and b"}" not in text:
        if not poll.poll(max(0.0, until - time.monotonic()) * 1000):
            raise _unavailable("bubblewrap does not answer")
        part = os.read(status, 4096)
        if not part:
            _, said = process.communicate()
            line = said.decode("utf-8", "replace").strip().partition("\n")[0]
            raise _unavailable(line or "bubblewrap ended without a word")
        text += part
    found, _ = json.JSONDecoder().raw_decode(text.decode("utf-8", "replace").lstrip())
    return int(found["child-pid"])


def _require_readable(mounts: Iterable[Mount]) -> None:
    """Raises SandboxUnavailableError for a share that the box's user will not be able to open.

    Folders on the way to it do not matter, as root mounts it.
    """
    for mount in mounts:
        found = mount.outside.stat()
        wanted = 0o005 if stat.S_ISDIR(found.st_mode) else 0o004
        if found.st_mode & wanted != wanted:
            raise SandboxUnavailableError(
                f"others than its owner cannot read {mount.outside}",
                f"chmod -R a+rX {mount.outside}",
            )


def _known_options(bwrap: str) -> frozenset[str]:
    """The options that this version of bubblewrap has."""
    told = subprocess.run([bwrap, "--help"], capture_output=True, env={}, check=False)  # noqa: S603
    return frozenset(word for word in told.stdout.decode().split() if word.startswith("--"))


def _program(name: str) -> str:
    """The absolute path of a program. Raises SandboxUnavailableError if there is none."""
    path = shutil.which(name, path="/usr/bin:/bin:/usr/local/bin")
    if sys.platform != "linux" or path is None:
        raise _unavailable(f"{name} is not installed")
    return path


def _unavailable(said: str) -> SandboxUnavailableError:
    return SandboxUnavailableError(said, bubblewrap_hint(said))


def _memory_file(data: bytes) -> int:
    """A descriptor from which `data` can be read, however long."""
    descriptor = os.memfd_create("grader")
    with os.fdopen(os.dup(descriptor), "wb") as file:
        file.write(data)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _identity(path: str) -> tuple[int, int] | None:
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
