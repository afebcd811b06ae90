"""Accelerators by stand-ins: there is none where these tests usually run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.runtimes.devices import DeviceAbsentError, Machine, select, why_no_accelerator
from grader.sandbox.contract import SandboxLimits, SandboxSpec
from grader.sandbox.environment import environment
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


@pytest.fixture(autouse=True)
def no_word_of_an_operator(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CUDA_VISIBLE_DEVICES", "ASCEND_RT_VISIBLE_DEVICES", "LD_LIBRARY_PATH"):
        monkeypatch.delenv(name, raising=False)


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
TWO = "0, GPU-aaaa, 580.1, NVIDIA H100\n1, GPU-bbbb, 580.1, NVIDIA H100"
NPUS = ["davinci0", "davinci_manager", "devmm_svm", "hisi_hdc"]


def test_the_cpu_is_always_there_and_hides_the_rest(tmp_path: Path) -> None:
    (device,) = select("cpu", machine(tmp_path, CARDS, nvidia_smi=TWO))
    inside = device.sandbox()
    assert (device.kind, bool(device.name)) == ("CPU", True)
    assert (inside.nodes, inside.mounts) == ((), ())
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
    assert Path("/sys") in [share.inside for share in inside.mounts]
    assert inside.environment["CUDA_VISIBLE_DEVICES"] == second.uuid == "GPU-bbbb"
    assert second.driver == "580.1"
    assert inside.environment["ASCEND_VISIBLE_DEVICES"] == ""


def test_each_npu_is_a_device_with_its_driver(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASCEND_HOME_PATH", "/usr/local/Ascend/latest")
    (device,) = select("ascend", machine(tmp_path, NPUS, npu_smi=NPU_INFO))
    inside = device.sandbox()
    assert (device.kind, device.name) == ("Ascend", "Ascend 910B3")
    assert [node.name for node in inside.nodes] == NPUS
    assert Path("/usr/local/Ascend") in [share.inside for share in inside.mounts]
    assert inside.environment["ASCEND_HOME_PATH"] == "/usr/local/Ascend/latest"
    assert inside.environment["CUDA_VISIBLE_DEVICES"] == ""


def test_auto_takes_the_best_that_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASCEND_HOME_PATH", "/usr/local/Ascend/latest")
    both = machine(tmp_path / "a", [*CARDS, *NPUS], nvidia_smi=TWO)
    assert [device.kind for device in select("auto", both)] == ["GPU", "GPU"]
    assert [d.kind for d in select("auto", machine(tmp_path / "b", NPUS))] == ["Ascend"]
    assert [d.kind for d in select("auto", machine(tmp_path / "c", []))] == ["CPU"]


@pytest.mark.parametrize(
    ("nodes", "tools", "said"),
    [
        ([], {}, "nvidia-smi was not found. Install"),
        (CARDS, {"nvidia_smi": "No devices were found"}, "lists none .No devices were found"),
        (
            ["nvidia0", "nvidiactl"],
            {"nvidia_smi": "0, GPU-cccc, 535, T4"},
            "nvidia-uvm is not there. Load",
        ),
        (CARDS[2:], {"nvidia_smi": "0, GPU-cccc, 535, T4"}, "nvidia0 is not there"),
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
    monkeypatch.setattr("grader.runtimes.device.TOOL_SECONDS", 0.2)
    found = machine(tmp_path, CARDS, nvidia_smi="")
    (tmp_path / "bin/nvidia-smi").write_text("#!/bin/sh\nexec sleep 5\n")
    with pytest.raises(DeviceAbsentError, match=r"no answer within 0\.2 s"):
        select("GPU", found)


def test_another_word_is_wrong_usage() -> None:
    with pytest.raises(ValueError, match="auto, CPU, GPU, Ascend, found 'TPU'"):
        select("TPU")


def told_by_the_driver(top: Path, bus: str, uuid: str, minor: int) -> None:
    about = top / "root/proc/driver/nvidia/gpus" / bus
    about.mkdir(parents=True)
    (about / "information").write_text(f"GPU UUID: \t {uuid}\nDevice Minor: \t {minor}\n")


def test_the_node_of_a_card_has_its_minor_number(tmp_path: Path) -> None:
    told_by_the_driver(tmp_path, "0000:10:00.0", "GPU-aaaa", 1)
    told_by_the_driver(tmp_path, "0000:11:00.0", "GPU-bbbb", 0)
    devices = select("GPU", machine(tmp_path, CARDS, nvidia_smi=TWO))
    assert [device.nodes[0].name for device in devices] == ["nvidia1", "nvidia0"]


def test_a_container_with_one_card_of_many_needs_only_its_node(tmp_path: Path) -> None:
    told_by_the_driver(tmp_path, "0000:10:00.0", "GPU-dddd", 3)
    nodes = ["nvidia3", *CARDS[2:]]
    (device,) = select("GPU", machine(tmp_path, nodes, nvidia_smi="0, GPU-dddd, 580.1, A100"))
    assert (device.index, device.nodes[0].name) == (0, "nvidia3")


@pytest.mark.parametrize(
    ("value", "indices"),
    [("1", [1]), ("1,0", [1, 0]), ("GPU-bb", [1]), (" GPU-AAAA , 1", [0, 1])],
)
def test_the_operator_says_which_cards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str, indices: list[int]
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", value)
    devices = select("GPU", machine(tmp_path, CARDS, nvidia_smi=TWO))
    assert [device.index for device in devices] == indices


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("", "no device is granted"),
        ("-1", "no device is granted"),
        ("NoDevFiles", "no device is granted"),
        ("7", 'no device "7"; there are 0 .GPU-aaaa., 1'),
        ("0,7", 'no device "7"'),
        ("0,GPU-aaaa", 'names device "GPU-aaaa" twice'),
        ("0,", 'no device ""'),
    ],
)
def test_an_operator_s_word_that_names_no_card_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str, said: str
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", value)
    found = machine(tmp_path, CARDS, nvidia_smi=TWO)
    with pytest.raises(DeviceAbsentError, match=said) as caught:
        select("GPU", found)
    assert "CUDA_VISIBLE_DEVICES" in caught.value.said.said_in("zh")
    assert [device.kind for device in select("auto", found)] == ["CPU"]
    assert "CUDA_VISIBLE_DEVICES" in str(why_no_accelerator(found)[0])


def test_an_operator_s_word_holds_for_npus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASCEND_HOME_PATH", "/usr/local/Ascend/latest")
    monkeypatch.setenv("ASCEND_RT_VISIBLE_DEVICES", "1")
    nodes = ["davinci0", "davinci1", *NPUS[1:]]
    (device,) = select("Ascend", machine(tmp_path, nodes))
    assert device.nodes[0].name == "davinci1"


def test_a_machine_without_a_driver_is_passed_over_in_silence(tmp_path: Path) -> None:
    assert why_no_accelerator(machine(tmp_path, [])) == []


def test_a_card_of_wsl2_has_one_node_and_windows_s_libraries(tmp_path: Path) -> None:
    found = machine(tmp_path, ["dxg"], nvidia_smi="0, GPU-aaaa, 560, NVIDIA RTX 4060")
    with pytest.raises(DeviceAbsentError, match="driver of Windows"):
        select("GPU", found)
    (tmp_path / "root/usr/lib/wsl/lib").mkdir(parents=True)
    (tmp_path / "root/usr/lib/wsl/lib/libcuda.so.1").touch()
    (device,) = select("GPU", found)
    assert [node.name for node in device.nodes] == ["dxg"]
    assert device.environment["LD_LIBRARY_PATH"] == "/usr/lib/wsl/lib"
    assert Path("/usr/lib/wsl") in [share.inside for share in device.mounts]


MIG = """\
#!/bin/sh
case "$*" in
*mig.mode*) echo "GPU-aaaa, Enabled" ;;
*-L*) printf '%s\\n' "GPU 0: NVIDIA A100 (UUID: GPU-aaaa)" {instances} ;;
*) echo "0, GPU-aaaa, 580.1, NVIDIA A100" ;;
esac
"""


@pytest.mark.parametrize("instances", [["1g.5gb", "2g.10gb"], []])
def test_a_card_in_mig_mode_counts_as_its_instances(tmp_path: Path, instances: list[str]) -> None:
    found = machine(tmp_path, CARDS, nvidia_smi="")
    lines = [
        f"'  MIG {name}     Device  {number}: (UUID: MIG-{number})'"
        for number, name in enumerate(instances)
    ]
    (tmp_path / "bin/nvidia-smi").write_text(MIG.format(instances=" ".join(lines)))
    if not instances:
        with pytest.raises(DeviceAbsentError, match="MIG mode and has no instance"):
            select("GPU", found)
        return
    devices = select("GPU", found)
    assert [device.uuid for device in devices] == ["MIG-0", "MIG-1"]
    assert devices[1].name == "NVIDIA A100 MIG 2g.10gb"
    assert devices[1].environment["CUDA_VISIBLE_DEVICES"] == "MIG-1"


def test_libraries_of_the_driver_that_only_a_variable_names_are_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "driver").mkdir()
    (tmp_path / "driver/libcuda.so.1").touch()
    monkeypatch.setenv("LD_LIBRARY_PATH", f"/nowhere:{tmp_path / 'driver'}")
    first = select("GPU", machine(tmp_path, CARDS, nvidia_smi=TWO))[0]
    spec = SandboxSpec([], SandboxLimits(), {"LD_LIBRARY_PATH": "/runtime/lib"}, first.sandbox())
    assert tmp_path / "driver" in [share.outside for share in first.mounts]
    # A runtime's own libraries come first, and the driver's are found still.
    both = environment(spec, "/scratch")["LD_LIBRARY_PATH"]
    assert both == f"/runtime/lib:{tmp_path / 'driver'}"
