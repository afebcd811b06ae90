"""``grade runtime list|add|remove``: the interpreters that submissions run in."""

from __future__ import annotations

import argparse

from rich.console import Console
from rich.table import Table

from grader.cli.main import OK, UsageError
from grader.language import Sentence, translator
from grader.report.text import for_rich
from grader.runtimes import detect, install
from grader.runtimes.recipes import RECIPES


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


def run(arguments: argparse.Namespace) -> int:
    """List, make or remove runtimes."""
    console = Console()
    if arguments.action == "list":
        console.print(table(arguments.lang))
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
        say = translator(arguments.lang)
        with console.status(say("Installing; this takes minutes …")):
            made = install.add(arguments.name)
    except install.InstallError as error:
        raise UsageError(str(error)) from None
    console.print(for_rich(f"{made.name}: {made.python}"), highlight=False, soft_wrap=True)
    return OK


def table(language: str) -> Table:
    """The runtimes of this machine, and the recipes that are not installed."""
    say = translator(language)
    rows = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("runtime", "Python", "frameworks", "devices", "where"):
        rows.add_column(say(heading), overflow="fold")
    found = {runtime.name: runtime for runtime in detect.runtimes()}
    faults = detect.broken()
    for recipe in RECIPES:
        runtime = found.get(recipe.name)
        if runtime is None:
            why = faults.get(recipe.name, f"grade runtime add {recipe.name}")
            rows.add_row(recipe.name, "–", f"[dim]{for_rich(why)}[/]", "", "")
            continue
        versions = " ".join(f"{name} {version}" for name, version in runtime.frameworks.items())
        if install.is_outdated(recipe.name):
            cure = say("out of date; to make it anew: grade runtime add {name} --if-missing")
            versions += f"\n[yellow]{cure.format(name=recipe.name)}[/]"
        devices = ", ".join(runtime.devices)
        rows.add_row(runtime.name, runtime.version, versions, devices, str(runtime.python))
    return rows
