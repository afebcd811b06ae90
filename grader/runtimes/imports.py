"""What a staged hand-in imports, found without running it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.readers import source_scan

PROGRAM = Path(source_scan.__file__)
SECONDS = 20.0  # of wall clock for one hand-in; an ordinary one takes 0.1
MEMORY = 1024 * 1024 * 1024  # bytes of address space


@dataclass(frozen=True)
class Import:
    """A top-level package that the hand-in imports, and where it does so first."""

    package: str
    file: str
    line: int
    optional: bool  # guarded by try, or below `if __name__ == "__main__"`


@dataclass(frozen=True)
class Fact:
    """Something the source says, and where: a command, a device."""

    said: str
    file: str
    line: int


@dataclass(frozen=True)
class Scan:
    """What the code that is reachable from the entry says of itself.

    entry: file that defines the required function, "" where there is no code at all.
    imports: packages, the hand-in's own modules left out, sorted by name.
    installs: commands that install packages when the code is imported.
    devices: constants of `device_target=`.
    lines_only: files that could not be parsed and were read line by line.
    """

    entry: str = ""
    imports: tuple[Import, ...] = ()
    installs: tuple[Fact, ...] = ()
    devices: tuple[Fact, ...] = ()
    lines_only: tuple[str, ...] = ()

    @property
    def required(self) -> tuple[str, ...]:
        """Packages without which the code cannot go on."""
        return tuple(found.package for found in self.imports if not found.optional)

    @property
    def optional(self) -> tuple[str, ...]:
        """Packages that it can do without."""
        return tuple(found.package for found in self.imports if found.optional)


def scan(folder: Path, entry: str = "main.py", function: str = "predict") -> Scan:
    """Read the hand-in staged at `folder`; never raises for what its files hold.

    By syntax tree, in a process of its own with limits; where that fails, line by line.
    """
    found = _parsed(folder, entry, function)
    if found is None:
        scanner = source_scan.Scanner(folder, parse=False)
        found = scanner.scan(entry, function)
        found["lines_only"] = [
            path.relative_to(folder).as_posix() for path in source_scan.sources(folder)
        ]
    return Scan(
        entry=str(found["entry"]),
        imports=tuple(Import(str(p), str(f), int(n), bool(o)) for p, f, n, o in found["imports"]),
        installs=tuple(Fact(str(s), str(f), int(n)) for s, f, n in found["installs"]),
        devices=tuple(Fact(str(s), str(f), int(n)) for s, f, n in found["devices"]),
        lines_only=tuple(map(str, found["lines_only"])),
    )


def _parsed(folder: Path, entry: str, function: str) -> dict[str, Any] | None:
    try:
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-I", "-S", "-c", _START, str(PROGRAM), str(folder), entry, function],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
        )
        found = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    return found if isinstance(found, dict) else None


# Limits are set by the child itself: what could not be set here (Windows) is no reason to fail.
_START = f"""
import runpy, sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))
    resource.setrlimit(resource.RLIMIT_CPU, ({int(SECONDS)}, {int(SECONDS)}))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
except (ImportError, OSError, ValueError):
    pass
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
