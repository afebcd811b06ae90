"""Runs small programs in a box, and all of this as an ordinary user."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from grader.sandbox.contract import (
    Cause,
    End,
    Mount,
    Sandbox,
    SandboxedProcess,
    SandboxLimits,
    SandboxSpec,
)

PATIENCE = 60.0  # seconds; every program here takes a fraction of one
ORDINARY = 65534
SYSTEM_PYTHON = Path("/usr/bin/python3")


class Trial(NamedTuple):
    """How a program ended, what it answered on the frames' channel, what it printed."""

    end: End
    answer: str
    printed: str
    peak_memory: int


class Stand:
    """A sandbox with a folder of programs to run in it."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox = sandbox
        self.python = interpreter()
        self.programs = folder / "programs"
        self.programs.mkdir(mode=0o755)

    def start(
        self,
        program: str,
        limits: SandboxLimits | None = None,
        environment: Mapping[str, str] | None = None,
        mounts: Sequence[Mount] = (),
        python: Path | None = None,
    ) -> SandboxedProcess:
        """Start `program` (source text; `say` is its way to answer) in a box of its own."""
        (self.programs / "program.py").write_text(PREAMBLE + textwrap.dedent(program))
        mount = Mount(self.programs, Path("/programs"))
        chosen = python or self.python
        spec = SandboxSpec(
            [mount, *interpreter_shares(chosen), *mounts],
            limits or SandboxLimits(),
            environment or {},
        )
        script = self.sandbox.place(mount) / "program.py"
        return self.sandbox.start([str(chosen), "-I", str(script)], spec)

    def run(
        self,
        program: str,
        limits: SandboxLimits | None = None,
        environment: Mapping[str, str] | None = None,
        mounts: Sequence[Mount] = (),
        python: Path | None = None,
    ) -> Trial:
        """Start it and see it to its own end."""
        box = self.start(program, limits, environment, mounts, python)
        box.deadline(PATIENCE)
        answer = box.stdout.read().decode()
        end = box.end()
        return Trial(end, answer, box.printed, box.peak_memory)

    def ask(self, program: str, **kept: object) -> str:
        """The answer of a program that ends as it should."""
        trial = self.run(program, **kept)  # type: ignore[arg-type]
        assert trial.end.cause is Cause.EXITED, trial
        return trial.answer


PREAMBLE = """\
import os, sys, json, time, signal, socket, threading, resource, ctypes, errno
def say(*words):
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())
def closed(action, *arguments):
    try:
        action(*arguments)
    except OSError as error:
        return errno.errorcode.get(error.errno, str(error))
    return "open"
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    result = libc.syscall(number, *arguments)
    return "open" if result != -1 else errno.errorcode[ctypes.get_errno()]
"""


def interpreter() -> Path:
    """This interpreter, or the system's where a box with a user of its own cannot get at this."""
    own = Path(sys.executable)
    if os.getuid() == 0 and not open_to_all(own) and SYSTEM_PYTHON.exists():
        return SYSTEM_PYTHON
    return own


def interpreter_shares(python: Path) -> list[Mount]:
    """What a box needs to see to run `python`."""
    if python == SYSTEM_PYTHON:
        return []
    return [Mount(path, path) for path in map(Path, {sys.prefix, sys.base_prefix})]


def open_to_all(path: Path) -> bool:
    """Whether any user can get at `path`."""
    return all(parent.stat().st_mode & 0o001 for parent in path.resolve().parents)


@contextlib.contextmanager
def open_folder() -> Iterator[Path]:
    """A new folder that any user can get at, as a staged submission is."""
    with tempfile.TemporaryDirectory(prefix="trial-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def as_ordinary_user(command: Sequence[str]) -> list[str]:
    """The command that runs `command` as an ordinary user, with this interpreter within reach.

    For root. Closed folders on the way are replaced, in a mount namespace of the command's own.
    """
    wrap = ["bwrap", "--dev-bind", "/", "/", "--die-with-parent"]
    for path in dict.fromkeys(map(Path, (sys.base_prefix, sys.prefix, os.curdir))):
        real = path.resolve()
        closed = [p for p in reversed(real.parents) if not p.stat().st_mode & 0o001]
        if closed:
            wrap += ["--perms", "0755", "--tmpfs", str(closed[0])]
            for parent in reversed(real.parents):
                if closed[0] in parent.parents:
                    wrap += ["--perms", "0755", "--dir", str(parent)]
            wrap += ["--ro-bind", str(real), str(real)]
    for capability in ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP"):
        wrap += ["--cap-add", capability]
    setpriv = shutil.which("setpriv") or "setpriv"
    user = str(ORDINARY)
    wrap += ["--", setpriv, "--reuid", user, "--regid", user, "--clear-groups"]
    return [*wrap, "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs", "--", *command]
