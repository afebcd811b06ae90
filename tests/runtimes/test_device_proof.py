"""The proof of a device: real frameworks on the processor, stand-ins for what a card could say."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from grader.cli.device_check import usable
from grader.cli.main import UsageError
from grader.runtimes import device_proof
from grader.runtimes.detect import Runtime, runtimes
from grader.runtimes.device import Device
from grader.runtimes.device_hints import device_hint
from grader.runtimes.device_proof import full_proof, quick_proof
from grader.runtimes.devices import select
from grader.sandbox.canary import choose
from grader.sandbox.contract import Mount, Sandbox
from tests import submissions

CARD = Device("GPU", 0, "NVIDIA T4", "GPU-aaaa", "535")
GOOD = {
    "framework": "PyTorch 9",
    "card": "T4",
    "count": 1,
    "held": 1,
    "first": 1.0,
    "later": 0.001,
    "difference": 1e-4,
}


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    return choose().sandbox


def saying(folder: Path, facts: Mapping[str, Any] | str, without: Mapping[str, Any]) -> Runtime:
    """A runtime whose interpreter says `facts` of a device, and `without` where it has none."""
    told = facts if isinstance(facts, str) else json.dumps(facts)
    program = folder / "python"
    program.write_text(
        "#!/bin/sh\n"
        'echo "what frameworks print at their start"\n'
        f"[ \"$5\" = '' ] && echo '{json.dumps(without)}' && exit\n"
        f"echo '{told}'\ncat >/dev/null\n"
    )
    program.chmod(0o755)
    folder.chmod(0o755)
    share = Mount(folder, folder)
    return Runtime("torch", program, "3.11.7", mounts=(share,), devices=("CPU", "GPU"))


CLOSED: dict[str, Any] = {"opened": [], "driver": None}


def test_a_device_that_computes_rightly_is_proven(tmp_path: Path, sandbox: Sandbox) -> None:
    proof = full_proof(CARD, saying(tmp_path, GOOD, CLOSED), sandbox)
    assert [step.name for step in proof.steps] == ["computes", "agrees", "alone", "closed"]
    assert proof.holds and proof.framework == "PyTorch 9"


@pytest.mark.parametrize(
    ("facts", "without", "failed", "cure"),
    [
        ({**GOOD, "difference": 0.02}, CLOSED, "agrees", "do not grade on it"),
        ({**GOOD, "difference": float("nan")}, CLOSED, "agrees", "do not grade on it"),
        ({**GOOD, "count": 2}, CLOSED, "alone", "one device"),
        ({"error": "no kernel image is available", "driver": 0}, CLOSED, "computes", "no code"),
        ({"error": "is_available() is False", "driver": 100}, CLOSED, "computes", "sees no card"),
        ({"error": "is_available() is False", "driver": None}, CLOSED, "computes", "libcuda"),
        ("killed half way", CLOSED, "computes", "outside the grader"),
        (GOOD, {"opened": ["nvidia0"], "driver": 100}, "closed", "does not hold"),
        (GOOD, {"opened": [], "driver": 0}, "closed", "does not hold"),
    ],
)
def test_what_does_not_hold_is_named_with_its_cure(
    tmp_path: Path,
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    facts: Mapping[str, Any] | str,
    without: Mapping[str, Any],
    failed: str,
    cure: str,
) -> None:
    monkeypatch.setattr(device_proof, "START_SECONDS", 1.0)
    proof = full_proof(CARD, saying(tmp_path, facts, without), sandbox)
    assert proof.failed is not None and not proof.holds
    assert (proof.failed.name, cure in str(proof.failed.cure)) == (failed, True)


@pytest.mark.parametrize(("after", "freed"), [("10", True), ("900", False)])
def test_memory_has_to_be_free_again_after_a_kill(
    tmp_path: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, after: str, freed: bool
) -> None:
    monkeypatch.setattr(device_proof, "FREED_SECONDS", 0.1)
    smi = tmp_path / "nvidia-smi"  # says 10 MiB, then 1,100, then `after`
    smi.write_text(
        f"#!/bin/sh\ncd {tmp_path}\nif [ ! -e a ]; then touch a; echo 10\n"
        f"elif [ ! -e b ]; then touch b; echo 1100\nelse echo {after}; fi\n"
    )
    smi.chmod(0o755)
    card = Device("GPU", 0, "NVIDIA T4", "GPU-aaaa", mounts=(Mount(smi, smi),))
    proof = full_proof(card, saying(tmp_path, GOOD, CLOSED), sandbox)
    assert {step.name: step.holds for step in proof.steps}["freed"] is freed


@pytest.mark.parametrize("wanted", ["GPU", "auto"])
def test_a_card_that_does_not_compute_is_not_graded_on(
    tmp_path: Path, sandbox: Sandbox, wanted: str
) -> None:
    """Asked for, it is refused with the cure; else the processor is used, and a line says why."""
    runtime = saying(tmp_path, {"error": "CUDA driver is too old", "driver": 0}, CLOSED)
    console = Console(record=True, width=300)
    arguments = argparse.Namespace(device=wanted, lang="en")
    if wanted == "GPU":
        with pytest.raises(UsageError, match=r"not proven: GPU 0 .* Update the NVIDIA driver"):
            usable(console, [CARD], [runtime], sandbox, arguments)
        return
    (device,) = usable(console, [CARD], [runtime], sandbox, arguments)
    assert device.kind == "CPU"
    assert re.search(r"on the CPU: not proven: GPU 0 .* Update", console.export_text())


def test_of_two_cards_the_one_that_computes_is_used(tmp_path: Path, sandbox: Sandbox) -> None:
    other = Device("GPU", 1, "NVIDIA T4", "GPU-bbbb", environment={"SECOND": "1"})
    runtime = saying(tmp_path, GOOD, CLOSED)
    program = runtime.python.read_text()
    wrong = json.dumps({**GOOD, "difference": 1})
    runtime.python.write_text(
        program.replace("echo '{\"fr", f"[ -n \"$SECOND\" ] && echo '{wrong}'\necho '{{\"fr", 1)
    )
    console = Console(record=True, width=300)
    arguments = argparse.Namespace(device="GPU", lang="en")
    assert usable(console, [CARD, other], [runtime], sandbox, arguments) == [CARD]
    assert "not proven: GPU 1" in console.export_text()


def test_without_a_runtime_for_the_card_the_command_says_which_to_add(sandbox: Sandbox) -> None:
    arguments = argparse.Namespace(device="GPU", lang="en")
    with pytest.raises(UsageError, match="grade runtime add makes one: torch"):
        usable(Console(), [CARD], [], sandbox, arguments)


def test_the_doctor_proves_the_processor_by_a_real_framework(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADE_RUNTIMES", str(tmp_path))  # the grader's own interpreter alone
    done = submissions.grade("doctor", "--device", "CPU")
    assert done.returncode == 0, done.stdout + done.stderr
    last = done.stdout.strip().splitlines()[-1]
    assert re.search(r"^proven: CPU · .* · MindSpore 2\.\S+ · confinement", last)


def test_the_doctor_refuses_a_card_that_is_not_there() -> None:
    done = submissions.grade("doctor", "--device", "GPU")
    assert done.returncode == 2
    assert "nvidia-smi was not found" in done.stderr


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["mindspore1", "torch", "tensorflow"])
def test_each_framework_s_network_gives_what_numpy_gives(name: str, sandbox: Sandbox) -> None:
    runtime = next((one for one in runtimes() if one.name == name), None)
    if runtime is None:
        pytest.skip(f"{name} is not installed here")
    proof = quick_proof(select("CPU")[0], runtime, sandbox)
    assert proof.holds, proof
    assert proof.difference < 1e-5


def test_every_cure_is_one_for_its_cause() -> None:
    assert "too old" not in str(device_hint("GPU", "", 804))
    assert "nvidia-fabricmanager" in str(device_hint("GPU", "CUDA error", 802))
    assert "npu-smi" in str(device_hint("Ascend", "rtSetDevice failed", None))
    assert "hold the card's memory" in str(device_hint("GPU", "CUDA out of memory", 0))
