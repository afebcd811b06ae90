"""The proof of a device: not that it is listed, but that it computes where submissions will run.

In the run's own sandbox, in a runtime that is built for the device, a small network (convolution,
batch normalisation, dense layer) has to give what numpy gives; the sandbox has to show one device;
what was held of the device's memory has to be free again once the process was killed; and a sandbox
to which no device was given must not reach one.
"""

from __future__ import annotations

import contextlib
import json
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from grader.language import Sentence
from grader.runtimes.detect import Runtime
from grader.runtimes.device import HIDDEN, Device, tool_output
from grader.runtimes.device_hints import device_hint
from grader.sandbox.contract import (
    Devices,
    Mount,
    Sandbox,
    SandboxedProcess,
    SandboxLimits,
    SandboxSpec,
)

COMPUTE = Path(__file__).with_name("compute.py")
# Of the largest output. Convolutions of NVIDIA's tensor cores round their inputs to 10 bits
# (TF32, on by default in PyTorch's convolutions), the Cube units of Ascend to float16.
TOLERANCE = 1e-2
START_SECONDS = 180.0  # a framework from a cold disk, and kernels that it compiles for a new card
HELD_MIB = 1024  # of the device's memory that the process holds when it is killed
FREED_PART = 0.5  # of what was held; other programs may use the same device meanwhile
FREED_SECONDS = 15.0
ANSWER_BYTES = 64 * 1024
MEMORY_MIB = 16 * 1024  # a framework with its libraries for a card takes gigabytes


class ProofStep(NamedTuple):
    """One thing that was tried: what, whether it held, what was seen, and the cure if not."""

    name: str  # "computes", "agrees", "alone", "freed" or "closed"
    holds: bool
    seen: Sentence
    cure: Sentence | None = None


class Proof(NamedTuple):
    """What was tried with one device in one runtime; the framework as it names itself."""

    device: Device
    runtime: str
    framework: str
    difference: float  # from numpy, as a part of the largest output; NaN where none was computed
    steps: tuple[ProofStep, ...]

    @property
    def holds(self) -> bool:
        """Whether all held."""
        return all(step.holds for step in self.steps)

    @property
    def failed(self) -> ProofStep | None:
        """The first step that did not hold."""
        return next((step for step in self.steps if not step.holds), None)


def built_for(runtimes: Sequence[Runtime], kind: str) -> list[Runtime]:
    """The runtimes with a framework that is built for devices of `kind`."""
    return [runtime for runtime in runtimes if kind in runtime.devices and runtime.framework]


def quick_proof(device: Device, runtime: Runtime, sandbox: Sandbox) -> Proof:
    """Whether the device computes rightly in this runtime and sandbox: some seconds.

    Raises SandboxUnavailableError.
    """
    with _computing(device, runtime, sandbox, 0) as facts:
        return _proof(device, runtime, facts, _steps_of(device, facts))


def full_proof(device: Device, runtime: Runtime, sandbox: Sandbox) -> Proof:
    """The quick proof, that memory is freed by a kill, and that others cannot reach the device.

    Raises SandboxUnavailableError.
    """
    before = used_memory(device)
    with _computing(device, runtime, sandbox, HELD_MIB) as facts:
        steps = _steps_of(device, facts)
        held = used_memory(device)
    if all(step.holds for step in steps) and before is not None and held is not None:
        steps = (*steps, _freed(device, before, held))
    if device.kind != "CPU":  # the processor is open to all
        steps = (*steps, _closed(device, runtime, sandbox))
    return _proof(device, runtime, facts, steps)


def _proof(
    device: Device, runtime: Runtime, facts: dict[str, Any], steps: Sequence[ProofStep]
) -> Proof:
    framework = str(facts.get("framework") or runtime.framework)
    difference = float(facts.get("difference", float("nan")))
    return Proof(device, runtime.name, framework, difference, tuple(steps))


# --- one step each ----------------------------------------------------------------------


def _steps_of(device: Device, facts: dict[str, Any]) -> tuple[ProofStep, ...]:
    if "error" in facts:
        said, code = str(facts["error"]), facts.get("driver")
        seen = Sentence(
            "does not compute on it: {said} (driver: {code})",
            {"said": said, "code": "–" if code is None else str(code)},
        )
        return (ProofStep("computes", False, seen, device_hint(device.kind, said, code)),)
    computes = ProofStep(
        "computes",
        True,
        Sentence(
            "computes on it: first pass {first} s, then {later} ms",
            {"first": f"{facts['first']:.1f}", "later": f"{facts['later'] * 1000:.1f}"},
        ),
    )
    difference = float(facts["difference"])
    agrees = ProofStep(
        "agrees",
        difference <= TOLERANCE,  # false for NaN
        Sentence(
            "differs from the processor by {difference} of the largest output (at most {limit})",
            {"difference": f"{difference:.1e}", "limit": f"{TOLERANCE:g}"},
        ),
        Sentence(
            "The device computes wrongly: do not grade on it. Look for Xid in the kernel's log "
            "(dmesg), update the driver, try another card."
        ),
    )
    if facts.get("count") is None:  # the framework has no word for it
        return computes, agrees
    alone = ProofStep(
        "alone",
        facts["count"] == 1,
        Sentence("the sandbox shows {count} device(s)", {"count": str(facts["count"])}),
        Sentence("A sandbox must show one device: report this, with `nvidia-smi -L`."),
    )
    return computes, agrees, alone


def _freed(device: Device, before: int, held: int) -> ProofStep:
    """Whether what the killed process held of the device's memory is free again; in MiB."""
    taken = held - before
    started = time.monotonic()
    while (left := (used_memory(device) or 0) - before) > taken * (1 - FREED_PART):
        if time.monotonic() - started > FREED_SECONDS:
            break
    facts = {
        "taken": str(taken),
        "left": str(max(left, 0)),
        "seconds": f"{time.monotonic() - started:.1f}",
    }
    return ProofStep(
        "freed",
        taken >= HELD_MIB // 2 and left <= taken * (1 - FREED_PART),
        Sentence(
            "killed with {taken} MiB of its memory, {left} MiB are left {seconds} s later", facts
        ),
        Sentence("End what else runs on the device and try again; if memory stays taken, restart."),
    )


def _closed(device: Device, runtime: Runtime, sandbox: Sandbox) -> ProofStep:
    """Whether a sandbox to which no device was given reaches none."""
    spec = _spec(runtime, sandbox, Devices(environment=HIDDEN))
    box = _start(sandbox, runtime, ["", device.kind], spec)
    try:
        facts = _answer(box)
    finally:
        box.end()
    opened, code = facts.get("opened"), facts.get("driver")
    return ProofStep(
        "closed",
        opened == [] and code != 0,
        Sentence(
            "a sandbox without it opens {opened} of its device files; the driver answers {code}",
            {
                "opened": ", ".join(map(str, opened or [])) or Sentence("none"),
                "code": "–" if code is None else str(code),
            },
        ),
        Sentence("Report this: the sandbox does not hold here. Grade with --device CPU."),
    )


# --- processes --------------------------------------------------------------------------


@contextlib.contextmanager
def _computing(
    device: Device, runtime: Runtime, sandbox: Sandbox, hold: int
) -> Iterator[dict[str, Any]]:
    """What the network on the device came to, while its process still holds `hold` MiB; it is
    killed in the end.
    """
    spec = _spec(runtime, sandbox, device.sandbox())
    box = _start(sandbox, runtime, [runtime.framework, device.kind, str(hold)], spec)
    try:
        yield _answer(box)
    finally:
        box.end()


def _spec(runtime: Runtime, sandbox: Sandbox, devices: Devices) -> SandboxSpec:
    mounts = [*runtime.mounts, _program()]
    return SandboxSpec(mounts, SandboxLimits(memory=MEMORY_MIB), runtime.environment, devices)


def _program() -> Mount:
    return Mount(COMPUTE, Path("/proof") / COMPUTE.name)


def _start(
    sandbox: Sandbox, runtime: Runtime, words: list[str], spec: SandboxSpec
) -> SandboxedProcess:
    program = str(sandbox.place(_program()))
    box = sandbox.start(runtime.command(program, *words), spec)
    box.deadline(START_SECONDS)
    return box


def _answer(box: SandboxedProcess) -> dict[str, Any]:
    """The line of JSON that the process prints, among what frameworks say."""
    left = ANSWER_BYTES
    while left > 0 and (line := box.stdout.readline(left)):
        left -= len(line)
        with contextlib.suppress(ValueError):
            facts = json.loads(line)
            if isinstance(facts, dict):
                return facts
    end = box.end()
    said = " ".join(box.printed.split())[-400:]
    return {"error": f"{end.cause.value} {end.detail} {said}".strip(), "driver": 0}


def used_memory(device: Device) -> int | None:
    """MiB of the device's memory that are in use; None where its driver does not tell."""
    if device.kind != "GPU" or not device.uuid.startswith("GPU-"):
        return None
    smi = next((str(s.outside) for s in device.mounts if s.outside.name == "nvidia-smi"), "")
    query = ["--query-gpu=memory.used", "--format=csv,noheader,nounits"]
    found = (
        re.match(r"\s*(\d+)", tool_output([smi, f"--id={device.uuid}", *query])) if smi else None
    )
    return int(found[1]) if found else None
