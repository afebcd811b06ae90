"""The place that is thrown away: where attacks run without the measure against them.

Namespaces of its own for users, processes, mounts, network and IPC, small file systems in memory
over every folder that all may write, below a user of no account. All of it ends with its command.
"""

from __future__ import annotations

import os
import resource
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.hostile import corpus

MARK = "hostile-throw-away-place"
FOLDER = "/var/tmp"  # noqa: S108 (the place's own; a checkout may lie below /tmp)
EMPTY = ("/tmp", "/dev/shm", FOLDER, "/run")  # noqa: S108
SIZE = "size=256m,nr_inodes=50k"
PROCESSES = 4000
AS_NOBODY = ("unshare", "--user", "--map-user=65534", "--map-group=65534", "--")


def place(command: Sequence[str]) -> list[str]:
    """The command, started by an ordinary user, that runs `command` in a throw-away place."""
    # A checkout or interpreter that lies where the empty folders go is seen through them.
    kept = " ".join(
        shlex.quote(str(path))
        for path in (corpus.REPOSITORY, Path(sys.prefix))
        if any(path.is_relative_to(folder) for folder in EMPTY)
    )
    prepare = (
        f'fd=3; for kept in {kept}; do eval "exec $fd<$kept"; fd=$((fd + 1)); done; '
        f"for folder in {' '.join(EMPTY)}; do mount -t tmpfs -o {SIZE} none $folder; done; "
        f"fd=3; for kept in {kept}; do mkdir -p $kept; "
        "mount --no-canonicalize --bind /proc/self/fd/$fd $kept; "
        'eval "exec $fd<&-"; fd=$((fd + 1)); done; '
        "ip link set lo up; echo 0 > /proc/sys/net/ipv4/ip_unprivileged_port_start; "
        f'{" ".join(AS_NOBODY)} "$@"'
    )
    wrap = ["unshare", "--user", "--map-root-user", "--mount", "--pid", "--net", "--ipc", "--uts"]
    wrap += ["--fork", "--kill-child", "--mount-proc", "--", "sh", "-c"]
    return [*wrap, prepare, MARK, *command]


def require() -> None:
    """Bound this process and those it starts. Raises SystemExit outside a throw-away place."""
    thrown_away = MARK.encode() in Path("/proc/1/cmdline").read_bytes()
    if os.getuid() == 0 or not thrown_away:
        sys.exit("attacks run without a measure only in the throw-away place of tests/hostile")
    resource.setrlimit(resource.RLIMIT_NPROC, (PROCESSES, PROCESSES))


def chamber(command: Sequence[str], *, as_root: bool = False) -> list[str]:
    """The command that runs `command` in a chamber of the place: processes of its own, and the
    place's network and mounts, or its own of both with root's rights in them.

    `command` is process 2 there, so that it may kill itself and everybody.
    """
    rights = ["--map-root-user", "--net", "--uts"] if as_root else ["--map-current-user"]
    wrap = ["unshare", "--user", *rights, "--mount", "--pid", "--fork", "--kill-child"]
    return [*wrap, "--mount-proc", "--", "sh", "-c", '"$@"; exit $?', MARK, *command]


def require_chamber() -> None:
    """Raises SystemExit outside a chamber of the throw-away place."""
    if MARK.encode() not in Path("/proc/1/cmdline").read_bytes():
        sys.exit("the naive grader runs in the throw-away place of tests/hostile only")
