"""How many submissions are examined at the same time, and on what."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from grader import granted
from grader.assignment import Assignment
from grader.cli.main import UsageError
from grader.language import Sentence
from grader.runtimes.devices import Device


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that say how many run side by side."""
    parser.add_argument("--jobs", type=int, metavar="N", help="hand-ins examined at the same time")
    parser.add_argument(
        "--per-device",
        type=int,
        metavar="N",
        help="hand-ins that share one accelerator (default: run.per_device of the assignment)",
    )


def places(
    devices: Sequence[Device], assignment: Assignment, arguments: argparse.Namespace, tasks: int
) -> list[Device]:
    """One device for each submission that is examined at the same time; never empty.

    On accelerators as many for each as `--per-device` or the assignment says, spread evenly; on
    processors as many as cores and memory allow, since one small image at a time keeps one core
    busy. `--jobs` limits both. Raises UsageError.
    """
    for option, wanted in (("--jobs", arguments.jobs), ("--per-device", arguments.per_device)):
        if wanted is not None and wanted < 1:
            raise UsageError(
                Sentence(
                    "{option} {count}: expected a number from 1 up",
                    {"option": option, "count": str(wanted)},
                )
            )
    if devices[0].kind != "CPU":
        sharing = arguments.per_device or assignment.run.per_device
        everything = [device.shared() if sharing > 1 else device for device in devices] * sharing
        return everything[: arguments.jobs]
    memory = granted.memory() // (assignment.limits.memory * 1024 * 1024)
    jobs = arguments.jobs or max(min(granted.processors(), memory, tasks), 1)
    return [devices[0]] * jobs
