"""Bait and alarms around the class: secrets, listeners, a process to be harmed, what was
changed.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from tests.hostile.setting import HONEST, NEIGHBOURS, SECONDS

if sys.version_info >= (3, 11):
    pass
else:
    pass

TOKEN = Path("teacher/.ray/auth_token")  # of a cluster, in the folder of the class


PR_SET_CHILD_SUBREAPER = 36


class Planted:
    """Secrets in files, in variables of the grader, in shared folders."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.secrets: dict[str, str] = {}
        self.variables = {
            name: self._secret(name)
            for name in ("GRADER_SECRET", "GITHUB_TOKEN", "HIDDEN_LABELS", "RAY_AUTH_TOKEN")
        }
        self._notes = [
            Path(shared, f"planted-note-{secrets.token_hex(8)}")
            for shared in ("/dev/shm", "/tmp", "/var/tmp")  # noqa: S108
            if os.access(shared, os.W_OK)
        ]

    @property
    def bait(self) -> dict[str, Any]:
        """What an attacker would know of it: all but the secrets."""
        folder = self.folder
        teacher, hidden = folder / "teacher", folder / "hidden_set"
        folders = [teacher, hidden, hidden / "images", folder / "submissions", folder / "out"]
        return {
            "prefix": "planted-secret-",
            "notes": "planted-note-",
            "temporary": [str(note) for note in self._notes],
            "folder": str(folder),
            "out": str(folder / "out"),
            "paths": [str(hidden / "labels.csv"), str(teacher / "grades.csv")],
            "token": str(self.folder / TOKEN),
            "folders": [str(folder), *map(str, folders)],
            "neighbour": NEIGHBOURS[0],
            "honest": HONEST,
            "neighbours": [str(folder / "submissions" / name / "main.py") for name in NEIGHBOURS],
        }

    def hide(self) -> None:
        """Write the secrets to where they belong."""
        for path in (Path("hidden_set/labels.csv"), Path("teacher/grades.csv"), TOKEN):
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_text(self._secret(str(path)))
        for note in self._notes:
            note.write_text(self._secret(str(note)))

    def remove(self) -> None:
        """Take back what lies outside the folder."""
        for note in self._notes:
            note.unlink(missing_ok=True)

    def _secret(self, where: str) -> str:
        self.secrets[where] = f"planted-secret-{secrets.token_hex(16)}"
        return self.secrets[where]


class _Listeners:
    """Sockets of the machine that nobody in a box may reach."""

    def __init__(self, folder: Path) -> None:
        tcp = socket.create_server(("127.0.0.1", 0), backlog=100)
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", 0))
        stream = socket.socket(socket.AF_UNIX)
        stream.bind(str(folder / "stream"))
        datagrams = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        datagrams.bind(str(folder / "datagrams"))
        abstract = socket.socket(socket.AF_UNIX)
        abstract.bind("\0" + folder.name)
        for name in ("stream", "datagrams"):
            (folder / name).chmod(0o777)
        for listener in (stream, abstract):
            listener.listen()
        self.all = {
            "tcp": tcp,
            "udp": udp,
            "stream": stream,
            "datagrams": datagrams,
            "abstract": abstract,
        }
        with contextlib.suppress(OSError):  # where it is free and we may
            names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            names.bind(("127.0.0.1", 53))  # who asks without a configuration asks there
            self.all["names"] = names
        self.bait = {
            "tcp": tcp.getsockname()[1],
            "udp": udp.getsockname()[1],
            "stream": str(folder / "stream"),
            "datagrams": str(folder / "datagrams"),
            "abstract": folder.name,
        }

    def reached(self) -> list[str]:
        """The names of those that somebody reached, each with what was sent."""
        found = []
        for name, listener in self.all.items():
            listener.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                while True:
                    found.append(f"{name}: {_received(listener)!r}")
        return found

    def close(self) -> None:
        for listener in self.all.values():
            listener.close()


def _received(listener: socket.socket) -> bytes:
    """What one who reached it has sent so far. Raises BlockingIOError where nobody did."""
    if listener.type is socket.SOCK_DGRAM:
        return listener.recv(1000)
    with listener.accept()[0] as connection:
        connection.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            return connection.recv(1000)
        return b""


@contextmanager
def listening(folder: Path) -> Iterator[_Listeners]:
    listeners = _Listeners(folder)
    try:
        yield listeners
    finally:
        listeners.close()


@contextmanager
def decoy_process() -> Iterator[subprocess.Popen[bytes]]:
    """A process to aim at, in the grader's stead; its number is too high to mean one in a box."""
    while True:
        decoy = subprocess.Popen(["sleep", str(2 * SECONDS)])
        try:
            if decoy.pid > 1000:
                yield decoy
                return
        finally:
            decoy.kill()
            decoy.wait()


def harm_done(decoy: subprocess.Popen[bytes]) -> list[str]:
    """How the decoy is other than this process, whose limits and priority it had."""
    if decoy.poll() is not None:
        return [f"ended by signal {-decoy.returncode}"]
    here, there = psutil.Process(), psutil.Process(decoy.pid)
    facts: dict[str, Callable[[psutil.Process], object]] = {
        "priority": lambda process: process.nice(),
        "limits": lambda process: process.rlimit(psutil.RLIMIT_NOFILE),
        "processors": lambda process: process.cpu_affinity(),
        "stopped": lambda process: process.status() == psutil.STATUS_STOPPED,
    }
    return [name for name, fact in facts.items() if fact(here) != fact(there)]


def fingerprint(folder: Path, without: Sequence[Path] = ()) -> dict[str, str]:
    """Names, modes, owners, times and contents of all that is below `folder`."""
    found = {}
    for path in sorted([folder, *folder.rglob("*")]):
        if any(path == left_out or left_out in path.parents for left_out in without):
            continue
        status = path.lstat()
        content = b""
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
        facts = (status.st_mode, status.st_uid, status.st_size, status.st_nlink)
        times = status.st_mtime_ns if path != folder else 0  # `out` appears in it
        digest = hashlib.sha256(content).hexdigest()
        found[str(path.relative_to(folder))] = f"{facts[:2]} {times} {digest}"
    return found


def difference(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Paths that are other than before, or there only before or after."""
    return sorted(path for path in {*before, *after} if before.get(path) != after.get(path))


def adopt_orphans() -> None:
    """Have the kernel give us the processes whose parents have ended, so that none is lost."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def survivors_of(decoy: subprocess.Popen[bytes]) -> list[str]:
    """Processes below this one that should be gone; the last ones may take a moment to go."""
    until = time.monotonic() + 5
    while True:
        below = psutil.Process().children(recursive=True)
        alive = [child for child in below if child.pid != decoy.pid]
        for child in alive:  # adopted ones that have ended wait for us to notice
            if child.status() == psutil.STATUS_ZOMBIE:
                os.waitpid(child.pid, os.WNOHANG)
        if not alive or time.monotonic() > until:
            return [f"{child.pid} {child.name()}" for child in alive]
        threading.Event().wait(0.05)
