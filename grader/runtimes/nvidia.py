"""NVIDIA's cards: which there are, and what a sandbox needs to use one of them.

Names, UUIDs and numbers come from nvidia-smi. The number by which nvidia-smi lists a card is not
that of its node: /dev/nvidiaN has the *minor* number, which the driver tells below
/proc/driver/nvidia. Inside a sandbox, where one node is visible, CUDA counts from 0 again; so the
card is named there by its UUID, which is the same everywhere.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from grader.language import Sentence
from grader.runtimes.device import Device, DeviceAbsentError, Machine, tool_output
from grader.runtimes.visible_devices import granted
from grader.sandbox.contract import Mount

VISIBLE_VARIABLE = "CUDA_VISIBLE_DEVICES"
DRIVER_LIBRARY = "libcuda.so.1"
_CONTROL = ("nvidiactl", "nvidia-uvm", "nvidia-uvm-tools")
_FIELDS = "index,uuid,driver_version,name"  # the name last: it may hold a comma
_WSL_NODE, _WSL_FOLDER = "dxg", "/usr/lib/wsl"


class _Card(NamedTuple):
    number: int  # by which nvidia-smi lists it
    uuid: str
    driver: str
    name: str


def nvidia_devices(machine: Machine) -> list[Device]:
    """The cards that this program may use, in the order in which it is to use them.

    A sandbox gets the nodes of one card and of the driver, and /sys to look at: without it cuInit
    fails. A card in MIG mode counts as its instances. In WSL2 the one node stands for all cards.

    Raises DeviceAbsentError, with the cure, where there is none.
    """
    smi = machine.program("nvidia-smi")
    if smi is None:
        raise DeviceAbsentError(
            Sentence("no NVIDIA GPU: nvidia-smi was not found."),
            Sentence("Install the NVIDIA driver, or use --device CPU."),
            driver_found=False,
        )
    # Run first: it makes nodes that the driver makes on demand only.
    cards = _cards(smi)
    mounts = (*machine.existing(("/sys",)), Mount(Path(smi), Path(smi)))
    libraries, environment = _libraries()
    mounts = (*mounts, *libraries)
    if machine.under(f"/dev/{_WSL_NODE}").exists():
        devices = _in_wsl(machine, cards, mounts)
    else:
        devices = _on_linux(machine, smi, cards, mounts)
    if environment:
        devices = [
            replace(device, environment={**environment, **device.environment}) for device in devices
        ]
    return granted(devices, VISIBLE_VARIABLE)


def _cards(smi: str) -> list[_Card]:
    listing = tool_output([smi, f"--query-gpu={_FIELDS}", "--format=csv,noheader"])
    rows = re.findall(
        r"^\s*(\d+)\s*,\s*(\S+)\s*,\s*([^,]*?)\s*,\s*(.+?)\s*$", listing, re.MULTILINE
    )
    if not rows:
        raise DeviceAbsentError(
            Sentence(
                "no NVIDIA GPU: nvidia-smi lists none ({said}).",
                {"said": listing.strip()[:120] or Sentence("no output")},
            ),
            Sentence("Mend the driver until nvidia-smi shows the GPU, or use --device CPU."),
        )
    known = {"[N/A]": "", "N/A": ""}
    return [
        _Card(int(index), uuid, known.get(driver, driver), name)
        for index, uuid, driver, name in rows
    ]


def _libraries() -> tuple[tuple[Mount, ...], dict[str, str]]:
    """Folders outside the system's own in which the loader of this process finds the driver.

    Containers of some clouds name them in LD_LIBRARY_PATH alone, which a sandbox does not inherit.
    """
    folders = [Path(part) for part in os.environ.get("LD_LIBRARY_PATH", "").split(":") if part]
    found = [folder for folder in folders if (folder / DRIVER_LIBRARY).exists()]
    if not found:
        return (), {}
    mounts = tuple(Mount(folder, folder) for folder in found)
    return mounts, {"LD_LIBRARY_PATH": os.pathsep.join(map(str, found))}


# --- Linux ------------------------------------------------------------------------------


def _on_linux(
    machine: Machine, smi: str, cards: list[_Card], mounts: tuple[Mount, ...]
) -> list[Device]:
    dev = machine.under("/dev")
    minors = _minor_numbers(machine, smi, cards)
    nodes = {card.uuid: dev / f"nvidia{minors[card.uuid]}" for card in cards}
    absent = [str(node) for node in nodes.values() if not node.exists()]
    absent += [str(dev / name) for name in _CONTROL[:2] if not (dev / name).exists()]
    if absent:
        raise DeviceAbsentError(
            Sentence(
                "nvidia-smi lists {count} GPU(s), but {absent} is not there.",
                {"count": str(len(cards)), "absent": ", ".join(absent)},
            ),
            Sentence("Load the kernel modules (nvidia-modprobe -u -c 0), or use --device CPU."),
        )
    control = tuple(dev / name for name in _CONTROL if (dev / name).exists())
    instances = _instances(smi)
    devices: list[Device] = []
    for card in cards:
        whole = _device(card, (nodes[card.uuid], *control), mounts)
        if card.uuid not in instances:
            devices.append(whole)
            continue
        # An instance is reached through nodes of its own, whose numbers only the driver knows;
        # those of the others stay closed to it by the UUID alone.
        caps = tuple(sorted((dev / "nvidia-caps").glob("nvidia-cap*")))
        devices += [
            replace(
                whole,
                name=f"{card.name} {name}",
                uuid=uuid,
                nodes=(*whole.nodes, *caps),
                environment=_named(uuid),
            )
            for name, uuid in instances[card.uuid]
        ]
    if not devices:
        raise DeviceAbsentError(
            Sentence("the NVIDIA GPU is in MIG mode and has no instance."),
            Sentence("Make one (nvidia-smi mig -cgi … -C), leave MIG mode, or use --device CPU."),
        )
    if instances:  # numbers count what can be used, as CUDA does
        devices = [replace(device, index=index) for index, device in enumerate(devices)]
    return devices


def _device(card: _Card, nodes: tuple[Path, ...], mounts: tuple[Mount, ...]) -> Device:
    return Device(
        "GPU", card.number, card.name, card.uuid, card.driver, nodes, mounts, _named(card.uuid)
    )


def _named(uuid: str) -> dict[str, str]:
    return {
        VISIBLE_VARIABLE: uuid,
        "NVIDIA_VISIBLE_DEVICES": uuid,
        "CUDA_DEVICE_ORDER": "PCI_BUS_ID",
    }


def _minor_numbers(machine: Machine, smi: str, cards: list[_Card]) -> dict[str, int]:
    """UUID -> number of the card's node: as the driver tells it, else as nvidia-smi does; where
    neither knows a card (a container that hides it), the number by which it is listed.
    """
    numbers = {card.uuid: card.number for card in cards}
    told = [
        path.read_text("utf-8", "replace")
        for path in machine.under("/proc/driver/nvidia/gpus").glob("*/information")
    ]
    known = dict(_numbers_in(told))
    if not set(numbers) <= set(known):
        said = tool_output([smi, "-q"])
        known = {**dict(_numbers_in(re.split(r"^GPU ", said, flags=re.MULTILINE))), **known}
    return {uuid: known.get(uuid, number) for uuid, number in numbers.items()}


def _numbers_in(texts: list[str]) -> Iterator[tuple[str, int]]:
    for text in texts:
        uuid = re.search(r"GPU UUID\s*:\s*(GPU-\S+)", text)
        minor = re.search(r"Minor(?: Number)?\s*:\s*(\d+)", text)
        if uuid and minor:
            yield uuid[1], int(minor[1])


def _instances(smi: str) -> dict[str, list[tuple[str, str]]]:
    """UUID of each card in MIG mode -> name and UUID of each of its instances.

    `nvidia-smi -L` lists "  MIG 1g.10gb  Device  0: (UUID: MIG-…)" below its card; a card in MIG
    mode without an instance has a line that says so, "MIG mode enabled" or none at all.
    """
    states = tool_output([smi, "--query-gpu=uuid,mig.mode.current", "--format=csv,noheader"])
    found: dict[str, list[tuple[str, str]]] = {
        uuid: [] for uuid in re.findall(r"^\s*(\S+)\s*,\s*Enabled\s*$", states, re.MULTILINE)
    }
    if not found:
        return {}
    card = ""
    for line in tool_output([smi, "-L"]).splitlines():
        if row := re.match(r"GPU \d+:.*\(UUID: (GPU-[^)\s]+)\)", line):
            card = row[1]
        elif row := re.match(r"\s+(MIG \S+)\s+Device\s+\d+:\s*\(UUID: (MIG-[^)\s]+)\)", line):
            found.setdefault(card, []).append((row[1], row[2]))
    return found


# --- WSL2 -------------------------------------------------------------------------------


def _in_wsl(machine: Machine, cards: list[_Card], mounts: tuple[Mount, ...]) -> list[Device]:
    """Cards of Windows's driver: one node for all, libraries that Windows lays below one folder.

    (NVIDIA, "CUDA on WSL User Guide": no other driver may be installed.)
    """
    folder = machine.under(_WSL_FOLDER)
    if not (folder / "lib" / DRIVER_LIBRARY).exists():
        raise DeviceAbsentError(
            Sentence(
                "nvidia-smi lists a GPU of WSL2, but {path} is not there.",
                {"path": f"{_WSL_FOLDER}/lib/{DRIVER_LIBRARY}"},
            ),
            Sentence("Update the NVIDIA driver of Windows, or use --device CPU."),
        )
    node = machine.under(f"/dev/{_WSL_NODE}")
    mounts = (*mounts, *machine.existing((_WSL_FOLDER,)))
    library = {"LD_LIBRARY_PATH": f"{_WSL_FOLDER}/lib"}
    return [
        replace(_device(card, (node,), mounts), environment={**_named(card.uuid), **library})
        for card in cards
    ]
