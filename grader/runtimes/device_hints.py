"""What to do about a device that does not compute, by what its driver or framework said.

Numbers are those of CUresult (CUDA Driver API, "Data types used by CUDA driver").
"""

from __future__ import annotations

import re

from grader.language import Sentence

# The first pattern that fits says what to do.
_BY_WORDS: tuple[tuple[str, Sentence], ...] = (
    (
        r"no kernel image|not compatible with the current|sm_\d+ is not",
        Sentence(
            "This build of the framework has no code for this card: make the runtime anew with one "
            "that has (grade runtime remove, then add)."
        ),
    ),
    (
        r"driver.*(too old|insufficient)|forward compatib|driver mismatch",
        Sentence(
            "Update the NVIDIA driver, or make the runtime with a framework for an older CUDA."
        ),
    ),
    (
        r"busy or unavailable",
        Sentence(
            "Another program has the card for itself: nvidia-smi -c DEFAULT lets programs share it."
        ),
    ),
    (
        r"out of memory|memory allocation|CUDNN_STATUS_ALLOC_FAILED",
        Sentence(
            "Other programs hold the card's memory: nvidia-smi shows which. End them, or wait."
        ),
    ),
    (
        r"uncorrectable|ECC|fallen off|Unable to determine the device handle",
        Sentence(
            "The card is failing: look for Xid in the kernel's log (dmesg), restart the machine."
        ),
    ),
    (
        r"libcu\w+\.so|cannot open shared object|DSO load|Could not find cuda",
        Sentence(
            "A library of CUDA is missing in the runtime: make it anew on this machine "
            "(grade runtime remove, then add)."
        ),
    ),
    (
        r"[Uu]nsupport\w* device|device_target|not supported.*(GPU|Ascend)|valid.*device",
        Sentence(
            "This runtime's framework is not built for the device, or does not find its libraries: "
            "make it anew on this machine (grade runtime remove, then add)."
        ),
    ),
)
_BY_CODE: dict[int | None, Sentence] = {
    None: Sentence(
        "The driver's library libcuda.so.1 is not found inside the sandbox: lay it into a folder "
        "that ldconfig knows, or name its folder in LD_LIBRARY_PATH."
    ),
    3: Sentence(
        "The driver could not be started: load the kernel modules (nvidia-modprobe -u -c 0)."
    ),
    100: Sentence(
        "The driver sees no card inside the sandbox: look at the rights and the group of "
        "/dev/nvidia*."
    ),
    101: Sentence(
        "The card has another name than expected: run `grade doctor` again; if it stays, report it."
    ),
    304: Sentence(
        "The driver is denied something by the system: in a container, start it with the card "
        "(--gpus, --device) and /sys readable."
    ),
    802: Sentence("The cards of this machine are not initialised: start nvidia-fabricmanager."),
    803: Sentence("Driver and kernel module are of different versions: restart the machine."),
    804: Sentence("The driver is older than the runtime's CUDA: update the NVIDIA driver."),
    999: Sentence("The driver is in an unknown state: reload nvidia_uvm, or restart the machine."),
}
_NPU = Sentence(
    "See whether npu-smi info shows the NPU as OK, whether CANN's version fits the framework's, "
    "and whether this user may open /dev/davinci* (group HwHiAiUser)."
)
_OTHERWISE = Sentence("See what it said; run the same framework outside the grader to compare.")


def device_hint(kind: str, said: str, code: int | None) -> Sentence:
    """What to do.

    Args:
        kind: "GPU" or "Ascend".
        said: what framework or driver said.
        code: what cuInit answered, None where there is no driver's library; for a GPU.
    """
    for pattern, cure in _BY_WORDS:
        if re.search(pattern, said, re.IGNORECASE):
            return cure
    if kind == "Ascend":
        return _NPU
    return _BY_CODE.get(code, _OTHERWISE)
