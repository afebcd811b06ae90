"""Where commands print."""

from __future__ import annotations

from rich.console import Console


def terminal(*, quiet: bool = False) -> Console:
    """The terminal, on which `:x:` in the name of a file or in a message is no picture."""
    return Console(quiet=quiet, emoji=False)
