"""What a machine of a cluster says about itself, and whether it fits a run."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from pydantic import Field, ValidationError

from grader import __version__
from grader.evidence import Document
from grader.language import Sentence
from grader.runtimes import detect
from grader.runtimes.detect import Runtime
from grader.runtimes.device_proof import built_for, quick_proof
from grader.runtimes.devices import DeviceAbsentError, select
from grader.sandbox import canary
from grader.sandbox.contract import Level, Sandbox, SandboxUnavailableError

AUTH_MODE_VARIABLE = "RAY_AUTH_MODE"
MONITOR = "RAY_memory_monitor_refresh_ms"
SUBREAPER = "RAY_kill_child_processes_on_worker_exit_with_raylet_subreaper"
GROUPS = "RAY_process_group_cleanup_enabled"
_STRENGTH = [Level.NONE.value, Level.BASIC.value, Level.STRONG.value]


class NodeReport(Document):
    """One machine, as an actor that was started there found it.

    runtimes: name -> versions of Python and frameworks. level: the strongest sandbox whose canary
    found no way out; "" where there is none, and why is in `no_level`. no_device: why an
    accelerator of the run's kind is not there or does not compute. settings: Ray's variables that
    matter to us, as its processes have them there.
    """

    host: str
    version: str
    runtimes: dict[str, str] = Field(default_factory=dict)
    level: str = ""
    no_level: str = ""
    no_device: str = ""
    settings: dict[str, str] = Field(default_factory=dict)


class ExpectedNode(NamedTuple):
    """What every machine of a run has to be like: as the one that runs the engine, so that a
    submission's evidence does not depend on where it was examined.

    runtimes: those that may be used, with their versions. level: of confinement, at least. device:
    kind. asked: the level that was asked for, where one was.
    """

    runtimes: Mapping[str, str]
    level: str
    device: str
    asked: str = ""

    @property
    def required(self) -> Level | None:
        """The level to ask the canary for; None for the strongest."""
        named = self.asked or (self.level if self.level == Level.NONE.value else "")
        return Level(named) if named else None


def versions(runtimes: Sequence[Runtime]) -> dict[str, str]:
    """Each runtime with the versions that matter for results."""
    found = {}
    for runtime in runtimes:
        frameworks = [f"{name} {version}" for name, version in sorted(runtime.frameworks.items())]
        found[runtime.name] = ", ".join([f"python {runtime.version}", *frameworks])
    return found


def report(required: Level | None, device: str) -> NodeReport:
    """This machine, tried: each accelerator of kind `device` that this process was given has to
    compute in the sandbox.
    """
    runtimes = tuple(detect.runtimes())
    level = no_level = no_device = ""
    try:
        sandbox = canary.choose(required, devices=device != "CPU").sandbox
        level = sandbox.level.value
        no_device = _no_device(device, runtimes, sandbox)
    except SandboxUnavailableError as error:
        no_level = f"{error} ({error.cure})"
    return NodeReport(
        host=platform.node(),
        version=__version__,
        runtimes=versions(runtimes),
        level=level,
        no_level=no_level,
        no_device=no_device,
        settings={
            name: os.environ.get(name, "")
            for name in (AUTH_MODE_VARIABLE, MONITOR, SUBREAPER, GROUPS)
        },
    )


def _no_device(kind: str, runtimes: Sequence[Runtime], sandbox: Sandbox) -> str:
    """Why no device of this kind is to be used here; "" where all of them compute."""
    if kind == "CPU":
        return ""
    try:
        devices = select(kind)
    except DeviceAbsentError as error:
        return str(error)
    able = built_for(runtimes, kind)
    if not able:
        return f"no runtime is built for {kind}"
    for device in devices:
        for runtime in able:
            failed = quick_proof(device, runtime, sandbox).failed
            if failed is not None:
                where = f"{kind} {device.index}, {runtime.name}"
                return f"{where}: {failed.seen}. {failed.cure or ''}".strip()
    return ""


def read_report(text: str) -> NodeReport:
    """What came back. Raises ValueError for what is no report.

    Another version of the grader may say more or less; which version it is can always be read.
    """
    said = json.loads(text)
    try:
        return NodeReport.model_validate(said)
    except ValidationError:
        return NodeReport(host=str(said.get("host", "?")), version=str(said["version"]))


def without_token(found: NodeReport) -> bool:
    """Whether Ray lets everybody in there."""
    return found.settings.get(AUTH_MODE_VARIABLE, "").lower() != "token"


def unfit(found: NodeReport, expected: ExpectedNode) -> Iterator[Sentence]:
    """Why the machine does not fit, each reason with its cure; nothing where it does."""
    if found.version != __version__:
        yield Sentence(
            "it has grade {found}, expected {expected}. Install the same version there.",
            {"found": found.version, "expected": __version__},
        )
        return  # what another version says of the rest means nothing
    for name, wanted in expected.runtimes.items():
        there = found.runtimes.get(name)
        if there is None:
            yield Sentence(
                "it lacks the runtime {name}. Run `grade runtime add {name}` there.", {"name": name}
            )
        elif there != wanted:
            yield Sentence(
                "its runtime {name} has {found}, expected {expected}. Install the same there.",
                {"name": name, "found": there, "expected": wanted},
            )
    if found.no_level:
        yield Sentence("it has no sandbox: {reason}", {"reason": found.no_level})
    elif _STRENGTH.index(found.level) < _STRENGTH.index(expected.level):
        yield Sentence(
            "its sandbox is {found}, expected {expected} as here. Run `grade doctor` there, or "
            "grade with --require {found}.",
            {"found": found.level, "expected": expected.level},
        )
    if found.no_device:
        yield Sentence("it lacks the device: {reason}", {"reason": found.no_device})
    if found.settings.get(MONITOR) != "0":
        yield Sentence(
            "Ray's memory monitor is on there and would end others' submissions. Start Ray with "
            "{variable}=0.",
            {"variable": MONITOR},
        )
    for variable in (SUBREAPER, GROUPS):
        if found.settings.get(variable, "").lower() in ("1", "true"):
            yield Sentence(
                "Ray ends what it takes for left-over processes there, which can be sandboxes "
                "that live. Start Ray without {variable}.",
                {"variable": variable},
            )
