"""Making and removing runtimes: one virtual environment for each, below the folder of runtimes.

Made in its place (programs of a virtual environment name their own folder, so it cannot be
renamed), tried with a small network, marked last: what is half made is never taken for installed.
uv is used where it is on PATH, else venv and pip; settings of pip (PIP_*, pip.conf) are pip's own
business, of which uv is told what it has a word for.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from grader.runtimes import paths
from grader.runtimes.cuda import write_compiler
from grader.runtimes.detect import (
    MARKER_FILE,
    BrokenRuntimeError,
    Runtime,
    added_folders,
    examine_python,
    program_of,
)
from grader.runtimes.devices import DeviceAbsentError, select
from grader.runtimes.recipes import BY_NAME, ORDER, Recipe

COMMAND_SECONDS = (
    3600.0  # of one command: frameworks are gigabytes, universities' networks are slow
)
TRIAL_SECONDS = 300.0
TRIAL_SCRIPT = Path(__file__).with_name("speed_trial.py")

Tell = Callable[[str], None]


class InstallError(Exception):
    """A runtime could not be made or removed; the message says why and what to do."""


def installed() -> list[str]:
    """Names of the runtimes that were added, in the order of the recipes."""
    return list(added_folders())


def is_outdated(name: str) -> bool:
    """Whether the runtime `name` was added by a recipe that has changed since."""
    try:
        marker = json.loads((added_folders()[name] / MARKER_FILE).read_text("utf-8"))
    except (KeyError, OSError, ValueError):
        return False
    return not set(_recipe(name).requirements) <= set(marker["requirements"])


def add(
    name: str, folder: Path | None = None, *, gpu: bool | None = None, tell: Tell | None = None
) -> Runtime:
    """Make the runtime `name` below `folder` (by default the user's own) and try it.

    gpu: with CUDA's libraries where the recipe has some; by default if there is an NVIDIA GPU.
        Without, a build for processors alone is taken where the registry has one.
    tell: is told what goes on, a line at a time. Raises InstallError.
    """
    recipe = _recipe(name)
    place = (folder or paths.runtimes_folder()) / name
    say = tell or (lambda line: None)
    if (place / MARKER_FILE).is_file():
        raise InstallError(
            f"{place} is there already. Remove it first: grade runtime remove {name}"
        )
    if place.exists() and any(place.iterdir()) and not (place / "pyvenv.cfg").is_file():
        raise InstallError(f"{place} is there and is no runtime of ours. Move it away.")
    shutil.rmtree(place, ignore_errors=True)  # half made by an earlier try
    python = find_python(recipe.pythons)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with_gpu = _wants_gpu(recipe, gpu)
        requirements = [*recipe.requirements, *(recipe.gpu if with_gpu else ())]
        say(f"{python} -> {place}")
        _make(python, place, list(dict.fromkeys(requirements)), say, _cpu_builds(recipe, gpu))
        if with_gpu:
            write_compiler(place)
        runtime = examine_python(program_of(place), name)
        facts = try_out(runtime)
        say(f"{name}: {facts['framework']} {facts['version']}, LeNet5 {facts['seconds']} s")
        _mark(place, requirements, facts)
    except BrokenRuntimeError as error:
        shutil.rmtree(place, ignore_errors=True)
        raise InstallError(str(error)) from error
    except OSError as error:
        shutil.rmtree(place, ignore_errors=True)
        raise InstallError(f"{place} cannot be made: {error}") from error
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    return examine_python(program_of(place), name)


def remove(name: str, folder: Path | None = None) -> None:
    """Remove the runtime `name`. Raises InstallError where there is none."""
    _recipe(name)
    place = folder / name if folder else added_folders().get(name, paths.runtimes_folder() / name)
    if not (place / MARKER_FILE).is_file():
        raise InstallError(f"{place} is not there. Installed: {', '.join(installed()) or 'none'}.")
    (place / MARKER_FILE).unlink()  # first: from now on it is not installed, whatever happens next
    try:
        shutil.rmtree(place)
    except OSError as error:
        raise InstallError(f"{place} cannot be removed whole: {error}") from error


def try_out(runtime: Runtime) -> dict[str, str]:
    """Run a network of LeNet5's size in `runtime`: framework, version, devices, seconds.

    Raises BrokenRuntimeError with what it said where that fails.
    """
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    environment.update(runtime.environment)
    try:
        done = subprocess.run(  # noqa: S603
            [str(runtime.python), "-I", "-B", str(TRIAL_SCRIPT), runtime.framework],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=TRIAL_SECONDS,
            env=environment,
            check=False,
        )
        facts = json.loads(done.stdout.splitlines()[-1])
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BrokenRuntimeError(f"{runtime.name} does not run: {error}") from error
    except (ValueError, IndexError):
        said = done.stderr.decode("utf-8", "replace").strip()[-600:]
        raise BrokenRuntimeError(
            f"{runtime.name} is installed but runs no network (exit code {done.returncode}): {said}"
        ) from None
    return {str(key): str(value) for key, value in facts.items()}


def find_python(versions: Sequence[str]) -> Path:
    """An interpreter of one of `versions` ("3.9"), the first of which there is one.

    Looked for: this interpreter, PATH, pyenv, uv. Raises InstallError with the cure.
    """
    for version in versions:
        for candidate in _candidates(version):
            if candidate.is_file() and _version_of(candidate) == version:
                return candidate
    wanted = " or ".join(versions)
    raise InstallError(
        f"expected CPython {wanted} on PATH, in pyenv or in uv; found none. Install one: "
        f"`uv python install {versions[0]}`, `pyenv install {versions[0]}`, or from your system "
        "(with its venv module)."
    )


# --- steps ------------------------------------------------------------------------------


def _recipe(name: str) -> Recipe:
    if name not in BY_NAME:
        raise InstallError(f"expected one of {', '.join(ORDER)}, found {name!r}")
    return BY_NAME[name]


def _wants_gpu(recipe: Recipe, gpu: bool | None) -> bool:
    if gpu is not None or not recipe.gpu:
        return bool(gpu)
    try:
        return bool(select("GPU"))
    except DeviceAbsentError:
        return False


def _cpu_builds(recipe: Recipe, gpu: bool | None) -> tuple[str, ...]:
    """Builds for processors alone that are worth asking the registry for."""
    if gpu is None:
        try:
            gpu = bool(select("GPU"))
        except DeviceAbsentError:
            gpu = False
    return () if gpu else recipe.cpu


def _without_gpu(install: Sequence[str], wanted: list[str], builds: Sequence[str]) -> list[str]:
    """The requirements `wanted` with `builds` in the place of those of their names, where the
    registry has all of those.
    """
    if not builds or not _output([*install, "--dry-run", "--no-deps", *builds]).strip():
        return wanted
    by_name = {build.partition("==")[0]: build for build in builds}
    return [by_name.get(one.partition("==")[0], one) for one in wanted]


def _candidates(version: str) -> list[Path]:
    found = []
    if version == "{}.{}".format(*sys.version_info[:2]):
        base = Path(sys.base_prefix) / ("python.exe" if os.name == "nt" else f"bin/python{version}")
        found += [base, Path(sys.executable)]
    if on_path := shutil.which(f"python{version}"):
        found.append(Path(on_path))
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    found += sorted(root.glob(f"{version}.*/bin/python{version}"), reverse=True)
    if uv := shutil.which("uv"):
        told = _output([uv, "python", "find", "--no-project", version])
        if told:
            found.append(Path(told.splitlines()[-1].strip()))
    return found


def _version_of(python: Path) -> str:
    """ "3.9" for a CPython of that version that can make virtual environments, else ""."""
    script = (
        "import sys, venv, ensurepip\n"
        "print('{}.{}'.format(*sys.version_info[:2]) * (sys.implementation.name == 'cpython'))"
    )
    return _output([str(python), "-I", "-c", script]).strip()


def _output(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(  # noqa: S603
            command, capture_output=True, stdin=subprocess.DEVNULL, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""


def _make(
    python: Path, place: Path, requirements: list[str], say: Tell, builds: Sequence[str] = ()
) -> None:
    program = str(program_of(place))
    if uv := _usable_uv():
        _run([uv, "venv", "--python", str(python), str(place)], say)
        # pip compiles what it installs, uv on demand only; no worker may, nor write it down.
        install = [uv, "pip", "install", "--compile-bytecode", "--python", program]
        install += _uv_words()
        _run([*install, *_without_gpu(install, requirements, builds)], say)
        return
    _run([str(python), "-m", "venv", str(place)], say)
    # Old interpreters come with a pip that does not know today's wheels (manylinux_2_28).
    _run([program, "-m", "pip", "install", "--upgrade", "pip"], say, needed=False)
    install = [program, "-m", "pip", "install", "--no-input"]
    _run([*install, *_without_gpu(install, requirements, builds)], say)


def _usable_uv() -> str | None:
    """uv, unless a pip.conf names other indexes: those are known to pip only."""
    uv = shutil.which("uv")
    if uv is None:
        return None
    configured = _output([sys.executable, "-m", "pip", "config", "list"])
    files = [line for line in configured.splitlines() if not line.startswith(":env:")]
    return None if any("index-url" in line or "find-links" in line for line in files) else uv


def _uv_words() -> list[str]:
    """pip's settings from the environment in uv's words."""
    words: list[str] = []
    for variable, word in (
        ("PIP_FIND_LINKS", "--find-links"),
        ("PIP_EXTRA_INDEX_URL", "--extra-index-url"),
        ("PIP_CONSTRAINT", "--constraint"),
    ):
        for value in os.environ.get(variable, "").split():
            words += [word, value]
    if url := os.environ.get("PIP_INDEX_URL"):
        words += ["--default-index", url]
    return words


def _run(command: Sequence[str], say: Tell, *, needed: bool = True) -> None:
    say(" ".join(command))
    try:
        done = subprocess.run(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=COMMAND_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise InstallError(
            f"took longer than {COMMAND_SECONDS:g} s: {' '.join(command)}"
        ) from error
    if done.returncode and needed:
        said = done.stdout.decode("utf-8", "replace").strip().splitlines()[-8:]
        raise InstallError("\n".join([f"failed: {' '.join(command)}", *said]))


def _mark(place: Path, requirements: Sequence[str], facts: dict[str, str]) -> None:
    part = place / f"{MARKER_FILE}.part"
    document = {"requirements": list(requirements), "trial": facts}
    part.write_text(json.dumps(document, indent=1), "utf-8")
    part.replace(place / MARKER_FILE)
