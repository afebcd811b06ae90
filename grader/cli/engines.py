"""Where submissions are examined, how many of them at the same time, and on what."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec

from rich.console import Console

from grader import resources
from grader.assignment import Assignment
from grader.cli import machine
from grader.cli.device_check import usable
from grader.cli.main import UsageError
from grader.cli.workplace import RunRequest, Workplace, require_counts
from grader.engine.contract import Engine
from grader.engine.local import LocalEngine
from grader.examine.prepare import Conditions
from grader.language import Sentence
from grader.runtimes.detect import Runtime
from grader.runtimes.devices import Device
from grader.sandbox.contract import Sandbox


@contextmanager
def chosen(arguments: argparse.Namespace) -> Iterator[Workplace]:
    """Where the submissions are to be examined. Raises UsageError with the cure."""
    require_counts(arguments)
    if arguments.engine == "local":
        if arguments.address is not None:
            raise UsageError(Sentence("--address: only with --engine ray"))
        yield LocalWorkplace(arguments)
        return
    if find_spec("ray") is None:
        raise UsageError(
            Sentence(
                "--engine ray: Ray is not installed. Run `pip install 'lab-grader[cluster]'` here "
                "and on every machine of the cluster."
            )
        )
    from grader.cli.clusters import connected

    with connected(arguments) as cluster:
        yield cluster


class LocalWorkplace:
    """This machine."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        """Raises UsageError where the device that is asked for is not there."""
        self._arguments = arguments
        self._devices = machine.devices(arguments.device)

    @property
    def kind(self) -> str:
        """Of its devices."""
        return self._devices[0].kind

    def prove(self, console: Console, runtimes: Sequence[Runtime], sandbox: Sandbox) -> None:
        """Keep the devices on which a small network computes what it should."""
        self._devices = usable(console, self._devices, runtimes, sandbox, self._arguments)

    def engine(self, work: RunRequest) -> Engine:
        """Processes of this machine, one for each place."""
        arguments, runtimes = self._arguments, work.runtimes
        found = devices_for(self._devices, work.assignment, arguments, work.submissions)
        tunes = work.submissions and not arguments.no_tune
        tuning = machine.tuning(runtimes) if tunes else {}
        conditions = [
            Conditions(
                assignment=work.assignment,
                sandbox=work.sandbox,
                runtimes=runtimes,
                device=device,
                fallback=machine.devices("CPU")[0] if arguments.device == "auto" else None,
                threads=max(resources.processors() // len(found), 1),
                workspace=work.workspace,
                language=arguments.lang,
                forced=arguments.runtime,
                tuning=tuning,
                processors=share,
            )
            for device, share in zip(found, resources.shares(len(found)), strict=True)
        ]
        return LocalEngine(conditions, work.hidden, work.store)


def devices_for(
    devices: Sequence[Device], assignment: Assignment, arguments: argparse.Namespace, tasks: int
) -> list[Device]:
    """One device for each submission that is examined at the same time; never empty.

    On accelerators as many for each as `--per-device` or the assignment says, spread evenly; on
    processors as many as cores and memory allow, since one small image at a time keeps one core
    busy. `--jobs` limits both; on processors it can't be more than there are, each of which is one
    submission's, or a neighbour's load would cost it answers.
    """
    if devices[0].kind != "CPU":
        sharing = arguments.per_device or assignment.run.per_device
        everything = [device.shared() if sharing > 1 else device for device in devices] * sharing
        return everything[: arguments.jobs]
    memory = resources.memory() // (assignment.limits.memory * 1024 * 1024)
    jobs = arguments.jobs or max(min(memory, tasks), 1)
    return [devices[0]] * min(jobs, resources.processors())
