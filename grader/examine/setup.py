"""What a session needs, and how its workers are started: command, shares, limits, environment."""

from __future__ import annotations

from collections.abc import Container, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import grader.worker
from grader.assignment import Assignment
from grader.runtimes.detect import Runtime
from grader.runtimes.devices import Device
from grader.sandbox.contract import Mount, Sandbox, SandboxLimits, SandboxSpec

WORKER = Mount(Path(grader.worker.__file__).parent, Path("/worker"))
SUBMISSION_PATH = Path("/submission")
PROVIDED = Path("/provided")
PLAIN_PATH = Path("/plain")
LEAST_LOG = 4  # KiB of what a worker printed


def plain_of(submission: Path) -> Path:
    """The folder of what overlays the sources of the submission staged at this folder."""
    return submission.with_name("plain")


class Setup(NamedTuple):
    """What a session needs: all of it the grader's own choice."""

    assignment: Assignment
    sandbox: Sandbox
    runtime: Runtime
    device: Device
    threads: int  # that numerical libraries may use
    tuning: dict[str, str]  # environment variables set for speed
    concealed: tuple[str, ...] = ()  # installed packages that the submission is not to find
    # Runtimes of the grader's in which a package was looked for: name -> packages that it has.
    tried: Mapping[str, Container[str]] = MappingProxyType({})
    made_up: bool = False  # whether the images stand for hidden ones and show nothing

    def command(self) -> list[str]:
        """The command line of a worker."""
        return self.runtime.command(str(self.sandbox.place(WORKER) / "__main__.py"))

    def place_of(self, submission: Path) -> str:
        """Where a worker finds the submission staged at this folder."""
        return str(self.sandbox.place(Mount(submission, SUBMISSION_PATH)))

    def place_of_provided(self) -> str | None:
        """Where a worker finds what the assignment lays under every submission, if anything."""
        folder = self.assignment.provided
        return str(self.sandbox.place(Mount(folder, PROVIDED))) if folder else None

    def place_of_plain(self, submission: Path) -> str | None:
        """Where a worker finds what overlays its sources; None where nothing does."""
        folder = plain_of(submission)
        there = folder.is_dir() and any(folder.iterdir())
        return str(self.sandbox.place(Mount(folder, PLAIN_PATH))) if there else None

    def spec(self, submission: Path, before: int) -> SandboxSpec:
        """What a worker for the submission staged at this folder is given.

        before: workers that it had. Each keeps half as much of what is printed as the one before
            it, down to `LEAST_LOG`: however many there are, the log stays one that can be read.
        """
        limits, threads, folder = (
            self.assignment.limits,
            str(self.threads),
            self.assignment.provided,
        )
        beside = [Mount(folder, PROVIDED)] if folder else []
        if self.place_of_plain(submission) is not None:
            beside.append(Mount(plain_of(submission), PLAIN_PATH))
        return SandboxSpec(
            mounts=[*self.runtime.mounts, WORKER, Mount(submission, SUBMISSION_PATH), *beside],
            limits=SandboxLimits(
                memory=limits.memory,
                scratch=limits.scratch + limits.submission,
                log=max(SandboxLimits().log >> before, LEAST_LOG),
            ),
            environment={
                "OMP_NUM_THREADS": threads,
                "OPENBLAS_NUM_THREADS": threads,
                "MKL_NUM_THREADS": threads,
                "MPLBACKEND": "Agg",
                **self.runtime.environment,
                **self.tuning,
            },
            devices=self.device.sandbox(),
        )
