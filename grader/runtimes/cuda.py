"""CUDA 11 for MindSpore: where its libraries are, since MindSpore's wheels bring none.

MindSpore's GPU plugins (1.10's, and those for CUDA 11.1 and 11.6 in the PyPI wheels of 2.x) load
libcublas.so.11, libcudnn.so.8 and their like from LD_LIBRARY_PATH; NVIDIA has them on PyPI.
MindSpore 2 takes a plugin only if `$CUDA_HOME/bin/nvcc --version` says its version. Found by
`ldd` and by what the loader reports; with these libraries nothing but the driver's libcuda.so.1 is
missing on a machine without a GPU. Not verified on hardware.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

NEEDED_LIBRARIES = ("libcudart.so.11*", "libcublas.so.11*", "libcudnn.so.8*")
NVCC = """#!/bin/sh
# Stands for CUDA's compiler: MindSpore reads the version from it and compiles nothing.
echo "Cuda compilation tools, release 11.6, V11.6.124"
"""


@dataclass(frozen=True)
class Cuda:
    """Folders of libraries, and the folder that is to be CUDA_HOME (None where there is none)."""

    folders: tuple[Path, ...]
    home: Path | None


def find_cuda(packages: Sequence[Path], prefix: Path) -> Cuda | None:
    """CUDA 11 in the folders of `packages`, else the machine's own; None where it is not whole.

    prefix: of the runtime, where `write_compiler` may have put its stand-in.
    """
    inside = [folder for place in packages for folder in sorted(place.glob("nvidia/*/lib"))]
    homes = [Path(os.environ[v]) for v in ("CUDA_HOME", "CUDA_PATH") if os.environ.get(v)]
    homes.append(Path("/usr/local/cuda"))
    outside = [Path(place) for place in os.environ.get("LD_LIBRARY_PATH", "").split(":") if place]
    outside += [home / "lib64" for home in homes]
    for folders in (inside, outside):
        if all(any(any(folder.glob(name)) for folder in folders) for name in NEEDED_LIBRARIES):
            home = next((h for h in (prefix / "cuda", *homes) if _compiler(h, prefix)), None)
            return Cuda(tuple(folder for folder in folders if folder.is_dir()), home)
    return None


def _compiler(home: Path, prefix: Path) -> bool:
    """Whether `home` has an nvcc of CUDA 11: our stand-in, or one with its libraries."""
    ours = home.is_relative_to(prefix)
    return (home / "bin/nvcc").is_file() and (
        ours or any((home / "lib64").glob(NEEDED_LIBRARIES[0]))
    )


def write_compiler(prefix: Path) -> None:
    """Put a stand-in for nvcc below `prefix`, that MindSpore 2 may learn the version of CUDA."""
    program = prefix / "cuda" / "bin" / "nvcc"
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(NVCC, "utf-8")
    program.chmod(0o755)
