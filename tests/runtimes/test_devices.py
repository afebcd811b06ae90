"""Accelerators by stand-ins: there is none where these tests usually run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.runtimes.devices import DeviceAbsentError, Machine, select
from tests.runtimes.interpreters import tool

NPU_INFO = """\
+------------------------------------------------------------------------------------------------+
| npu-smi 23.0.0                   Version: 23.0.0                                               |
+---------------------------+---------------+----------------------------------------------------+
| NPU   Name                | Health        | Power(W)    Temp(C)           Hugepages-Usage(page)|
| Chip                      | Bus-Id        | AICore(%)   Memory-Usage(MB)  HBM-Usage(MB)        |
+===========================+===============+====================================================+
| 0     910B3               | OK            | 91.5        45                0    / 0             |
| 0                         | 0000:C1:00.0  | 0           0    / 0          3319 / 65536         |
"""


def machine(top: Path, nodes: list[str], **tools: str) -> Machine:
    """A machine with those nodes in /dev and tools that print those texts."""
    for node in nodes:
        (top / "root/dev").mkdir(parents=True, exist_ok=True)
        (top / "root/dev" / node).touch()
    (top / "root/sys").mkdir(parents=True, exist_ok=True)
    (top / "root/usr/local/Ascend").mkdir(parents=True, exist_ok=True)
    for name, text in tools.items():
        tool(top / "bin", name.replace("_", "-"), text)
    return Machine(top / "root", f"{top / 'bin'}{os.pathsep}/bin{os.pathsep}/usr/bin")


CARDS = ["nvidia0", "nvidia1", "nvidiactl", "nvidia-uvm", "nvidia-uvm-tools"]
TWO = "0, NVIDIA H100\n1, NVIDIA H100"
NPUS = ["davinci0", "davinci_manager", "devmm_svm", "hisi_hdc"]


def test_the_cpu_is_always_there_and_hides_the_rest(tmp_path: Path) -> None:
    (device,) = select("cpu", machine(tmp_path, CARDS, nvidia_smi=TWO))
    inside = device.sandbox()
    assert (device.kind, bool(device.name)) == ("CPU", True)
    assert (inside.nodes, inside.shares) == ((), ())
    assert inside.environment["CUDA_VISIBLE_DEVICES"] == ""
    assert inside.environment["ASCEND_RT_VISIBLE_DEVICES"] == ""


def test_each_card_is_a_device_and_sees_itself_only(tmp_path: Path) -> None:
    first, second = select("GPU", machine(tmp_path, CARDS, nvidia_smi=TWO))
    inside = second.sandbox()
    assert (first.index, second.index, second.name) == (0, 1, "NVIDIA H100")
    assert [node.name for node in inside.nodes] == [
        "nvidia1",
        "nvidiactl",
        "nvidia-uvm",
        "nvidia-uvm-tools",
    ]
    assert Path("/sys") in [share.inside for share in inside.shares]
    assert inside.environment["CUDA_VISIBLE_DEVICES"] == "1"
    assert inside.environment["ASCEND_VISIBLE_DEVICES"] == ""


def test_each_npu_is_a_device_with_its_driver(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASCEND_HOME_PATH", "/usr/local/Ascend/latest")
    (device,) = select("ascend", machine(tmp_path, NPUS, npu_smi=NPU_INFO))
    inside = device.sandbox()
    assert (device.kind, device.name) == ("Ascend", "Ascend 910B3")
    assert [node.name for node in inside.nodes] == NPUS
    assert Path("/usr/local/Ascend") in [share.inside for share in inside.shares]
    assert inside.environment["ASCEND_HOME_PATH"] == "/usr/local/Ascend/latest"
    assert inside.environment["CUDA_VISIBLE_DEVICES"] == ""


def test_auto_takes_the_best_that_is_there(tmp_path: Path) -> None:
    both = machine(tmp_path / "a", [*CARDS, *NPUS], nvidia_smi=TWO)
    assert [device.kind for device in select("auto", both)] == ["GPU", "GPU"]
    assert [d.kind for d in select("auto", machine(tmp_path / "b", NPUS))] == ["Ascend"]
    assert [d.kind for d in select("auto", machine(tmp_path / "c", []))] == ["CPU"]


@pytest.mark.parametrize(
    ("nodes", "tools", "said"),
    [
        ([], {}, "nvidia-smi was not found. Install"),
        (CARDS, {"nvidia_smi": "No devices were found"}, "lists none .No devices were found"),
        (["nvidia0", "nvidiactl"], {"nvidia_smi": "0, T4"}, "nvidia-uvm is not there. Load"),
        (CARDS[2:], {"nvidia_smi": "0, T4"}, "nvidia0 is not there"),
    ],
)
def test_an_absent_card_is_named_with_its_cure(
    tmp_path: Path, nodes: list[str], tools: dict[str, str], said: str
) -> None:
    with pytest.raises(DeviceAbsentError, match=said) as caught:
        select("GPU", machine(tmp_path, nodes, **tools))
    assert "--device CPU" in str(caught.value)


@pytest.mark.parametrize(
    ("nodes", "said"),
    [([], "davinci0. Install"), (["davinci0", "davinci_manager"], "devmm_svm.*is not. Reinstall")],
)
def test_an_absent_npu_is_named_with_its_cure(tmp_path: Path, nodes: list[str], said: str) -> None:
    with pytest.raises(DeviceAbsentError, match=said) as caught:
        select("Ascend", machine(tmp_path, nodes))
    assert "--device CPU" in str(caught.value)


def test_a_tool_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.runtimes.devices.TOOL_SECONDS", 0.2)
    found = machine(tmp_path, CARDS, nvidia_smi="")
    (tmp_path / "bin/nvidia-smi").write_text("#!/bin/sh\nexec sleep 5\n")
    with pytest.raises(DeviceAbsentError, match=r"no answer within 0\.2 s"):
        select("GPU", found)


def test_another_word_is_wrong_usage() -> None:
    with pytest.raises(ValueError, match="auto, CPU, GPU, Ascend, found 'TPU'"):
        select("TPU")
