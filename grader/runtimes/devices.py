"""Devices: what accelerators this machine has, and what of them a sandbox may see.

GPU and Ascend: written from the vendors' documentation of their container runtimes; tested with
stand-ins for nvidia-smi, npu-smi and /dev; not verified on hardware.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.sandbox.contract import Devices, Share

KINDS = ("CPU", "GPU", "Ascend")
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
    """One device on which a submission may run; on an accelerator one at a time, unless `shared`.

    kind: "CPU", "GPU" or "Ascend". index: as its driver counts. name: for people.
    """

    kind: str
    index: int = 0
    name: str = ""
    nodes: tuple[Path, ...] = ()
    shares: tuple[Share, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)

    def sandbox(self) -> Devices:
        """What a sandbox is to show of it; all that was not chosen is hidden."""
        return Devices(self.nodes, self.shares, {**HIDDEN, **self.environment})

    def shared(self) -> Device:
        """The same device for one of several submissions that use it at the same time: a framework
        that would take all of its memory at once takes what it needs.
        """
        return replace(self, environment={**self.environment, **TAKE_WHAT_IS_NEEDED})


class DeviceAbsentError(Exception):
    """A device that was asked for is not there; the message names what is missing and the cure."""


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


MACHINE = Machine()


def select(wanted: str = "auto", machine: Machine = MACHINE) -> list[Device]:
    """The devices that `wanted` names: "auto" (the first kind that is there: GPU, Ascend, CPU),
    "CPU", "GPU" or "Ascend". One entry for each device of that kind; never empty.

    Raises DeviceAbsentError where it is absent, ValueError for another word.
    """
    kinds = {kind.lower(): kind for kind in KINDS}
    if wanted.lower() == "auto":
        for look in (_gpus, _npus):
            try:
                return look(machine)
            except DeviceAbsentError:
                continue
        return [_cpu()]
    if wanted.lower() not in kinds:
        raise ValueError(f"device must be one of auto, {', '.join(KINDS)}, found {wanted!r}")
    kind = kinds[wanted.lower()]
    if kind == "CPU":
        return [_cpu()]
    return _gpus(machine) if kind == "GPU" else _npus(machine)


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


# --- NVIDIA -----------------------------------------------------------------------------

_CONTROL = ("nvidiactl", "nvidia-uvm", "nvidia-uvm-tools")


def _gpus(machine: Machine) -> list[Device]:
    """NVIDIA GPUs. A sandbox gets the nodes of one GPU and of the driver, and /sys to look at:
    without it cuInit fails (NVIDIA container toolkit; bubblewrap reports).
    """
    smi = machine.program("nvidia-smi")
    if smi is None:
        raise DeviceAbsentError(
            "no NVIDIA GPU: nvidia-smi was not found. Install the NVIDIA driver, or use "
            "--device CPU."
        )
    # Run first: it makes nodes that the driver makes on demand only.
    listing = _run([smi, "--query-gpu=index,name", "--format=csv,noheader"])
    found = re.findall(r"^\s*(\d+)\s*,\s*(.+?)\s*$", listing, re.MULTILINE)
    if not found:
        raise DeviceAbsentError(
            f"no NVIDIA GPU: nvidia-smi lists none ({listing.strip()[:120] or 'no output'}). "
            "Mend the driver until nvidia-smi shows the GPU, or use --device CPU."
        )
    dev = machine.under("/dev")
    nodes = [(int(index), name, dev / f"nvidia{index}") for index, name in found]
    absent = [str(node) for _, _, node in nodes if not node.exists()]
    absent += [str(dev / name) for name in _CONTROL[:2] if not (dev / name).exists()]
    if absent:
        raise DeviceAbsentError(
            f"nvidia-smi lists {len(found)} GPU(s), but {', '.join(absent)} is not there. Load the "
            "kernel modules (nvidia-modprobe -u -c 0), or use --device CPU."
        )
    control = tuple(dev / name for name in _CONTROL if (dev / name).exists())
    shares = _existing(machine, ("/sys",))
    return [
        Device(
            "GPU",
            index,
            name,
            (node, *control),
            (*shares, Share(Path(smi), Path(smi))),
            {
                # its number among all: the others' nodes are hidden, their numbers are not
                "CUDA_VISIBLE_DEVICES": str(index),
                "NVIDIA_VISIBLE_DEVICES": str(index),
                "CUDA_DEVICE_ORDER": "PCI_BUS_ID",
            },
        )
        for index, name, node in nodes
    ]


# --- Ascend -----------------------------------------------------------------------------

_MANAGERS = ("davinci_manager", "devmm_svm", "hisi_hdc", "dvpp_cmdlist")
_NEEDED = ("davinci_manager", "devmm_svm", "hisi_hdc")
_ASCEND_FILES = (
    "/usr/local/Ascend",
    "/usr/local/dcmi",
    "/usr/local/sbin/npu-smi",
    "/usr/local/bin/npu-smi",
    "/etc/hdcBasic.cfg",
    "/etc/sys_version.conf",
    "/etc/ascend_install.info",
    "/sys",
)
_CANN = ("ASCEND_", "LD_LIBRARY_PATH", "TBE_IMPL_PATH", "PYTHONPATH", "TOOLCHAIN_HOME")


def _npus(machine: Machine) -> list[Device]:
    """Ascend NPUs: nodes and files as Ascend Docker Runtime mounts them, CANN's variables as the
    caller's set_env.sh set them.
    """
    dev = machine.under("/dev")
    nodes = sorted(
        (int(node.name[len("davinci") :]), node)
        for node in dev.glob("davinci*")
        if node.name[len("davinci") :].isdigit()
    )
    if not nodes:
        raise DeviceAbsentError(
            f"no Ascend NPU: there is no {dev}/davinci0. Install the NPU driver and firmware, or "
            "use --device CPU."
        )
    absent = [str(dev / name) for name in _NEEDED if not (dev / name).exists()]
    if absent:
        raise DeviceAbsentError(
            f"{nodes[0][1]} is there, but {', '.join(absent)} is not. Reinstall the NPU driver, "
            "or use --device CPU."
        )
    if machine is MACHINE and not os.environ.get("ASCEND_HOME_PATH"):
        raise DeviceAbsentError(
            "an Ascend NPU is there, but CANN is not set up (ASCEND_HOME_PATH is empty). Run "
            "`source /usr/local/Ascend/ascend-toolkit/set_env.sh` first, or use --device CPU."
        )
    managers = tuple(dev / name for name in _MANAGERS if (dev / name).exists())
    shares = _existing(machine, _ASCEND_FILES)
    variables = {k: v for k, v in os.environ.items() if k.startswith(_CANN)}
    names = _npu_names(machine)
    return [
        Device(
            "Ascend",
            index,
            names.get(index, "Ascend"),
            (node, *managers),
            shares,
            {
                **variables,
                "ASCEND_VISIBLE_DEVICES": str(index),
                "ASCEND_RT_VISIBLE_DEVICES": str(index),
            },
        )
        for index, node in nodes
    ]


def _npu_names(machine: Machine) -> dict[int, str]:
    """Names from the table of `npu-smi info`: "| 0     910B3   | OK  …"."""
    smi = machine.program("npu-smi")
    if smi is None:
        return {}
    rows = re.findall(r"^\|\s*(\d+)\s+([0-9A-Za-z]+)\s*\|\s*\w+", _run([smi, "info"]), re.MULTILINE)
    names: dict[int, str] = {}
    for index, name in rows:
        names.setdefault(int(index), f"Ascend {name}")
    return names


def _existing(machine: Machine, paths: tuple[str, ...]) -> tuple[Share, ...]:
    return tuple(
        Share(machine.under(path), Path(path)) for path in paths if machine.under(path).exists()
    )


def _run(command: list[str]) -> str:
    """What a program says; empty where it fails."""
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
