"""``grade new``: make a lab of your own, ready to be graded and edited."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from grader.assignment import Title
from grader.cli.main import OK, UsageError
from grader.cli.terminal import terminal
from grader.cli.words.new import add_arguments
from grader.labs import scaffold
from grader.labs.splitting import ImagesError
from grader.language import Translate, translator
from grader.report.text import for_rich

__all__ = ["add_arguments", "run"]

MAX_LEFT_OUT = 5  # files that are no images and are named


def run(arguments: argparse.Namespace) -> int:
    """Make the lab and say what to do next."""
    console, say = terminal(), translator(arguments.lang)
    try:
        wanted = _wanted(arguments, console, say)
        made = scaffold.make(arguments.folder, wanted)
    except (scaffold.LabError, ImagesError) as error:
        raise UsageError(error.said) from None
    _tell(console, arguments, made, say)
    return OK


def _wanted(arguments: argparse.Namespace, console: Console, say: Translate) -> scaffold.Wanted:
    """What the options say, and what is asked where somebody sits at the terminal."""
    asking = sys.stdin.isatty() and sys.stdout.isatty()

    def ask(given: str | None, question: str, usual: str, allowed: Sequence[str] = ()) -> str:
        while given is None and asking:
            typed = console.input(f"{for_rich(question)} [dim]({for_rich(usual)})[/] ").strip()
            given = typed or usual
            if allowed and given not in allowed:
                given = None
        return usual if given is None else given

    example = arguments.images is None
    name = "Coloured shapes" if example else scaffold.id_of(arguments.folder)
    title = ask(arguments.title, say("Title in English?"), arguments.title_zh or name)
    in_chinese = "彩色图形" if example and title == name else title
    title_zh = ask(arguments.title_zh, say("Title in Chinese?"), in_chinese)
    function = ask(arguments.function, say("Function that students write?"), "predict")
    channels = ask(
        arguments.channels, say("Channels of the images that it gets?"), "RGB", ("RGB", "BGR")
    )
    percents = [str(percent) for percent in range(1, 101)]
    full_at = ask(
        arguments.full_at, say("Per cent of right answers for full marks?"), "85", percents
    )
    return scaffold.Wanted(
        id=arguments.id or scaffold.id_of(arguments.folder),
        title=Title(en=title, zh=title_zh),
        function=function,
        channels=channels,
        full_at=scaffold.percent("--full-at", full_at),
        hidden=scaffold.percent("--hidden", arguments.hidden),
        images=arguments.images,
        network=arguments.network or "",
        framework=arguments.framework,
    )


def _tell(
    console: Console, arguments: argparse.Namespace, made: scaffold.Made, say: Translate
) -> None:
    folder: Path = arguments.folder
    parts = {
        "assignment.toml": say("what is asked and how it is marked: every key, explained"),
        "images/": say("{count} hidden images, which no student gets").format(count=made.hidden),
        "public/": say("{count} images for the students").format(count=made.public),
        "starter/": say("the code that students begin with"),
        "README.md": say("what students read, with how they try their own work"),
        "test_answers.py": say("two checks, to change or to delete"),
        "reference/": say("a submission that works (nearest mean image): try the lab with it"),
    }
    console.print(f"[green]✓[/] {for_rich(str(folder))}", highlight=False)
    for name, what in parts.items():
        console.print(f"    {name:<16} {for_rich(what)}", highlight=False, soft_wrap=True)
    if arguments.network:
        name = f"networks/{arguments.network.lower()}.py"
        what = say("the network that is asked for; test_network.py checks it")
        console.print(f"    {name:<16} {for_rich(what)}", highlight=False, soft_wrap=True)
    if made.left_out:
        names = ", ".join(path.name for path in made.left_out[:MAX_LEFT_OUT])
        more = ", …" if len(made.left_out) > MAX_LEFT_OUT else ""
        text = say("{count} files are no images and were left out: {names}")
        text = text.format(count=len(made.left_out), names=names + more)
        console.print(f"[yellow]![/] {for_rich(text)}", highlight=False)
    place = shlex.quote(str(folder))
    console.print(f"\n{say('Next:')}")
    for command in (
        f"grade check {place}",
        f"grade {place}/reference --assignment {place} --out {place}-trial",
    ):
        console.print(f"    {for_rich(command)}", highlight=False, soft_wrap=True)
