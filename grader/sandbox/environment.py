"""What a room means at every level: variables of the command, limits that the kernel keeps."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import NamedTuple

from grader.sandbox.contract import SandboxSpec

MIB = 1024 * 1024
ADDRESS_SPACE = 16 * 1024  # MiB; a net below the memory watchdog, absent with accelerators


def environment(spec: SandboxSpec, scratch: str) -> dict[str, str]:
    """The variables of a command: few of our own, those of devices and room, the scratch last."""
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "USER": "student",
        "LOGNAME": "student",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONNOUSERSITE": "1",
        "PYTHONHASHSEED": "0",  # sets of strings have the same order in every run
        **spec.devices.environment,
        **spec.environment,
        **_library_path(spec),
        **dict.fromkeys(("HOME", "TMPDIR"), scratch),
    }


def _library_path(spec: SandboxSpec) -> dict[str, str]:
    """Where the loader looks: a runtime's own libraries first, then those of a device's driver."""
    name = "LD_LIBRARY_PATH"
    parts = [spec.environment.get(name), spec.devices.environment.get(name)]
    joined = os.pathsep.join(part for part in parts if part)
    return {name: joined} if joined else {}


class ResourceLimit(NamedTuple):
    """A limit that the kernel keeps: which, its soft value, its hard one."""

    what: int
    soft: int
    hard: int

    @property
    def per_user(self) -> bool:
        """Whether it counts all that the user runs, in the box and outside."""
        import resource

        return self.what == resource.RLIMIT_NPROC


def kernel_limits(spec: SandboxSpec) -> Iterable[ResourceLimit]:
    """The limits that the kernel keeps for one process or user, nets below those we watch."""
    import resource

    limits = spec.limits
    size = limits.file_size * MIB
    yield ResourceLimit(resource.RLIMIT_CORE, 0, 0)
    yield ResourceLimit(resource.RLIMIT_FSIZE, size, size)
    yield ResourceLimit(resource.RLIMIT_NOFILE, limits.open_files, limits.open_files)
    yield ResourceLimit(resource.RLIMIT_CPU, limits.cpu, limits.cpu + 5)
    yield ResourceLimit(resource.RLIMIT_NPROC, limits.processes, limits.processes)
    if not spec.devices.nodes:
        space = max(ADDRESS_SPACE, 2 * limits.memory) * MIB
        yield ResourceLimit(resource.RLIMIT_AS, space, space)
