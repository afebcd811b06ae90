"""``grade runtime list|add|remove``: the interpreters that submissions run in."""

from __future__ import annotations

import argparse
import shutil
import threading
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.padding import Padding

from grader.cli.main import OK, UsageError
from grader.cli.terminal import terminal
from grader.language import Sentence, Translate, translator
from grader.report.text import for_rich
from grader.runtimes import detect, install, paths
from grader.runtimes.detect import Runtime
from grader.runtimes.recipes import BY_NAME, RECIPES

POLL_SECONDS = 1.0  # seconds between two looks at the disk
GPU = {"auto": None, "CPU": False, "GPU": True}  # whether CUDA's libraries are wanted


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words of ``grade runtime``."""
    parser.add_argument(
        "action", choices=("list", "add", "remove"), help="what to do with a runtime"
    )
    names = [recipe.name for recipe in RECIPES]
    parser.add_argument("name", nargs="?", choices=names, metavar="NAME", help=", ".join(names))
    parser.add_argument(
        "--if-missing", action="store_true", help="do nothing where it is there and up to date"
    )
    parser.add_argument(
        "--device", choices=tuple(GPU), default="auto",
        help="with CPU, a build without CUDA's libraries where there is one (default: as here)",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """List, make or remove runtimes."""
    console = terminal()
    if arguments.action == "list":
        tell(console, arguments.lang)
        return OK
    if arguments.name is None:
        facts = {"action": arguments.action, "names": ", ".join(r.name for r in RECIPES)}
        raise UsageError(Sentence("grade runtime {action}: expected a NAME, one of {names}", facts))
    try:
        if arguments.action == "remove":
            install.remove(arguments.name)
            return OK
        there = {runtime.name for runtime in detect.runtimes()}
        if arguments.if_missing and install.is_outdated(arguments.name):
            install.remove(arguments.name)
        elif arguments.if_missing and arguments.name in there:
            return OK
        made = _add(arguments.name, GPU[arguments.device], console, translator(arguments.lang))
    except install.InstallError as error:
        raise UsageError(str(error)) from None
    console.print(for_rich(f"{made.name}: {made.python}"), highlight=False, soft_wrap=True)
    return OK


def _add(name: str, gpu: bool | None, console: Console, say: Translate) -> Runtime:
    """Make it, with what it takes said before and how far it is meanwhile.

    Raises InstallError, also where the disk has too little room.
    """
    place = paths.runtimes_folder()
    recipe = BY_NAME[name]
    needed = recipe.cpu_gigabytes if recipe.cpu and gpu is False else recipe.gigabytes
    free = _free(place)
    told = say("{name} takes about {needed} GB below {place}, where {free} GB are free.")
    facts = {"name": name, "needed": f"{needed:g}", "place": place, "free": f"{free:.0f}"}
    console.print(for_rich(told.format(**facts)), highlight=False, soft_wrap=True)
    if free < needed:
        raise install.InstallError(
            say("Too little room. Set GRADE_RUNTIMES to a folder on another disk.")
        )
    going = say("Installing; this takes minutes …")
    done = threading.Event()
    with console.status(going) as status:

        def watch() -> None:
            while not done.wait(POLL_SECONDS):
                taken = max(free - _free(place), 0)
                status.update(f"{going} {taken:.1f} / {needed:g} GB")

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            return install.add(name, gpu=gpu, tell=lambda line: _tell(console, line))
        finally:
            done.set()
            watcher.join()


def _tell(console: Console, line: str) -> None:
    console.print(f"[dim]{for_rich(line)}[/]", highlight=False, soft_wrap=True)


def _free(place: Path) -> float:
    """Gigabytes that are free where `place` is or will be."""
    there = next(folder for folder in (place, *place.absolute().parents) if folder.is_dir())
    return shutil.disk_usage(there).free / 1e9


def tell(console: Console, language: str) -> None:
    """Print the runtimes of this machine, and what the recipes that are not installed would cost:
    lines that fit a narrow terminal and a pipe.
    """
    say = translator(language)
    found = {runtime.name: runtime for runtime in detect.runtimes()}
    faults = detect.broken()
    print_line = partial(console.print, highlight=False, soft_wrap=True)
    for recipe in RECIPES:
        runtime = found.get(recipe.name)
        if runtime is None:
            why = faults.get(recipe.name, "") or say(
                "not installed: submissions that need it stay without a mark"
            )
            print_line(f"  [yellow]✗[/] {recipe.name}: {for_rich(why)}")
            size = say("about {size} GB").format(size=f"{recipe.gigabytes:g}")
            print_line(f"      [dim]→ grade runtime add {recipe.name}  ({size})[/]")
            continue
        devices = ", ".join(runtime.devices)
        print_line(f"  [green]✓[/] {runtime.name} · Python {runtime.version} · {devices}")
        versions = ", ".join(f"{name} {version}" for name, version in runtime.frameworks.items())
        console.print(Padding(f"[dim]{for_rich(versions)}[/]", (0, 0, 0, 6)), highlight=False)
        print_line(f"      [dim]{for_rich(str(runtime.python))}[/]")
        if install.is_outdated(recipe.name):
            cure = say("out of date; to make it anew: grade runtime add {name} --if-missing")
            print_line(f"      [yellow]{cure.format(name=recipe.name)}[/]")
    if missing := [recipe for recipe in RECIPES if recipe.name not in found]:
        total = f"{sum(recipe.gigabytes for recipe in missing):.0f}"
        free = f"{_free(paths.runtimes_folder()):.0f}"
        text = say("All that are missing take about {total} GB; {free} GB are free.")
        print_line(f"  [dim]{text.format(total=total, free=free)}[/]")
