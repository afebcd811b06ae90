"""Saying what the proof of a device found, and using only devices that are proven."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from rich.console import Console

from grader.cli import machine
from grader.cli.main import UsageError
from grader.language import Sentence
from grader.report.text import for_rich
from grader.runtimes.detect import Runtime
from grader.runtimes.device import Device
from grader.runtimes.device_proof import TOLERANCE, Proof, built_for, full_proof, quick_proof
from grader.runtimes.devices import why_no_accelerator
from grader.sandbox.contract import Sandbox


def prove_all(
    console: Console,
    devices: Sequence[Device],
    runtimes: Sequence[Runtime],
    sandbox: Sandbox,
    language: str,
) -> bool:
    """Prove each device in each runtime that is built for its kind, and print what was seen.

    Returns:
        Whether every proof held, and there was at least one.

    Raises:
        SandboxUnavailableError: no process could be started in `sandbox`.
    """
    kind = devices[0].kind
    able = built_for(runtimes, kind)
    for runtime in runtimes:
        if runtime not in able:
            text = Sentence(
                "{runtime}: not built for {kind}", {"runtime": runtime.name, "kind": kind}
            )
            console.print(f"  [dim]–[/] {for_rich(text.said_in(language))}", highlight=False)
    proofs: list[Proof] = []
    for device in devices:
        for runtime in able:
            proof = full_proof(device, runtime, sandbox)
            _print(console, proof, language)
            proofs.append(proof)
    if not proofs:
        console.print(for_rich(_no_runtime(kind).said_in(language)), highlight=False)
    for proof in proofs:
        line = _summary(proof, sandbox).said_in(language)
        style = "green" if proof.holds else "red"
        console.print(f"[{style}]{for_rich(line)}[/]", highlight=False, soft_wrap=True)
    return bool(proofs) and all(proof.holds for proof in proofs)


def usable(
    console: Console,
    devices: list[Device],
    runtimes: Sequence[Runtime],
    sandbox: Sandbox,
    arguments: argparse.Namespace,
) -> list[Device]:
    """The devices that submissions will run on: an accelerator only where it computes.

    With ``--device auto`` the processor stands in, and a line says why an accelerator that the
    machine has is not used.

    Raises:
        UsageError: a kind of device was asked for by name, and none of it is proven.
    """
    reasons: list[Sentence] = []
    if devices[0].kind != "CPU":
        good, bad = _tried(devices, built_for(runtimes, devices[0].kind), sandbox)
        reasons = [_summary(proof, sandbox) for proof in bad] or [_no_runtime(devices[0].kind)]
        if good:
            _warn(console, [_summary(proof, sandbox) for proof in bad], arguments.lang)
            return good
        if arguments.device != "auto":
            raise UsageError(reasons[0])
    elif arguments.device == "auto":
        reasons = why_no_accelerator()
    _warn(
        console,
        [Sentence("on the CPU: {reason}", {"reason": reason}) for reason in reasons],
        arguments.lang,
    )
    return machine.devices("CPU")


def _tried(
    devices: Sequence[Device], able: Sequence[Runtime], sandbox: Sandbox
) -> tuple[list[Device], list[Proof]]:
    """The devices that compute rightly in every runtime of `able`, and the proofs that failed.

    A device that is listed and does not work would leave submissions to the processor in silence,
    or fail them.
    """
    with ThreadPoolExecutor(len(devices)) as pool:  # a device each: they do not disturb one another
        proofs = list(
            pool.map(
                lambda device: [quick_proof(device, runtime, sandbox) for runtime in able], devices
            )
        )
    bad = [proof for of_device in proofs for proof in of_device if not proof.holds]
    broken = {proof.device.uuid or proof.device.index for proof in bad}
    good = [device for device in devices if (device.uuid or device.index) not in broken]
    return (good if able else []), bad


def _warn(console: Console, sentences: Sequence[Sentence], language: str) -> None:
    for sentence in sentences:
        console.print(f"[yellow]![/] {for_rich(sentence.said_in(language))}", highlight=False)


def _print(console: Console, proof: Proof, language: str) -> None:
    head = f"{_name(proof.device)} · {proof.runtime}"
    console.print(f"  [bold]{for_rich(head)}[/]", highlight=False)
    for step in proof.steps:
        mark = "[green]✓[/]" if step.holds else "[red]✗[/]"
        console.print(f"    {mark} {for_rich(step.seen.said_in(language))}", highlight=False)
        if not step.holds and step.cure is not None:
            cure = for_rich(step.cure.said_in(language))
            console.print(f"        → {cure}", style="dim", highlight=False)


def _summary(proof: Proof, sandbox: Sandbox) -> Sentence:
    """The one line that a reader can quote."""
    device = proof.device
    about = [
        _name(device),
        *([f"driver {device.driver}"] if device.driver else []),
        proof.framework,
    ]
    facts: dict[str, str | Sentence] = {
        "about": " · ".join(about),
        "level": sandbox.level.value,
    }
    failed = proof.failed
    if failed is None:
        difference = "?" if math.isnan(proof.difference) else f"{proof.difference:.1e}"
        return Sentence(
            "proven: {about} · confinement {level} · differs from the processor by {difference} "
            "(at most {limit})",
            {**facts, "difference": difference, "limit": f"{TOLERANCE:g}"},
        )
    return Sentence(
        "not proven: {about} · {seen}. {cure}",
        {**facts, "seen": failed.seen, "cure": failed.cure or ""},
    )


def _name(device: Device) -> str:
    number = "" if device.kind == "CPU" else f" {device.index}"
    return f"{device.kind}{number} · {device.name}"


def _no_runtime(kind: str) -> Sentence:
    able = {"GPU": "torch, mindspore1", "Ascend": "mindspore"}.get(kind, "mindspore")
    return Sentence(
        "no runtime of this machine is built for {kind}; grade runtime add makes one: {names}.",
        {"kind": kind, "names": able},
    )
