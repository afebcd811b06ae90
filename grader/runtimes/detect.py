"""Which runtimes this machine has: interpreters with a framework, and what each can import."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grader
from grader.runtimes import paths
from grader.runtimes.cuda import find_cuda
from grader.runtimes.recipes import BY_NAME, ORDER, RECIPES
from grader.sandbox.contract import Mount

PROBE_SCRIPT = Path(__file__).with_name("probe.py")
PROBE_SECONDS = 60.0  # a cold disk can take long to list a large site-packages
MARKER_FILE = (
    "runtime.json"  # written last into a runtime's folder: without it, it is not installed
)
CACHE_FILE = "runtimes.json"
PACKAGES_FOLDERS = ("site-packages", "dist-packages")
OF_USER = "PYTHONUSERBASE"  # variable that says below which folder a user's own packages lie
FRAMEWORKS = ("mindspore", "torch", "tensorflow")


@dataclass(frozen=True)
class Runtime:
    """An interpreter in which submissions run.

    name: of its recipe, or "python" for an interpreter without a framework.
    python: the program, absolute.
    version: of Python, such as "3.11.7".
    frameworks: distributions that matter for results, and their versions.
    modules: top-level names that can be imported, those of the standard library too.
    environment: variables that it needs.
    mounts: folders that it must be able to read, where they lie.
    devices: kinds for which it is built and has its libraries; "CPU" always. Whether a device
        works shows only where there is one.
    """

    name: str
    python: Path
    version: str
    frameworks: Mapping[str, str] = field(default_factory=dict)
    modules: frozenset[str] = field(default=frozenset(), repr=False)
    environment: Mapping[str, str] = field(default_factory=dict)
    mounts: tuple[Mount, ...] = ()
    devices: tuple[str, ...] = ("CPU",)

    @property
    def framework(self) -> str:
        """The package of its framework: "mindspore", "torch", "tensorflow" or ""."""
        recipe = BY_NAME.get(self.name)
        return recipe.framework if recipe else ""

    def command(self, program: str, *words: str) -> list[str]:
        """The command line of a program of ours that finds what the submission finds."""
        alone = [] if OF_USER in self.environment else ["-s"]
        return [str(self.python), *alone, "-B", "-u", program, *words]


class BrokenRuntimeError(Exception):
    """An interpreter that does not even tell its version; the message says what it did."""


def runtimes() -> list[Runtime]:
    """The runtimes of this machine, in the order of the recipes.

    Those that were added to the folder of runtimes, and the grader's own interpreter where it has
    a framework. Of two with one name the one that was added stands: somebody wanted it. A runtime
    that is broken is passed over; `broken` tells of it.
    """
    found: dict[str, Runtime] = {}
    for name, python in _interpreters():
        try:
            runtime = examine_python(python, name)
        except BrokenRuntimeError:
            continue
        found.setdefault(runtime.name, runtime)
    if len(found) > 1:  # one without a framework is worth having only where there is no other
        found.pop("python", None)
    order = {name: place for place, name in enumerate(ORDER)}
    return sorted(found.values(), key=lambda runtime: order.get(runtime.name, len(order)))


def broken() -> dict[str, str]:
    """Names of runtimes that were added and do not start, with the reason."""
    faults = {}
    for name, python in _interpreters():
        try:
            examine_python(python, name)
        except BrokenRuntimeError as error:
            faults[name or "python"] = str(error)
    return faults


def _interpreters() -> list[tuple[str, Path]]:
    """Names (of a recipe, or "" for what it turns out to be) and programs."""
    added = [(name, program_of(folder)) for name, folder in added_folders().items()]
    return [*added, ("", Path(sys.executable))]


def added_folders() -> dict[str, Path]:
    """The folder of each runtime that was added, by name in the order of the recipes; of two with
    one name that of the first of `paths.runtimes_folders`.
    """
    found: dict[str, Path] = {}
    for name in ORDER:
        for folder in paths.runtimes_folders():
            if (folder / name / MARKER_FILE).is_file():
                found.setdefault(name, folder / name)
    return found


def program_of(folder: Path) -> Path:
    """The interpreter of the virtual environment at `folder`."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def examine_python(python: Path, name: str = "") -> Runtime:
    """The runtime that the program `python` is. `name`: of its recipe; "" to tell by its framework.

    Raises BrokenRuntimeError. One start of the interpreter; remembered until a package is
    installed or removed there.
    """
    python = python.absolute()  # not resolved: a virtual environment is where it is
    facts = _facts(python)
    packages, modules = facts["packages"], frozenset(facts["modules"])
    name = name or _name_by(modules, packages)
    devices = facts["devices"]
    environment: dict[str, str] = {}
    if facts["user"] and Path(facts["user"][0]).is_dir():
        environment |= {OF_USER: facts["user"][1], "PYTHONNOUSERSITE": ""}
    mounts = _mounts(python, facts)
    if recipe := BY_NAME.get(name):
        environment.update(recipe.quiet)
        folders = _library_folders(facts["path"], recipe.libraries)
        if recipe.gpu and "GPU" in devices:
            cuda = find_cuda([Path(place) for place in facts["path"]], Path(facts["prefix"]))
            if cuda is None or (cuda.home is None and name == "mindspore"):
                devices = [device for device in devices if device != "GPU"]
            else:
                folders = list(cuda.folders)
                if cuda.home is not None:
                    environment["CUDA_HOME"] = str(cuda.home)
                mounts += [*cuda.folders, *([cuda.home] if cuda.home else [])]
        if folders:
            environment["LD_LIBRARY_PATH"] = os.pathsep.join(map(str, folders))
    return Runtime(
        name=name,
        python=python,
        version=facts["version"],
        frameworks=packages,
        modules=modules,
        environment=environment,
        mounts=tuple(Mount(path, path) for path in _outermost(mounts)),
        devices=("CPU", *devices),
    )


def _name_by(modules: frozenset[str], packages: Mapping[str, str]) -> str:
    for recipe in RECIPES:
        if recipe.framework in modules:
            old = any(
                version.startswith("1.")
                for package, version in packages.items()
                if package.startswith("mindspore")
            )
            return "mindspore1" if recipe.name == "mindspore" and old else recipe.name
    return "python"


def _library_folders(path: Sequence[str], patterns: Sequence[str]) -> list[Path]:
    return [
        folder
        for packages in path
        for pattern in patterns
        for folder in sorted(Path(packages).glob(pattern))
        if folder.is_dir()
    ]


def _mounts(python: Path, facts: Mapping[str, Any]) -> list[Path]:
    """Folders to be read: both prefixes, every stop of the program's chain of links, and folders
    of packages that lie elsewhere (an editable installation).

    Not that of the grader's own sources: a worker needs none of them, and beside them lie the
    hidden images, the results and the class where they are in use.
    """
    wanted = [Path(facts["prefix"]), Path(facts["base"])]
    hop = python
    for _ in range(10):
        wanted.append(_prefix_or_folder(hop))
        if not hop.is_symlink():
            break
        hop = Path(os.path.normpath(hop.parent / hop.readlink()))
    wanted += [Path(os.path.realpath(facts["base"]))]
    wanted += [path for path in map(Path, facts["path"]) if not _is_own_sources(path)]
    return wanted


def _prefix_or_folder(program: Path) -> Path:
    """The prefix that the program is the interpreter of, as it shows itself; else the program's
    folder alone: a link in ~/bin is no reason to show all of a home.
    """
    prefix = program.parent.parent
    is_prefix = (prefix / "pyvenv.cfg").is_file() or any(prefix.glob("lib*/python*"))
    return prefix if is_prefix else program.parent


def _is_own_sources(folder: Path) -> bool:
    """Whether the grader runs from its sources in this folder, not from an installed package."""
    return (
        folder.name not in PACKAGES_FOLDERS
        and Path(os.path.realpath(folder)) == Path(grader.__file__).resolve().parents[1]
    )


def _outermost(folders: Sequence[Path]) -> list[Path]:
    """The folders that exist, without those that lie in others."""
    mounts: list[Path] = []
    for folder in folders:
        if not folder.is_dir() or folder == Path(folder.anchor):
            continue
        if not any(folder.is_relative_to(other) for other in mounts):
            mounts = [other for other in mounts if not other.is_relative_to(folder)]
            mounts.append(folder)
    return mounts


# --- what an interpreter says, remembered -----------------------------------------------


def _facts(python: Path) -> dict[str, Any]:
    cache = paths.recall(CACHE_FILE)
    known = cache.get(str(python))
    if isinstance(known, dict) and known.get("stamp") == _stamp(python, known.get("path", [])):
        return known
    facts = _ask(python)
    facts["stamp"] = _stamp(python, facts["path"])
    cache = paths.recall(CACHE_FILE)  # another grader may have written meanwhile
    cache[str(python)] = facts
    paths.remember(CACHE_FILE, cache)
    return facts


def _stamp(python: Path, path: Sequence[str]) -> list[Any]:
    """Changes when the interpreter or what is installed changes: a folder's time is that of its
    last entry made or removed.
    """
    stamp: list[Any] = [PROBE_SCRIPT.stat().st_mtime_ns]
    for place in [str(python), *path]:
        try:
            stamp.append([place, Path(place).stat().st_mtime_ns])
        except OSError:
            stamp.append([place, 0])
    return stamp


def _ask(python: Path) -> dict[str, Any]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    try:
        done = subprocess.run(  # noqa: S603
            [str(python), "-I", "-B", str(PROBE_SCRIPT)],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=PROBE_SECONDS,
            env=environment,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BrokenRuntimeError(f"{python} does not start: {error}") from error
    try:
        facts = json.loads(done.stdout)
    except ValueError:
        said = done.stderr.decode("utf-8", "replace").strip()[-300:]
        raise BrokenRuntimeError(
            f"{python} ended with exit code {done.returncode}: {said or 'no output'}"
        ) from None
    if not isinstance(facts, dict):
        raise BrokenRuntimeError(f"{python} answered with {type(facts).__name__}")
    return facts
