"""What one device is, and where devices are looked for."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.language import Sentence
from grader.sandbox.contract import Devices, Mount

TOOL_SECONDS = 30.0  # nvidia-smi wakes the driver, which takes seconds without persistence mode

# What hides each accelerator from a framework that looks for it.
HIDDEN = {
    "CUDA_VISIBLE_DEVICES": "",
    "NVIDIA_VISIBLE_DEVICES": "void",
    "ASCEND_VISIBLE_DEVICES": "",
    "ASCEND_RT_VISIBLE_DEVICES": "",
}

TAKE_WHAT_IS_NEEDED = {
    "TF_FORCE_GPU_ALLOW_GROWTH": "true",
    "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
}


@dataclass(frozen=True)
class Device:
    """One device on which submissions run.

    Attributes:
        kind: "CPU", "GPU" or "Ascend".
        index: as its driver's tool counts.
        name: for people, such as "NVIDIA H100 80GB HBM3".
        uuid: the driver's own lasting name of it; empty where it has none.
        driver: version of the driver; empty where unknown.
        nodes: device files that a sandbox gets.
        mounts: files of the driver that a sandbox gets, read-only.
        environment: variables that name it to frameworks.
    """

    kind: str
    index: int = 0
    name: str = ""
    uuid: str = ""
    driver: str = ""
    nodes: tuple[Path, ...] = ()
    mounts: tuple[Mount, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)

    def sandbox(self) -> Devices:
        """What a sandbox is to show of it; all that was not chosen is hidden."""
        return Devices(self.nodes, self.mounts, {**HIDDEN, **self.environment})

    def shared(self) -> Device:
        """The same device for one of several submissions that use it at the same time: a framework
        that would take all of its memory at once takes what it needs.
        """
        return replace(self, environment={**self.environment, **TAKE_WHAT_IS_NEEDED})


class DeviceAbsentError(Exception):
    """A device that was asked for is not there, or not to be used: what is missing, what to do.

    Attributes:
        said: both, for a reader in either language.
        driver_found: whether the machine has a driver of that kind at all; then its owner may
            expect the device to be used.
    """

    def __init__(self, missing: Sentence, cure: Sentence, *, driver_found: bool = True) -> None:
        self.said = Sentence("{missing} {cure}", {"missing": missing, "cure": cure})
        self.driver_found = driver_found
        super().__init__(str(self.said))


@dataclass(frozen=True)
class Machine:
    """Where devices are looked for; other values than the usual ones are for tests."""

    root: Path = Path("/")
    path: str | None = None  # of programs, as PATH

    def program(self, name: str) -> str | None:
        """The program `name`, or None."""
        return shutil.which(name, path=self.path)

    def under(self, path: str) -> Path:
        """`path`, an absolute one, below the root."""
        return self.root / path.lstrip("/")

    def existing(self, paths: tuple[str, ...]) -> tuple[Mount, ...]:
        """Those of `paths` that are there, to be seen in a sandbox where they lie."""
        return tuple(
            Mount(self.under(path), Path(path)) for path in paths if self.under(path).exists()
        )


def tool_output(command: list[str]) -> str:
    """What a program of a driver says; for one that fails, how it failed."""
    try:
        done = subprocess.run(  # noqa: S603
            command,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=TOOL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"no answer within {TOOL_SECONDS:g} s"
    except OSError as error:
        return f"failed: {error}"
    return done.stdout.decode("utf-8", "replace")
