"""Reading the command line and handing over to the command that it names."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader import __version__
from grader.cli.encodings import never_fail
from grader.cli.parser import Parser, language_of
from grader.language import LANGUAGES, Sentence, TroubleError, said_in, translator

if TYPE_CHECKING:
    from grader.assignment import AssignmentError

OK, SOMETHING_LEFT, WRONG_USAGE = 0, 1, 2

# First words that are commands; everything else is a path to grade. Each lives in its own module
# with `add_arguments(parser)` and `run(arguments) -> int`; where that takes long to import, the
# first of them stands in a module of ``grader.cli.words``.
COMMANDS = {
    "doctor": "say what this machine has, and the cure for what is missing",
    "runtime": "list, add or remove the interpreters that submissions run in",
    "override": "record what a person decides about a mark",
    "review": "serve the pages where a team decides",
    "rescore": "compute all marks again from stored evidence",
    "export": "write the marks for a gradebook",
    "diff": "say whose mark changed between two publications, and by what",
    "new": "make a lab of your own, from your images or an example",
    "check": "say what could go wrong with a lab before a class meets it",
    "hand-out": "make the zip for a lab's students, without any hidden image",
}

# What is no command, and what is meant by it.
MEANT = {"pack": "--self-check --pack FILE.zip"}
ALIKE = 0.8  # of `difflib`, from which on a word is taken for a mistyped one

Run = Callable[[argparse.Namespace], int]


class UsageError(Exception):
    """Wrong words on the command line, or a configuration that cannot be used: exit code 2."""

    def __init__(self, said: Sentence | str) -> None:
        """A text is told as it is, in whatever language."""
        super().__init__(str(said))
        self.said = said

    def said_in(self, language: str) -> str:
        """What is wrong, for the reader."""
        return said_in(language, self.said)


def unusable(error: TroubleError) -> UsageError:
    """What is ours to mend, as a reason not to begin: with what mends it."""
    return UsageError(Sentence("{error}\n{cure}", {"error": error.said, "cure": error.mended}))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``grade`` with `arguments` (default: the process's own) and return its exit code.

    0: all graded or faulted, nothing to fix; 1: something ungraded, something to fix; 2: wrong
    usage or configuration.
    """
    never_fail()
    words = list(sys.argv[1:] if arguments is None else arguments)
    if (meant := did_you_mean(words)) is not None:
        sys.stderr.write(f"grade: {meant.said_in(language_of(words))}\n")
        return WRONG_USAGE
    module, words = module_of(words)
    parsed = parser_of(module, words).parse_args(words)
    run: Run = import_module(f"grader.cli.{module.replace('-', '_')}").run
    try:
        return run(parsed)
    except _wrong_words() as error:
        sys.stderr.write(f"grade: {error.said_in(parsed.lang)}\n")
        return WRONG_USAGE
    except OSError as error:
        sys.stderr.write(f"grade: {error}\n")
        return SOMETHING_LEFT
    except KeyboardInterrupt:
        say = translator(parsed.lang)
        sys.stderr.write(f"\ngrade: {say('interrupted; what was done is kept')}\n")
        return SOMETHING_LEFT


def module_of(words: Sequence[str]) -> tuple[str, list[str]]:
    """The module that the words ask for, and the words that are left for it. A command may stand
    after `--lang`, as after every option that all commands have.
    """
    if "--self-check" in words:
        return "self_check", list(words)
    before = _before_command(words)
    if words[before : before + 1] and words[before] in COMMANDS:
        return words[before], [*words[:before], *words[before + 1 :]]
    return "grading", list(words)


def _before_command(words: Sequence[str]) -> int:
    """How many words stand before the place of a command."""
    before = 0
    while words[before:] and words[before].partition("=")[0] == "--lang":
        before += 1 if "=" in words[before] else 2
    return before


def did_you_mean(words: Sequence[str]) -> Sentence | None:
    """What was probably meant by a word that is nearly a command, and neither one nor a path."""
    if "--self-check" in words:
        return None
    before = _before_command(words)
    for place, word in enumerate(words):
        bare = word.strip("-–—").lower().replace("_", "-")
        known = ["self-check", *COMMANDS, *MEANT] if place == before else ["self-check"]
        close = get_close_matches(bare, known, 1, ALIKE)
        if not close or word in COMMANDS or Path(word).exists():
            continue
        meant = {"self-check": "--self-check", **MEANT}.get(close[0], close[0])
        return Sentence(
            "{word}: no such file or folder, and no command. Did you mean `grade {meant}`?",
            {"word": word, "meant": meant},
        )
    return None


def parser_of(module: str, words: Sequence[str]) -> Parser:
    """The parser of the command in `module` of ``grader.cli``, in the language of the words."""
    language = language_of(words)
    say = translator(language)
    others = [f"  grade {name:<10} {say(what)}" for name, what in COMMANDS.items()]
    others.append(f"  grade --self-check [DIR]   {say('examine your own folder')}")
    parser = Parser(
        language,
        prog=f"grade {module}" if module in COMMANDS else "grade",
        description=say(
            COMMANDS.get(
                module, "Grade submissions of a deep-learning lab: confined, on hidden images."
            )
        ),
        epilog=None if module in COMMANDS else "\n".join([say("other commands:"), *others]),
    )
    parser.add_argument(
        "--version",
        action="version",
        version=f"grade {__version__}",
        help="show program's version number and exit",
    )
    parser.add_argument(
        "--lang", choices=LANGUAGES, default=language, help="language of messages and pages"
    )
    _words_of(module).add_arguments(parser)
    return parser


def _words_of(module: str) -> Any:
    """The module with the words of a command: one that is quick to import, where there is one."""
    name = module.replace("-", "_")
    quick = f"grader.cli.words.{name}"
    return import_module(quick if find_spec(quick) else f"grader.cli.{name}")


def _wrong_words() -> tuple[type[UsageError], type[AssignmentError]]:
    """What is told as wrong usage; looked up when something is, as it takes long to import."""
    from grader.assignment import AssignmentError

    return UsageError, AssignmentError


def add_assignment(parser: argparse.ArgumentParser) -> None:
    """The options that name and adjust the assignment."""
    parser.add_argument(
        "--assignment",
        type=Path,
        metavar="DIR",
        help="folder with assignment.toml and checks (default: hidden_tests)",
    )
    parser.add_argument(
        "--set",
        dest="settings",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="override a value of the assignment, such as limits.total=30",
    )


def add_unset(parser: argparse.ArgumentParser) -> None:
    """The option that takes back what was set in an earlier command."""
    parser.add_argument(
        "--unset",
        action="append",
        default=[],
        metavar="KEY",
        help="take back an earlier --set of this run: the assignment's own value holds again",
    )


def add_device(parser: argparse.ArgumentParser) -> None:
    """The options that say where submissions run."""
    parser.add_argument(
        "--device",
        choices=("auto", "CPU", "GPU", "Ascend"),
        default="auto",
        help="what submissions run on; auto takes an accelerator where one is (default: auto)",
    )
    parser.add_argument("--runtime", metavar="NAME", help="run every submission in this runtime")
    parser.add_argument(
        "--no-tune", action="store_true", help="leave the frameworks' speed settings alone"
    )
