"""Which Python a student's own code runs in: one that has the framework it needs."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.prompt import IntPrompt

from grader.cli.main import UsageError
from grader.language import Sentence, Translate
from grader.report.text import for_rich
from grader.runtimes import detect
from grader.runtimes.detect import FRAMEWORKS, Runtime
from grader.runtimes.imports import ImportScan
from grader.runtimes.offered import suiting as suiting_runtimes

MAX_LOOKED_AT = 24  # interpreters that are started to see what they have
# What pip calls packages that code imports by another name.
_INSTALLED_AS = {
    "cv2": "opencv-python",
    "sklearn": "scikit-learn",
    "skimage": "scikit-image",
    "PIL": "pillow",
    "yaml": "pyyaml",
}
_OF_AN_ENVIRONMENT = ("bin/python", "Scripts/python.exe", "python.exe")  # conda has the last


def named(python: Path) -> Runtime:
    """The Python that was named. Raises UsageError where it can't run a submission."""
    try:
        return _with_numpy(detect.examine_python(python))
    except detect.BrokenRuntimeError as error:
        raise UsageError(
            Sentence(
                "--python {python}: expected a Python 3.7 or later with numpy: {error}",
                {"python": str(python), "error": str(error)},
            )
        ) from None


def suiting(scan: ImportScan, folder: Path, console: Console, say: Translate) -> Runtime:
    """The Python of this machine for a submission at `folder` that imports what `scan` says: the
    active environment, then the one that runs the grader, then others that can be seen; of several
    others the person at the terminal chooses.

    Raises UsageError where none has the framework, or numpy is missing there, or nobody can be
    asked.
    """
    wanted = framework_of(scan)
    others: list[Runtime] = []
    seen: list[str] = []
    first = list(_first())
    for python in dict.fromkeys([*first, *_further(folder)]):
        if len(seen) == MAX_LOOKED_AT:
            break
        try:
            found = detect.examine_python(python)
        except detect.BrokenRuntimeError:
            continue
        seen.append(str(python))
        if wanted and wanted not in found.modules:
            continue
        if python in first:
            return _with_numpy(found)
        others.append(found)
    others = list({(one.version, *sorted(one.frameworks.items())): one for one in others}.values())
    if not others:
        raise UsageError(
            Sentence(
                "No Python with {name} was found; these were looked at: {seen}. Activate the "
                "environment in which you trained, or name its Python: --python FILE",
                {"name": wanted, "seen": ", ".join(seen)},
            )
        )
    return _with_numpy(others[0] if len(others) == 1 else _asked(others, wanted, console, say))


def require_packages(scan: ImportScan, runtime: Runtime) -> None:
    """Raises UsageError where the Python lacks what the code cannot go on without and the grader
    has: here it could not be examined as there.
    """
    missing = [
        name
        for name in scan.required
        if name not in runtime.modules and name not in sys.stdlib_module_names
    ]
    lacking = {
        name: runtimes
        for name in missing
        if (runtimes := [each for each, has in suiting_runtimes(scan).items() if name in has])
    }
    if lacking:
        raise UsageError(
            Sentence(
                "{names}: imported, and not there in {python}, in which your code runs; the "
                "grader has it ({runtimes}). Install it: {python} -m pip install {packages}. Or "
                "name the Python in which you trained: --python FILE",
                {
                    "names": ", ".join(lacking),
                    "python": str(runtime.python),
                    "runtimes": ", ".join(
                        dict.fromkeys(each for found in lacking.values() for each in found)
                    ),
                    "packages": " ".join(_INSTALLED_AS.get(name, name) for name in lacking),
                },
            )
        )


def framework_of(scan: ImportScan) -> str:
    """The framework that a submission cannot go on without, else one that it can; "" for none."""
    return next((n for part in (scan.required, scan.optional) for n in FRAMEWORKS if n in part), "")


def runtime_line(runtime: Runtime, say: Translate) -> str:
    """Which Python that is, in one line."""
    versions = ", ".join(
        f"{name} {version}"
        for name, version in runtime.frameworks.items()
        if name.startswith((*FRAMEWORKS, "numpy"))
    )
    text = say("Your code runs in {python} (Python {version}; {packages}).")
    return text.format(python=runtime.python, version=runtime.version, packages=versions or "–")


def _first() -> Iterator[Path]:
    """The Python of the active environment, and the grader's own."""
    for variable in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        if home := os.environ.get(variable):
            yield from _programs(Path(home))
    yield Path(sys.executable)


def _further(folder: Path) -> Iterator[Path]:
    """Others that this machine shows: beside the submission, on PATH, of conda, virtualenv, pyenv
    and of `grade runtime add`.
    """
    home = Path.home()
    inside = folder.resolve() if folder.is_dir() else folder.resolve().parent
    for place in (inside, inside.parent):
        for name in (".venv", "venv", "env"):
            yield from _programs(place / name)
    for name in ("python3", "python"):
        if program := shutil.which(name):
            yield Path(program)
    known = home / ".conda" / "environments.txt"
    if known.is_file():
        for line in known.read_text(encoding="utf-8", errors="replace").splitlines():
            yield from _programs(Path(line.strip()))
    for pattern in (".virtualenvs/*", ".pyenv/versions/*", "*conda3", "*conda3/envs/*"):
        for environment in sorted(home.glob(pattern)):
            yield from _programs(environment)
    for added in detect.added_folders().values():
        yield detect.program_of(added)


def _programs(environment: Path) -> Iterator[Path]:
    for place in _OF_AN_ENVIRONMENT:
        if (environment / place).is_file():
            yield environment / place


def _with_numpy(runtime: Runtime) -> Runtime:
    if "numpy" in runtime.modules:
        return runtime
    raise UsageError(
        Sentence(
            "numpy is missing in {python}, in which your code runs; the grader hands it images as "
            "numpy arrays. Install it there: {python} -m pip install numpy",
            {"python": str(runtime.python)},
        )
    )


def _asked(found: Sequence[Runtime], wanted: str, console: Console, say: Translate) -> Runtime:
    lines = [
        f"{one.python}  Python {one.version}, {wanted} {_version(one, wanted)}" for one in found
    ]
    if not (console.is_terminal and sys.stdin.isatty()):
        raise UsageError(
            Sentence(
                "Several Pythons have {name}. Say which one is yours by --python FILE:\n{found}",
                {"name": wanted, "found": "\n".join(f"  {line}" for line in lines)},
            )
        )
    question = say("Several Pythons have {name}. Which one is yours?").format(name=wanted)
    console.print(question)
    for number, line in enumerate(lines, 1):
        console.print(f"  {number}  {for_rich(line)}", highlight=False)
    choices = [str(number) for number in range(1, len(lines) + 1)]
    return found[IntPrompt.ask("", console=console, choices=choices, default=1) - 1]


def _version(runtime: Runtime, framework: str) -> str:
    versions = (v for name, v in runtime.frameworks.items() if name.startswith(framework))
    return next(versions, "")
