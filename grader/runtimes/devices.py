"""Devices: what accelerators this machine has, and what of them a sandbox may see."""

from __future__ import annotations

import platform
from pathlib import Path

from grader.language import Sentence
from grader.runtimes.ascend import ascend_devices
from grader.runtimes.device import Device, DeviceAbsentError, Machine
from grader.runtimes.nvidia import nvidia_devices

__all__ = [
    "KINDS",
    "Device",
    "DeviceAbsentError",
    "Machine",
    "cpu_model",
    "select",
    "why_no_accelerator",
]

KINDS = ("CPU", "GPU", "Ascend")
_FINDERS = {"GPU": nvidia_devices, "Ascend": ascend_devices}


def select(wanted: str = "auto", machine: Machine | None = None) -> list[Device]:
    """The devices that a word names.

    Args:
        wanted: "auto" (the first kind that is there: GPU, Ascend, CPU), "CPU", "GPU" or "Ascend",
            in whatever case.
        machine: where to look; None for this one.

    Returns:
        One entry for each device of that kind, in the order in which they are to be used; never
        empty. The operator's CUDA_VISIBLE_DEVICES and ASCEND_RT_VISIBLE_DEVICES hold.

    Raises:
        DeviceAbsentError: there is none of that kind, with the cure.
        ValueError: another word.
    """
    machine = machine or Machine()
    word = wanted.lower()
    if word == "cpu":
        return [_cpu()]
    if word == "auto":
        for find in _FINDERS.values():
            try:
                return find(machine)
            except DeviceAbsentError:
                continue
        return [_cpu()]
    for kind, find in _FINDERS.items():
        if word == kind.lower():
            return find(machine)
    raise ValueError(f"device must be one of auto, {', '.join(KINDS)}, found {wanted!r}")


def why_no_accelerator(machine: Machine | None = None) -> list[Sentence]:
    """Why "auto" takes no accelerator although the machine has a driver; empty without one."""
    machine = machine or Machine()
    reasons = []
    for find in _FINDERS.values():
        try:
            find(machine)
        except DeviceAbsentError as error:
            reasons += [error.said] if error.driver_found else []
    return reasons


def _cpu() -> Device:
    return Device("CPU", name=cpu_model())


def cpu_model() -> str:
    """The processor's model name, as the system tells it."""
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines():
            if line.lower().startswith(("model name", "hardware")):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine() or "CPU"
