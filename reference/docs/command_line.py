"""Every command and option, from the parsers themselves."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from grader.cli.main import COMMANDS, parser_of
from reference.docs.markdown import code, table

SHARED = ("--help", "--version", "--lang")  # of every command, told once
TITLES = {"grading": "grade PATH…", "self_check": "grade --self-check [DIR]"} | {
    name: f"grade {name}" for name in COMMANDS
}
WHAT = {
    "grading": "grade a class: folders and archives, or one zip of them all",
    "self_check": "examine your own folder as the grader will, before you hand in",
} | COMMANDS


def actions(module: str) -> Iterator[argparse.Action]:
    """The words and options of one command, as its parser has them."""
    parser = parser_of(module, ["--lang", "en"])
    yield from (each for each in parser._actions if each.help is not argparse.SUPPRESS)


def page() -> str:
    """The page of the reference."""
    parts = [
        "# Command line\n\n`grade` takes a command, or paths of submissions. Every command has "
        "`--help`, `--version` and `--lang en|zh`; help and messages are in the language of the "
        "locale unless `--lang` says otherwise. Exit code: 0 all graded or faulted, nothing to "
        "mend; 1 something ungraded, something to mend; 2 wrong usage or configuration."
    ]
    for module, title in TITLES.items():
        rows = [
            (code(_name(each)), each.help or "", _default(each))
            for each in actions(module)
            if not set(SHARED) & set(each.option_strings)
        ]
        parts.append(f"## {title}\n\n{WHAT[module][0].upper()}{WHAT[module][1:]}.")
        parts.append(table(("word", "meaning", "default"), rows))
    return "\n\n".join(parts) + "\n"


def _name(action: argparse.Action) -> str:
    values = action.choices and "|".join(map(str, action.choices))
    metavar = action.metavar or values or action.dest.upper()
    value = "" if action.nargs == 0 else str(metavar)
    if action.nargs in ("?", "*"):
        value = f"[{value}]"
    if action.nargs in ("+", "*"):
        value += "…"
    return " ".join(filter(None, [", ".join(action.option_strings), value]))


def _default(action: argparse.Action) -> str:
    if action.nargs == 0 or action.default in (None, argparse.SUPPRESS) or action.default == []:
        return ""
    return "you" if action.dest == "author" else code(str(action.default))
