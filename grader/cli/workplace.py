"""Where the submissions of a run are examined: what every such place has to offer."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from rich.console import Console

from grader.assignment import Assignment
from grader.cli.main import UsageError
from grader.engine.contract import Engine
from grader.examine.images import HiddenSet
from grader.language import Sentence
from grader.runtimes.detect import Runtime
from grader.sandbox.contract import Sandbox
from grader.store import Store


class RunRequest(NamedTuple):
    """What is to be done in a run, and with what of this machine.

    submissions: how many are to be examined. workspace: a folder for private copies.
    """

    assignment: Assignment
    hidden: HiddenSet
    store: Store
    sandbox: Sandbox
    runtimes: tuple[Runtime, ...]
    submissions: int
    workspace: Path


class Workplace(Protocol):
    """This machine, or those of a cluster."""

    @property
    def kind(self) -> str:
        """Of the devices that submissions run on: "CPU", "GPU" or "Ascend"."""

    def prove(self, console: Console, runtimes: Sequence[Runtime], sandbox: Sandbox) -> None:
        """Keep what can be used, and tell of what can't. Raises UsageError where nothing is left.

        runtimes, sandbox: of this machine; `sandbox` confines at least as much as is asked for.
        """

    def engine(self, work: RunRequest) -> Engine:
        """What examines the submissions. Raises UsageError."""


def require_counts(arguments: argparse.Namespace) -> None:
    """Raises UsageError for a number of places that means nothing."""
    for option, wanted in (("--jobs", arguments.jobs), ("--per-device", arguments.per_device)):
        if wanted is not None and wanted < 1:
            raise UsageError(
                Sentence(
                    "{option} {count}: expected a number from 1 up",
                    {"option": option, "count": str(wanted)},
                )
            )
