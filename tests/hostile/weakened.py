"""The grader's own sandboxes, each without one measure. Only for the throw-away place.

They cross into the grader's processes as it hands its sandbox to them; what is not the sandbox's to
leave out is taken away there, when they come in or when the first box is started.
"""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from grader.engine import after_images
from grader.examine import diagnosis, prepare, replies
from grader.examine.worker_client import WorkerClient, WorkerEndedError
from grader.intake import Allowance
from grader.sandbox import bubblewrap, environment, landlock, sandboxed_process, seccomp
from grader.sandbox.bubblewrap import Bubblewrap
from grader.sandbox.contract import Cause, SandboxedProcess, SandboxSpec
from grader.sandbox.landlock import Landlock
from grader.worker import protocol
from tests.hostile import place

ALLOW_EVERYTHING = b"\x06\0\0\0\0\0\xff\x7f"
BOUND = 3072  # MiB of address space, where nobody watches the memory


class Strong(Bubblewrap):
    """Level strong without one measure."""

    def __init__(self, measure: str) -> None:
        super().__init__()
        self.measure = measure

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        _take_away(self.measure)

    def options(self, spec: SandboxSpec) -> list[str]:
        """See `Bubblewrap.options`."""
        options = super().options(spec)
        if self.measure == "filter":
            with suppress(ValueError):  # not in every version; the filter does the same
                options.remove("--disable-userns")
        elif self.measure == "network":
            options.remove("--unshare-net")
        elif self.measure in ("view", "read-only"):
            at = options.index("--proc")
            bind = "--ro-bind" if self.measure == "view" else "--bind"
            options[at:at] = ["--perms", "0755", "--dir", "/var", bind, place.FOLDER, place.FOLDER]
        elif self.measure == "processes":
            options.remove("--unshare-pid")
            at = options.index("--proc")
            options[at : at + 2] = ["--bind", "/proc", "/proc"]
        elif self.measure == "environment":
            for name, value in os.environ.items():
                options += ["--setenv", name, value]
        elif self.measure == "names":
            for submission in Path(place.FOLDER).glob("*/submissions/*"):
                at = options.index("--proc")
                options[at:at] = ["--ro-bind", str(submission), f"/class/{submission.name}"]
        return options

    def filter(self, spec: SandboxSpec) -> bytes:
        """See `Bubblewrap.filter`."""
        return ALLOW_EVERYTHING if self.measure == "filter" else super().filter(spec)

    def start(self, command: Sequence[str], spec: SandboxSpec) -> SandboxedProcess:
        """See `contract.Sandbox.start`."""
        if self.measure == "limits":
            high = spec.limits._replace(processes=1500, open_files=1024, file_size=1 << 30)
            spec = spec._replace(limits=high._replace(output=1 << 20, log=1 << 12))
        _take_away(self.measure)
        return super().start(command, spec)


class Basic(Landlock):
    """Level basic without one measure."""

    def __init__(self, measure: str) -> None:
        super().__init__()
        self.measure = measure

    def start(self, command: Sequence[str], spec: SandboxSpec) -> SandboxedProcess:
        """See `contract.Sandbox.start`."""
        _take_away(self.measure)
        return super().start(command, spec)


def _take_away(measure: str) -> None:
    """Leave the measure out of this process, from now on."""
    for place_of, name, instead in ELSEWHERE.get(measure, ()):
        setattr(place_of, name, instead)


def _inherits(command: list[str], environment: dict[str, str], **rest: Any) -> Any:
    """A process that is started with a folder of the grader's open."""
    folder = os.open(place.FOLDER, os.O_RDONLY)
    try:
        rest["pass_fds"] = (*rest.get("pass_fds", ()), folder)
        return _START(command, environment, **rest)
    finally:
        os.close(folder)


# --- reading as one would who trusts the other side ---------------------------------------


def _trusting_frame(stream: BinaryIO, limit: int) -> protocol.Frame | None:
    head = stream.read(protocol.HEADER.size)
    if not head:
        return None
    _, kind, number, length = protocol.HEADER.unpack(head)
    return protocol.Frame(kind, number, stream.read(length))


def _trusting_message(
    payload: bytes, limit: int = protocol.MAX_META
) -> tuple[protocol.Meta, NDArray[Any] | None]:
    if payload.startswith(b"\x80"):
        return pickle.loads(payload), None  # noqa: S301
    (length,) = protocol.LENGTH.unpack_from(payload)
    meta = json.loads(payload[4 : 4 + length].decode())
    form = meta.pop("array", None)
    if form is None:
        return meta, None
    return meta, np.frombuffer(payload[4 + length :], form["dtype"]).reshape(form["shape"])


def _trusting_answer(payload: bytes) -> protocol.Answer:
    return protocol.Answer(payload[0], payload[2 : 2 + payload[1]].decode())


def _trusting_reply(kind: type[Any], meta: protocol.Meta) -> Any:
    try:
        return _READ(kind, meta)
    except replies.ReplyError:
        return kind.model_construct(**meta)


def _trusting_exchange(
    talk: WorkerClient, payload: bytes, kind: int, limit: int, seconds: float
) -> bytes:
    """One call, sent ahead as often as an image is wanted, and whatever comes back for it."""
    talk._number += 1
    talk.box.deadline(seconds)
    calls = AHEAD if kind == protocol.ANSWER else 1
    try:
        for _ in range(calls):
            protocol.write_frame(talk.box.stdin, protocol.CALL, talk._number, payload)
        answers = [protocol.read_frame(talk.box.stdout, limit) for _ in range(calls)]
    except (OSError, ValueError):
        answers = [None]
    talk.box.deadline(None)
    if answers[-1] is None:
        raise WorkerEndedError(talk.box.end(Cause.CLOSED))
    return answers[-1].payload


AHEAD = 8  # calls, more than the worker reads at once
_READ = replies.read
_START = sandboxed_process.start

# measure: what stands for it outside the sandbox, and what is there without it
ELSEWHERE: dict[str, Sequence[tuple[object, str, object]]] = {
    "descriptors": ((sandboxed_process, "start", _inherits),),
    "limits": (
        (environment, "ADDRESS_SPACE", BOUND),
        (bubblewrap._Namespace, "memory", lambda *_: 0),
        (bubblewrap._Namespace, "scratch", lambda *_: sandboxed_process.ScratchUse(0, 0)),
    ),
    "readers": ((prepare, "Allowance", lambda *_: Allowance(seconds=300, memory=BOUND)),),
    "frames": (
        (protocol, "read_frame", _trusting_frame),
        (protocol, "unpack_message", _trusting_message),
        (protocol, "unpack_answer", _trusting_answer),
        (WorkerClient, "_exchange", _trusting_exchange),
        (replies, "read", _trusting_reply),
    ),
    "disclosure": ((after_images, "disclosed", lambda predictions, *_: predictions),),
    "diagnosis": ((diagnosis, "constant", lambda *_: None),),
    "landlock-reading": ((landlock, "READABLE", ("/",)),),
    "landlock-writing": ((landlock, "WRITABLE", ("/",)),),
    "strict-filter": ((seccomp, "strict", lambda *_: ALLOW_EVERYTHING),),
}
