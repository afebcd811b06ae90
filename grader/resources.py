"""How much of this machine is ours: what an operator, a scheduler or a container grants, not what
the machine has.

Processors by affinity, control groups (versions 1 and 2) and a scheduler's variables; memory by
control groups and the same variables. The least of them holds.
"""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import psutil

MIB = 1024 * 1024
UNLIMITED = 1 << 60  # bytes; version 1 says "no limit" by a number above it


class Scheduler(NamedTuple):
    """Variables of a scheduler's jobs; of `processors` the first that is set holds. memory: those
    that say MiB, and whether they say it for each processor.
    """

    job: str  # set in every job of this scheduler, and nowhere else
    processors: tuple[str, ...]
    memory: tuple[tuple[str, bool], ...] = ()


SCHEDULERS = (
    Scheduler(
        "SLURM_JOB_ID",
        ("SLURM_CPUS_PER_TASK", "SLURM_CPUS_ON_NODE"),
        (("SLURM_MEM_PER_NODE", False), ("SLURM_MEM_PER_CPU", True)),
    ),
    Scheduler("PBS_JOBID", ("PBS_NCPUS", "NCPUS")),
    Scheduler("LSB_JOBID", ("LSB_DJOB_NUMPROC",)),
    Scheduler("JOB_ID", ("NSLOTS",)),  # Grid Engine
)


def processors() -> int:
    """Processors that this process may keep busy, at least 1."""
    if hasattr(os, "sched_getaffinity"):
        return _least_processors(len(os.sched_getaffinity(0)), os.environ, Path("/"))
    return os.cpu_count() or 1  # macOS and Windows have no affinity


def shares(slots: int) -> list[frozenset[int]]:
    """The processors of this process dealt to so many slots, each its own; none to keep to where
    there are more slots than processors, or a system that binds nobody.

    Frameworks have threads that wait for each other at work: two submissions that float over the
    same processors stop one another in the middle of a step.
    """
    mine = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    bounds = [number * len(mine) // slots for number in range(slots + 1)]
    if slots > len(mine):
        return [frozenset()] * slots
    return [frozenset(mine[low:high]) for low, high in itertools.pairwise(bounds)]


def keep_to(share: frozenset[int]) -> None:
    """Have this process, and what it starts from here on, run on these processors; on any where
    there are none, or where they are not ours any more.
    """
    if share:
        with contextlib.suppress(OSError):  # a group was made smaller meanwhile
            os.sched_setaffinity(0, share)


def memory() -> int:
    """Bytes of memory that this process and its children may still take."""
    return _least_memory(psutil.virtual_memory().available, os.environ, Path("/"))


def _least_processors(affinity: int, environment: Mapping[str, str], root: Path) -> int:
    found = [affinity, _scheduled_processors(environment)]
    for folder in _groups(root, "cpu"):
        quota, period = _quota(folder)
        if quota > 0 and period > 0:
            found.append(max(quota // period, 1))
    return min(one for one in found if one > 0)


def _least_memory(available: int, environment: Mapping[str, str], root: Path) -> int:
    found = [available]
    if (granted := _scheduled_memory(environment)) > 0:
        found.append(granted)
    for folder in _groups(root, "memory"):
        limit = _number(folder / "memory.max") or _number(folder / "memory.limit_in_bytes")
        if 0 < limit < UNLIMITED:
            used = _number(folder / "memory.current") or _number(folder / "memory.usage_in_bytes")
            found.append(max(limit - used + _given_back(folder), 0))
    return min(found)


def _scheduled_processors(environment: Mapping[str, str]) -> int:
    """What a scheduler granted; 0 where none runs this."""
    for scheduler in SCHEDULERS:
        if scheduler.job in environment:
            return next(filter(None, (_value(environment, n) for n in scheduler.processors)), 0)
    return 0


def _scheduled_memory(environment: Mapping[str, str]) -> int:
    """Bytes that a scheduler granted; 0 where none did."""
    for scheduler in SCHEDULERS:
        for name, each in scheduler.memory if scheduler.job in environment else ():
            if granted := _value(environment, name):
                return granted * MIB * (_scheduled_processors(environment) or 1 if each else 1)
    return 0


def _value(environment: Mapping[str, str], name: str) -> int:
    return _whole(environment.get(name, ""))


# --- control groups -------------------------------------------------------------------------------


def _groups(root: Path, controller: str) -> Iterator[Path]:
    """The folders of this process's control groups with that controller, up to the outermost that
    can be seen from here.
    """
    for mounted_at, seen_from, own in _hierarchies(root, controller):
        inner = own[len(seen_from) :] if own.startswith(seen_from) else ""
        outermost = root / mounted_at.lstrip("/")
        group = outermost / inner.strip("/")
        if ".." in group.parts or not group.is_dir():  # a group beyond what this container sees
            group = outermost
        yield group
        while group != outermost:
            group = group.parent
            yield group


def _hierarchies(root: Path, controller: str) -> Iterator[tuple[str, str, str]]:
    """Where a hierarchy is mounted, which of its groups is seen there, and the process's own."""
    own: dict[str, str] = {}
    for line in _lines(root / "proc/self/cgroup"):
        _, _, rest = line.partition(":")
        names, _, path = rest.partition(":")
        own.update(dict.fromkeys(names.split(","), path))  # version 2 has no names
    for line in _lines(root / "proc/self/mountinfo"):
        fields, _, kind = line.partition(" - ")
        words, types = fields.split(" "), kind.split(" ")
        if len(words) < 5 or len(types) < 3:
            continue
        seen_from = "" if words[3] == "/" else words[3]
        if types[0] == "cgroup2" and "" in own:
            yield words[4], seen_from, own[""]
        elif types[0] == "cgroup" and controller in types[2].split(",") and controller in own:
            yield words[4], seen_from, own[controller]


def _quota(folder: Path) -> tuple[int, int]:
    """Microseconds of processor time in each period of so many microseconds; 0 for no limit."""
    words = next(iter(_lines(folder / "cpu.max")), "").split()
    if len(words) == 2:
        return _whole(words[0]), _whole(words[1])
    return _number(folder / "cpu.cfs_quota_us"), _number(folder / "cpu.cfs_period_us")


def _given_back(folder: Path) -> int:
    """Bytes of files in memory that the kernel gives back when memory is wanted."""
    facts = dict(line.partition(" ")[::2] for line in _lines(folder / "memory.stat"))
    return _whole(facts.get("total_inactive_file", facts.get("inactive_file", "")))


def _number(path: Path) -> int:
    return _whole(next(iter(_lines(path)), ""))


def _whole(text: str) -> int:
    """A whole number; 0 for "max", "-1" and what is none."""
    return int(text) if text.isascii() and text.isdecimal() else 0


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
