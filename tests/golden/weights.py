"""Makes the small weights that golden hand-ins load; run by the runtime's own interpreter.

``python weights.py FILE FOLDER`` writes FILE, one of the names below, into FOLDER. The network is
one linear layer on 3 inputs with 26 outputs, whose bias makes it answer class 1.
"""

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

_MADE: dict[tuple[str, str], Path] = {}


def made(python: str, name: str, folders: Any) -> Path:
    """The file `name`, made once a test session by the interpreter `python`."""
    from tests.worker.client import cuda_runtime  # which other interpreters do not have

    if (python, name) not in _MADE:
        folder = folders.mktemp("weights")
        command = [python, "-I", "-B", __file__, name, str(folder)]
        libraries = ":".join(map(str, cuda_runtime(python)))
        environment = {**os.environ, "LD_LIBRARY_PATH": libraries}
        subprocess.run(command, check=True, capture_output=True, env=environment)
        _MADE[python, name] = folder / name
    return _MADE[python, name]


def numbers() -> tuple[Any, Any]:
    """Weights (26, 3) and biases (26)."""
    bias = np.zeros(26, np.float32)
    bias[1] = 1
    return np.zeros((26, 3), np.float32), bias


def net_npz(path: str) -> None:
    """NumPy's own format."""
    weight, bias = numbers()
    np.savez(path, weight=weight, bias=bias)


def net_ckpt(path: str) -> None:
    """A MindSpore checkpoint with the parameters dense.weight and dense.bias."""
    mindspore = import_module("mindspore")

    mindspore.set_context(device_target="CPU")
    weight, bias = (mindspore.Tensor(values) for values in numbers())
    parameters = [{"name": "dense.weight", "data": weight}, {"name": "dense.bias", "data": bias}]
    mindspore.save_checkpoint(parameters, path)


def net_pth(path: str) -> None:
    """A PyTorch state with the parameters fc.weight and fc.bias."""
    torch = import_module("torch")

    weight, bias = (torch.from_numpy(values) for values in numbers())
    torch.save({"fc.weight": weight, "fc.bias": bias}, path)


def whole_pth(path: str) -> None:
    """A whole pickled PyTorch network of a library's class, as `torch.save(net)` makes it."""
    torch = import_module("torch")

    net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(3, 26))
    weight, bias = (torch.from_numpy(values) for values in numbers())
    net.load_state_dict({"1.weight": weight, "1.bias": bias})
    torch.save(net, path)


def cuda_pth(path: str) -> None:
    """`net_pth` as a machine with a graphics card would have written it."""
    import zipfile

    net_pth(path)
    with zipfile.ZipFile(path) as archive:
        parts = {item: archive.read(item) for item in archive.namelist()}
    cpu, cuda = b"X\x03\x00\x00\x00cpu", b"X\x06\x00\x00\x00cuda:0"  # texts, as pickled
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for item, data in parts.items():
            archive.writestr(item, data.replace(cpu, cuda) if "data.pkl" in item else data)


MAKERS = {
    "net.npz": net_npz,
    "net.ckpt": net_ckpt,
    "net.pth": net_pth,
    "whole.pth": whole_pth,
    "cuda.pth": cuda_pth,
}

if __name__ == "__main__":
    MAKERS[sys.argv[1]](str(Path(sys.argv[2]) / sys.argv[1]))
