"""What of this machine a run uses: devices, sandbox, runtimes; their absence as usage errors."""

from __future__ import annotations

from collections.abc import Sequence

from grader.cli.main import UsageError, unusable
from grader.language import Sentence
from grader.runtimes import detect
from grader.runtimes import tuning as speed
from grader.runtimes.detect import Runtime
from grader.runtimes.devices import Device, DeviceAbsentError, select
from grader.sandbox import canary
from grader.sandbox.contract import Level, Sandbox, SandboxUnavailableError
from grader.sandbox.unconfined import Unconfined


def devices(wanted: str) -> list[Device]:
    """The devices that `--device` names. Raises UsageError with the cure where there is none."""
    try:
        return select(wanted)
    except DeviceAbsentError as error:
        facts: dict[str, str | Sentence] = {"device": wanted, "reason": error.said}
        raise UsageError(Sentence("--device {device}: {reason}", facts)) from None


def sandbox(required: str | None, unsafe: bool, *, accelerator: bool) -> Sandbox:
    """The strongest sandbox that holds here; unconfined only where asked for and nothing works.

    Raises UsageError naming the cures.
    """
    level = Level(required) if required else None
    try:
        return canary.choose(level, devices=accelerator).sandbox
    except SandboxUnavailableError as error:
        if not unsafe or required:
            raise unusable(error) from None
    try:
        return Unconfined()
    except SandboxUnavailableError as error:
        raise unusable(error) from None


def runtimes(forced: str | None) -> tuple[Runtime, ...]:
    """This machine's runtimes. Raises UsageError where there is none, or not the forced one."""
    found = tuple(detect.runtimes())
    if not found:
        raise UsageError(
            Sentence("no runtime: install MindSpore here, or `grade runtime add mindspore`")
        )
    names = [runtime.name for runtime in found]
    if forced is not None and forced not in names:
        raise UsageError(
            Sentence(
                "--runtime {name}: not installed. Installed: {names}. `grade runtime add {name}` "
                "installs it.",
                {"name": forced, "names": ", ".join(names)},
            )
        )
    return found


def tuning(found: Sequence[Runtime]) -> dict[str, dict[str, str]]:
    """Speed settings by runtime, measured once a machine and remembered."""
    return {runtime.name: dict(speed.tune(runtime)) for runtime in found}
