"""What the commands of the reference print: results on stdout, progress and errors on stderr."""

import sys
from collections.abc import Iterable, Sequence
from typing import TypeVar

from rich.console import Console
from rich.progress import track as rich_track

T = TypeVar("T")

_err = Console(stderr=True)


def say(text: str) -> None:
    """Print a line of the result, as it is: programs may read it."""
    sys.stdout.write(f"{text}\n")


def complain(text: object) -> None:
    """Print a line that says what is wrong."""
    sys.stderr.write(f"{text}\n")


def track(items: Sequence[T], description: str) -> Iterable[T]:
    """Yield the items and show how far it is; nothing is drawn where stderr is no terminal."""
    return rich_track(
        items, description, console=_err, transient=True, disable=not _err.is_terminal
    )
