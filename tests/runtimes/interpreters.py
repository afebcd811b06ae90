"""Interpreters for tests: virtual environments with packages that are names only."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from grader.runtimes.detect import Runtime, program_of
from grader.sandbox.contract import Mount


def environment(folder: Path, packages: dict[str, str]) -> Path:
    """A virtual environment without pip that holds empty `packages` (name -> version)."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    for name, version in packages.items():
        install(folder, name, version)
    return program_of(folder)


def install(folder: Path, name: str, version: str) -> None:
    """One more empty package."""
    site = next(folder.glob("lib/python3.*/site-packages"))
    (site / name.replace("-", "_")).mkdir()
    (site / name.replace("-", "_") / "__init__.py").touch()
    (site / f"{name.replace('-', '_')}-{version}.dist-info").mkdir()


def runtime(name: str, modules: Iterable[str] = (), devices: tuple[str, ...] = ("CPU",)) -> Runtime:
    """A runtime that can import the usual and `modules`."""
    usual = {"numpy", "cv2", "PIL", *sys.stdlib_module_names}
    here = Path(sys.executable)
    return Runtime(
        name,
        here,
        "3.11.7",
        modules=frozenset(usual.union(modules)),
        mounts=(Mount(here, here),),
        devices=devices,
    )


def tool(folder: Path, name: str, text: str, code: int = 0) -> Path:
    """A program that prints `text`."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / name
    program.write_text(f"#!/bin/sh\ncat <<'END'\n{text}\nEND\nexit {code}\n")
    program.chmod(0o755)
    return program
