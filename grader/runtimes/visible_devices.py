"""The devices that the operator, or a scheduler such as Slurm, grants by a variable.

CUDA_VISIBLE_DEVICES (CUDA C++ Programming Guide, "CUDA Environment Variables") and
ASCEND_RT_VISIBLE_DEVICES (CANN, "Environment Variables") list numbers, CUDA's also UUIDs or their
first letters, in the order in which they are to be used. Frameworks stop at the first word that
fits no device; a grader that used fewer devices than were meant would say nothing of it, so here
such a word is refused.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from grader.language import Sentence
from grader.runtimes.device import Device, DeviceAbsentError

# What schedulers write where a job was given no device.
_NO_DEVICE = {"", "-1", "none", "void", "nodevfiles"}


def granted(devices: Sequence[Device], variable: str) -> list[Device]:
    """Those of `devices` that the environment variable `variable` names, in its order.

    All of them where it is not set. Raises DeviceAbsentError where it names none, a device that
    is not there, or one twice.
    """
    value = os.environ.get(variable)
    if value is None:
        return list(devices)
    facts = {"variable": variable, "value": value}
    if value.strip().lower() in _NO_DEVICE:
        raise DeviceAbsentError(
            Sentence('{variable} is "{value}": no device is granted to this program.', facts),
            Sentence("Unset it, or ask the scheduler for a device, or use --device CPU."),
        )
    there = ", ".join(f"{device.index} ({device.uuid or device.name})" for device in devices)
    chosen: list[Device] = []
    for word in (part.strip() for part in value.split(",")):
        found = [device for device in devices if _fits(word, device)]
        facts = {**facts, "word": word, "there": there}
        if not found:
            said = Sentence(
                '{variable} is "{value}", but there is no device "{word}"; there are {there}.',
                facts,
            )
        elif len(found) > 1:
            said = Sentence(
                '{variable} is "{value}", and "{word}" fits more than one of {there}.', facts
            )
        elif found[0] in chosen:
            said = Sentence('{variable} is "{value}", which names device "{word}" twice.', facts)
        else:
            chosen += found
            continue
        raise DeviceAbsentError(said, Sentence("Correct the variable, or use --device CPU."))
    return chosen


def _fits(word: str, device: Device) -> bool:
    if word.isascii() and word.isdigit():
        return int(word) == device.index
    return len(word) > len("GPU-") and device.uuid.lower().startswith(word.lower())
