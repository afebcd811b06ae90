"""The choice of a sandbox: the strongest one in which a canary finds every way out closed.

A sandbox that is installed may still confine nothing (a kernel option, a container, a mount that
shows too much), so each is tried on this machine, by a command that attempts what it must prevent.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from grader.sandbox.bubblewrap_hints import bubblewrap_hint
from grader.sandbox.contract import (
    Cause,
    Level,
    Mount,
    Sandbox,
    SandboxLimits,
    SandboxSpec,
    SandboxUnavailableError,
)
from grader.sandbox.inside import probe

CANARY_SECONDS = 30.0  # granted to a canary; it takes a tenth of a second
ANSWER = 64 * 1024  # bytes that a canary may answer
REPORT_IT = "report this line with what `uname -r` says"


class LevelAttempt(NamedTuple):
    """One level that was tried: the reason and the cure are empty where it works."""

    level: Level
    reason: str
    cure: str


class SandboxChoice(NamedTuple):
    """The sandbox to use, and every level that was tried on the way to it."""

    sandbox: Sandbox
    attempts: tuple[LevelAttempt, ...]


def choose(required: Level | None = None, *, devices: bool = False) -> SandboxChoice:
    """The strongest sandbox that works here, or the one of level `required`.

    devices: whether accelerators will be used; level basic cannot give them.
    Level none is never chosen unless required. Raises SandboxUnavailableError, with the reason and
    the cure of each level that was tried, if none works.
    """
    attempts: list[LevelAttempt] = []
    for level, make in _candidates(required, devices):
        try:
            sandbox = make()
            if level is not Level.NONE:
                verify(sandbox)
        except SandboxUnavailableError as error:
            attempts.append(LevelAttempt(level, str(error), error.cure))
            continue
        return SandboxChoice(sandbox, (*attempts, LevelAttempt(level, "", "")))
    reasons = "; ".join(f"{attempt.level.value}: {attempt.reason}" for attempt in attempts)
    cures = "; or ".join(dict.fromkeys(attempt.cure for attempt in attempts if attempt.cure))
    raise SandboxUnavailableError(f"no sandbox works here ({reasons})", cures)


def _candidates(
    required: Level | None, devices: bool
) -> Iterator[tuple[Level, Callable[[], Sandbox]]]:
    linux = sys.platform == "linux"
    if required in (None, Level.STRONG):
        yield Level.STRONG, _strong if linux else _elsewhere
    if required in (None, Level.BASIC):
        basic = _basic_with_devices if devices else _basic
        yield Level.BASIC, basic if linux else _elsewhere
    if required is Level.NONE:
        yield Level.NONE, _none


def _strong() -> Sandbox:
    from grader.sandbox import cgroup_delegation
    from grader.sandbox.bubblewrap import Bubblewrap

    return Bubblewrap(cgroup_delegation.groups())


def _basic() -> Sandbox:
    from grader.sandbox import cgroup_delegation, scratch
    from grader.sandbox.landlock import Landlock

    scratch.sweep()
    return Landlock(cgroup_delegation.groups())


def _elsewhere() -> Sandbox:
    raise SandboxUnavailableError(
        f"it needs Linux, found {sys.platform}", "run the grader on Linux, in Docker, a VM or WSL"
    )


def _basic_with_devices() -> Sandbox:
    raise SandboxUnavailableError(
        "it has no accelerators, only the CPU", "use --device CPU, or make level strong work"
    )


def _none() -> Sandbox:
    from grader.sandbox.unconfined import Unconfined

    return Unconfined()


def verify(sandbox: Sandbox) -> None:
    """Run the canary in `sandbox`. Raises SandboxUnavailableError if it finds a way out."""
    with _bait() as (places, reached):
        found = _sing(sandbox, places)
        if reached():
            found.append("reach a listener of the grader")
    if found:
        raise SandboxUnavailableError(
            "its canary could " + ", ".join(found), "report this: the sandbox does not hold here"
        )


def _sing(sandbox: Sandbox, places: str) -> list[str]:
    """What the canary could do in `sandbox`."""
    program = Mount(Path(probe.__file__).parent, Path("/canary"))
    mounts = [Mount(path, path) for path in map(Path, {sys.prefix, sys.base_prefix})]
    spec = SandboxSpec([program, *mounts], SandboxLimits(), {})
    script = sandbox.place(program) / Path(probe.__file__).name
    box = sandbox.start([sys.executable, "-I", "-S", str(script), places], spec)
    box.deadline(CANARY_SECONDS)
    try:
        answer = box.stdout.read(ANSWER)
    finally:
        end = box.end()
    with contextlib.suppress(ValueError):
        found = json.loads(answer)
        if end.cause in (Cause.EXITED, Cause.CLOSED) and isinstance(found, list):
            return [str(name) for name in found]
    said = (box.printed.strip().splitlines() or [""])[-1]
    raise SandboxUnavailableError(
        f"its canary did not answer ({end.cause.value}: {end.detail}) {said}",
        bubblewrap_hint(said) if sandbox.level is Level.STRONG else REPORT_IT,
    )


@contextlib.contextmanager
def _bait() -> Iterator[tuple[str, Callable[[], bool]]]:
    """Things to get at: a file, a port, sockets, a variable; and whether a listener was reached."""
    marker = secrets.token_hex(16)
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="grader-canary-")))
        folder.chmod(0o755)  # so that only the sandbox stands before it
        secret = folder / "secret"
        secret.write_text(marker)
        os.environ["GRADER_CANARY"] = marker
        stack.callback(os.environ.pop, "GRADER_CANARY", None)
        tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        udp = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        udp.bind(tcp.getsockname())
        named = stack.enter_context(socket.socket(socket.AF_UNIX))
        named.bind(str(folder / "socket"))
        abstract = stack.enter_context(socket.socket(socket.AF_UNIX))
        abstract.bind("\0" + marker)
        for listener in (named, abstract):
            listener.listen()
        (folder / "socket").chmod(0o777)
        places = {
            "secret": str(secret),
            "port": tcp.getsockname()[1],
            "socket": str(folder / "socket"),
            "abstract": marker,
            "marker": marker,
            "grader": os.getpid(),
            "namespace": str(Path("/proc/self/ns/pid").readlink()),
        }
        yield json.dumps(places), lambda: _any_reached([tcp, named, abstract], udp)


def _any_reached(listeners: list[socket.socket], udp: socket.socket) -> bool:
    for listener in (*listeners, udp):
        listener.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            listener.recv(1) if listener is udp else listener.accept()
            return True
    return False
