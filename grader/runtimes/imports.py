"""What a staged submission imports, found without running it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.readers.source_scan import Scanner

READER_SECONDS = 20.0  # seconds for a source of our own


@dataclass(frozen=True)
class PackageImport:
    """A top-level package that the submission imports, and where it does so first."""

    package: str
    file: str
    line: int
    optional: bool  # guarded by try, or below `if __name__ == "__main__"`


@dataclass(frozen=True)
class SourceFact:
    """Something the source says, and where: a command, a device."""

    said: str
    file: str
    line: int


@dataclass(frozen=True)
class ImportScan:
    """What the code that is reachable from the entry says of itself.

    entry: file that defines the required function, "" where there is no code at all.
    imports: packages, the submission's own modules left out, sorted by name.
    installs: commands that install packages when the code is imported.
    devices: constants of `device_target=`.
    lines_only: files that could not be parsed and were read line by line.
    """

    entry: str = ""
    imports: tuple[PackageImport, ...] = ()
    installs: tuple[SourceFact, ...] = ()
    devices: tuple[SourceFact, ...] = ()
    lines_only: tuple[str, ...] = ()

    @property
    def required(self) -> tuple[str, ...]:
        """Packages without which the code cannot go on."""
        return tuple(found.package for found in self.imports if not found.optional)

    @property
    def optional(self) -> tuple[str, ...]:
        """Packages that it can do without."""
        return tuple(found.package for found in self.imports if found.optional)


def scan(folder: Path, entry: str = "main.py", function: str = "predict") -> ImportScan:
    """Read a folder of our own, such as the reference; never raises for what its files hold."""
    return scan_of(Scanner(folder, parse=True, each=READER_SECONDS).scan(entry, function))


def scan_of(found: Mapping[str, Any]) -> ImportScan:
    """The scan that a reader reports, in the form of `source_scan.Scanner.scan`."""
    return ImportScan(
        entry=found["entry"],
        imports=tuple(PackageImport(*one) for one in found["imports"]),
        installs=tuple(SourceFact(*one) for one in found["installs"]),
        devices=tuple(SourceFact(*one) for one in found["devices"]),
        lines_only=tuple(found["lines_only"]),
    )
