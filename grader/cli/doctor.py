"""``grade doctor``: what this machine has, and the cure for what is missing."""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import psutil
from rich.console import Console

from grader import __version__, resources
from grader.cli import machine, runtime
from grader.cli.device_check import prove_all
from grader.cli.main import OK, SOMETHING_LEFT, UsageError
from grader.cli.terminal import terminal
from grader.language import Sentence, said_in, translator
from grader.report.text import for_rich
from grader.runtimes import detect
from grader.runtimes.devices import KINDS, DeviceAbsentError, select
from grader.sandbox import canary
from grader.sandbox.contract import Level, SandboxUnavailableError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words of ``grade doctor``."""
    parser.add_argument(
        "--attack",
        nargs="*",
        choices=("strong", "basic"),
        help="run the hostile corpus against this machine, at these levels, and say what held",
    )
    parser.add_argument(
        "--device",
        choices=KINDS,
        help="prove that submissions can use this device: a network computes there, confined",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print what there is; 1 where grading could not start."""
    if arguments.attack is not None:
        return _attack(arguments.attack)
    say, console = translator(arguments.lang), terminal()
    memory = psutil.virtual_memory().total / 2**30
    console.print(
        f"grade {__version__} · Python {platform.python_version()} · {platform.platform()} · "
        f"{_cores()} {say('cores')} · {memory:.0f} GiB",
        highlight=False,
    )
    if arguments.device is not None:
        return _prove(console, arguments.device, arguments.lang)
    confined = _confinement(console, arguments.lang)
    console.print(f"\n[bold]{say('Runtimes')}[/]")
    runtime.tell(console, arguments.lang)
    console.print(f"\n[bold]{say('Devices')}[/]")
    for kind in KINDS:
        _device(console, kind, arguments.lang)
    return OK if confined and detect.runtimes() else SOMETHING_LEFT


def _cores() -> str:
    """Processors that a run may use, and where those are fewer, how many the machine has."""
    ours, there = resources.processors(), os.cpu_count() or 1
    return str(there) if ours == there else f"{ours}/{there}"


def _attack(levels: Sequence[str]) -> int:
    """The corpus lies beside the grader's tests, so it needs a checkout."""
    checkout = Path(__file__).parents[2]
    if not (checkout / "tests" / "hostile" / "corpus.py").is_file():
        raise UsageError(
            Sentence("--attack needs a checkout of the project, where tests/hostile has the corpus")
        )
    for module in ("grader.cli.grading", "pytest"):  # with all that they need themselves
        try:
            import_module(module)
        except ModuleNotFoundError as error:
            raise UsageError(
                Sentence(
                    "--attack needs {module}, with which the corpus is run. Install what the tests "
                    "need: `pip install -e '.[dev]'` in the checkout.",
                    {"module": error.name or module},
                )
            ) from None
    command = [sys.executable, "-m", "tests.hostile", *levels]
    return subprocess.run(command, cwd=checkout, check=False).returncode  # noqa: S603


def _confinement(console: Console, language: str) -> bool:
    """Try each level as grading would; whether one works."""
    say = translator(language)
    console.print(f"\n[bold]{say('Confinement')}[/]")
    works = False
    for level in (Level.STRONG, Level.BASIC):
        try:
            canary.choose(level)
        except SandboxUnavailableError as error:
            console.print(
                f"  [red]✗[/] {level.value}: {for_rich(said_in(language, error.said))}",
                highlight=False,
            )
            console.print(
                f"      → {for_rich(said_in(language, error.mended))}", style="dim", highlight=False
            )
            continue
        console.print(f"  [green]✓[/] {level.value}", highlight=False)
        works = True
    if sys.platform == "linux":
        _memory_limit(console, language)
    return works


def _memory_limit(console: Console, language: str) -> None:
    """Who keeps the limit of memory; grading works either way."""
    from grader.sandbox import cgroup_delegation  # of Linux alone

    say = translator(language)

    try:
        cgroup_delegation.delegated_groups()
    except SandboxUnavailableError as error:
        told = say("Limit of memory: kept by a watchdog, which looks every 25 ms")
        console.print(
            f"  [dim]–[/] {told}: {for_rich(said_in(language, error.said))}", highlight=False
        )
        console.print(
            f"      → {for_rich(said_in(language, error.mended))}", style="dim", highlight=False
        )
    else:
        told = say("Limit of memory: kept by the kernel, by control groups")
        console.print(f"  [green]✓[/] {told}", highlight=False)


def _prove(console: Console, kind: str, language: str) -> int:
    """Prove every device of a kind in the strongest sandbox; 1 where one does not hold."""
    devices = machine.devices(kind)
    sandbox = machine.sandbox(None, False, accelerator=kind != "CPU")
    console.print(f"\n[bold]{translator(language)('Devices')}[/]")
    held = prove_all(console, devices, machine.runtimes(None), sandbox, language)
    return OK if held else SOMETHING_LEFT


def _device(console: Console, kind: str, language: str) -> None:
    try:
        found = select(kind)
    except DeviceAbsentError as error:
        console.print(
            f"  [dim]–[/] {kind}: {for_rich(error.said.said_in(language))}", highlight=False
        )
        return
    names = ", ".join(str(device.name) for device in found)
    console.print(f"  [green]✓[/] {kind}: {for_rich(names)}", highlight=False)
