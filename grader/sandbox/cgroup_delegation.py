"""Which part of the tree of control groups is ours to divide, found by trying it.

A group that has groups with limits may hold no process itself, so all that runs in ours, the grader
and the shell that started it, moves into a leaf. It stays there: the next grader finds itself in
the leaf, and the groups of boxes beside it.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import os
import subprocess
import sys
from pathlib import Path

from grader.sandbox.cgroup import ControlGroups
from grader.sandbox.contract import SandboxUnavailableError
from grader.sandbox.process_groups import ProcessGroups, UnlimitedGroups

LEAF = "grade-leaf"
CONTROLLERS = {"memory", "pids"}
MAX_MOVES = 10  # attempts at moving processes that start others meanwhile
CANARY_SECONDS = 30.0  # granted to the canary; it takes a twentieth of a second
LITTLE = 32  # MiB that the canary may use, and tries to use a multiple of

# Held until it is in its group; there it may neither start another process nor take that memory.
CANARY = """
import os, sys
sys.stdin.read(1)
try:
    os.fork()
except OSError:
    kept = b"x" * (1 << 28)
"""


@functools.cache
def groups() -> ProcessGroups:
    """Groups with the kernel's limits where they work for this process, or none."""
    try:
        return delegated_groups()
    except SandboxUnavailableError:
        return UnlimitedGroups()


def delegated_groups() -> ControlGroups:
    """Groups in which a canary was kept to its limits; what killed graders left there is removed.

    Raises SandboxUnavailableError with the reason and the cure where there are none.
    """
    try:
        home = _home()
        _divide(home)
        found = ControlGroups(home)
        found.sweep()
        _verify(found)
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise SandboxUnavailableError(f"its control group cannot be used: {error}", _cure()) from (
            error
        )
    return found


def _home() -> Path:
    """The group that is ours to divide."""
    mounted = _mount()
    if mounted is None or not _controllers(mounted[0]) >= CONTROLLERS:
        raise SandboxUnavailableError(
            "the kernel does not limit memory by cgroup v2 here",
            "boot with systemd.unified_cgroup_hierarchy=1, or use a newer distribution",
        )
    mount, top = mounted
    own = mount / _own().relative_to(top)
    home = own.parent if own.name == LEAF else own
    if not (_controllers(home) >= CONTROLLERS and _is_ours(home)):
        raise SandboxUnavailableError("no control group was delegated to the grader", _cure())
    return home


def _mount() -> tuple[Path, Path] | None:
    """Where cgroup v2 is mounted, and which group is the top of what is seen there."""
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        fields, _, kind = line.partition(" - ")
        if kind.startswith("cgroup2 "):
            _, _, _, root, point, *_ = fields.split()
            return Path(point), Path(root)
    return None


def _own() -> Path:
    """The group of this process."""
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        if line.startswith("0::"):
            return Path(line[3:])
    raise OSError(errno.ENOENT, "this process has no group")


def _controllers(group: Path) -> set[str]:
    return set((group / "cgroup.controllers").read_text().split())


def _is_ours(home: Path) -> bool:
    """Whether we may divide it: we can, and systemd, if it runs here, has given it away.

    What systemd has not given away it manages itself, and may set otherwise at any time.
    """
    files = (home, home / "cgroup.procs", home / "cgroup.subtree_control")
    if not all(os.access(file, os.W_OK) for file in files):
        return False
    managed = Path("/run/systemd/system").exists()
    return not managed or any(_gives_away(home.name, manager) for manager in ("--system", "--user"))


def _gives_away(unit: str, manager: str) -> bool:
    """Whether systemd, or that of this user, has this unit and leaves its group to it."""
    command = ["systemctl", manager, "show", "--property=Delegate", "--value", "--", unit]
    told = subprocess.run(  # noqa: S603 (no word of a stranger's)
        command, capture_output=True, text=True, check=False, timeout=CANARY_SECONDS
    )
    return told.stdout.strip() == "yes"


def _divide(home: Path) -> None:
    """Let the groups in `home` have limits."""
    for _ in range(MAX_MOVES):
        try:
            (home / "cgroup.subtree_control").write_text("+memory +pids")
        except OSError as error:
            if error.errno != errno.EBUSY:
                raise
            _move_all(home, home / LEAF)
        else:
            return
    raise OSError(errno.EBUSY, "processes go on starting in it")


def _move_all(home: Path, leaf: Path) -> None:
    leaf.mkdir(exist_ok=True)
    for pid in (home / "cgroup.procs").read_text().split():
        with contextlib.suppress(ProcessLookupError):
            (leaf / "cgroup.procs").write_text(pid)


def _verify(found: ControlGroups) -> None:
    """Run the canary in a group. Raises SandboxUnavailableError if the kernel lets it live."""
    group = found.make(LITTLE, 1)
    canary = subprocess.Popen(  # noqa: S603 (our own program)
        [sys.executable, "-I", "-S", "-c", CANARY],
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        group.add(canary.pid)
        canary.communicate(b"x", CANARY_SECONDS)
        held = group.is_out_of_memory()
    except subprocess.TimeoutExpired:
        held = False
    finally:
        canary.kill()
        canary.wait()
        group.remove()
    if not held:
        raise SandboxUnavailableError(
            "the kernel let a canary take more memory or processes than its group may have",
            "report this: the limits of control groups do not hold here",
        )


def _cure() -> str:
    whose = "" if os.getuid() == 0 else "--user "
    return f"start the grader as `systemd-run {whose}--scope -p Delegate=yes grade …`"
