"""Ascend's NPUs: which there are, and what a sandbox needs to use one of them.

Nodes and files as Ascend Docker Runtime mounts them, CANN's variables as the caller's set_env.sh
set them. Written from Huawei's documentation and tested with stand-ins; not verified on hardware.
"""

from __future__ import annotations

import os
import re

from grader.language import Sentence
from grader.runtimes.device import Device, DeviceAbsentError, Machine, tool_output
from grader.runtimes.visible_devices import granted

VISIBLE_VARIABLE = "ASCEND_RT_VISIBLE_DEVICES"

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


def ascend_devices(machine: Machine) -> list[Device]:
    """The NPUs that this program may use, in the order in which it is to use them.

    Raises DeviceAbsentError, with the cure, where there is none.
    """
    dev = machine.under("/dev")
    nodes = sorted(
        (int(node.name[len("davinci") :]), node)
        for node in dev.glob("davinci*")
        if node.name[len("davinci") :].isdigit()
    )
    if not nodes:
        raise DeviceAbsentError(
            Sentence("no Ascend NPU: there is no {node}.", {"node": str(dev / "davinci0")}),
            Sentence("Install the NPU driver and firmware, or use --device CPU."),
            driver_found=False,
        )
    absent = [str(dev / name) for name in _NEEDED if not (dev / name).exists()]
    if absent:
        raise DeviceAbsentError(
            Sentence(
                "{node} is there, but {absent} is not.",
                {"node": str(nodes[0][1]), "absent": ", ".join(absent)},
            ),
            Sentence("Reinstall the NPU driver, or use --device CPU."),
        )
    if not os.environ.get("ASCEND_HOME_PATH"):
        raise DeviceAbsentError(
            Sentence("an Ascend NPU is there, but CANN is not set up (ASCEND_HOME_PATH is empty)."),
            Sentence(
                "Run `source /usr/local/Ascend/ascend-toolkit/set_env.sh` first, or use "
                "--device CPU."
            ),
        )
    managers = tuple(dev / name for name in _MANAGERS if (dev / name).exists())
    mounts = machine.existing(_ASCEND_FILES)
    variables = {k: v for k, v in os.environ.items() if k.startswith(_CANN)}
    names = _npu_names(machine)
    devices = [
        Device(
            "Ascend",
            index,
            names.get(index, "Ascend"),
            nodes=(node, *managers),
            mounts=mounts,
            environment={
                **variables,
                "ASCEND_VISIBLE_DEVICES": str(index),
                VISIBLE_VARIABLE: str(index),
            },
        )
        for index, node in nodes
    ]
    return granted(devices, VISIBLE_VARIABLE)


def _npu_names(machine: Machine) -> dict[int, str]:
    """Names from the table of `npu-smi info`: "| 0     910B3   | OK  …"."""
    smi = machine.program("npu-smi")
    if smi is None:
        return {}
    rows = re.findall(
        r"^\|\s*(\d+)\s+([0-9A-Za-z]+)\s*\|\s*\w+", tool_output([smi, "info"]), re.MULTILINE
    )
    names: dict[int, str] = {}
    for index, name in rows:
        names.setdefault(int(index), f"Ascend {name}")
    return names
