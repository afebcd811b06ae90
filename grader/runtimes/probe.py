"""Runs inside a runtime's interpreter (Python 3.7 or newer) and tells what it can import.

Imports no framework: names are read from folders, versions from metadata. Prints one line of JSON.
"""

from __future__ import annotations

import json
import re
import site
import sys
from pathlib import Path

# Distributions whose versions are told.
TOLD = {
    "mindspore",
    "mindspore-gpu",
    "mindspore-ascend",
    "torch",
    "torchvision",
    "torch-npu",
    "tensorflow",
    "tensorflow-cpu",
    "keras",
    "tf-keras",
    "timm",
    "numpy",
    "opencv-python",
    "opencv-python-headless",
    "opencv-contrib-python",
    "pillow",
    "scipy",
}
# What the presence of a file below a folder of packages says of devices.
DEVICES = (
    ("GPU", "mindspore/lib/plugin/libmindspore_gpu*"),
    ("GPU", "torch/lib/libtorch_cuda.so"),
    ("GPU", "tensorflow/lib*cuda*"),
    ("Ascend", "mindspore/lib/plugin/libmindspore_ascend*"),
    ("Ascend", "torch_npu/__init__.py"),
)


def top_level(folder: Path) -> set[str]:
    """Names that can be imported from `folder`."""
    names: set[str] = set()
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return names
    for path in entries:
        name = path.name if path.is_dir() else path.name.split(".")[0]
        is_module = path.suffix in (".py", ".so", ".pyd", ".pyc") or path.is_dir()
        if is_module and name.isidentifier() and name != "__pycache__":
            names.add(name)
    return names


def versions(folder: Path) -> dict[str, str]:
    """Versions of the distributions of TOLD that are installed in `folder`."""
    found = {}
    for path in folder.glob("*-info"):
        match = re.match(r"(.+?)-([^-]+)\.(?:dist|egg)-info$", path.name)
        if match:
            name = match.group(1).replace("_", "-").lower()
            if name in TOLD:
                found[name] = match.group(2)
    return found


def of_user() -> list[str]:
    """The folder of packages that one user has (`pip install --user`, Python of Microsoft's store)
    and what it is below; none for a virtual environment, which has all its own.
    """
    if sys.prefix != sys.base_prefix:
        return []
    return [site.getusersitepackages(), site.getuserbase()]


def main() -> None:
    """Print what there is."""
    user = of_user()
    folders = [Path(path) for path in sys.path if Path(path).is_dir()]
    folders += map(Path, user[:1])
    names = set(sys.builtin_module_names) | set(getattr(sys, "stdlib_module_names", ()))
    packages: dict[str, str] = {}
    devices = set()
    for folder in folders:
        names |= top_level(folder)
        packages.update(versions(folder))
        devices |= {device for device, pattern in DEVICES if any(folder.glob(pattern))}
    print(  # noqa: T201
        json.dumps(
            {
                "version": ".".join(map(str, sys.version_info[:3])),
                "prefix": sys.prefix,
                "base": sys.base_prefix,
                "path": [str(folder) for folder in folders],
                "user": user,
                "modules": sorted(names),
                "packages": dict(sorted(packages.items())),
                "devices": sorted(devices),
            }
        )
    )


if __name__ == "__main__":
    main()
