"""7z archives: read in a process of their own, whose memory and time are limited.

The decoders are native code of others (LZMA2, PPMd, BCJ, …) and the format's own header may be
packed, so neither memory nor time can be bounded from within. The child applies the same rules
for names and bytes as for other archives; what it leaves behind is looked at again here.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from grader.readers.limits import GIB, IntakeLimits
from grader.readers.members import SLACK, Member, Type, parsing
from grader.readers.notices import (
    ArchiveRefusedError,
    Notice,
    UnpackerMissingError,
    notice,
    refuse,
)

MEMORY = 3 * GIB  # address space of the child, bytes; 7-Zip's "ultra" needs 64 MiB to unpack
REPLY = 64 * 1024 * 1024  # bytes of the child's answer that are read


def unpack(archive: Path, into: Path, limits: IntakeLimits) -> tuple[Notice, ...]:
    """As `archive.unpack`, for 7z."""
    reply = _ask("unpack", archive, into, limits)
    for path in into.rglob("*"):
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise refuse("it unpacks to something that is neither file nor folder")
    return tuple(Notice(said["text"], said["facts"]) for said in reply["notices"])


def names(archive: Path, limits: IntakeLimits) -> list[str]:
    """As `archive.names`, for 7z."""
    return [str(name) for name in _ask("names", archive, Path(), limits)["names"]]


def _ask(what: str, archive: Path, into: Path, limits: IntakeLimits) -> dict[str, Any]:
    if importlib.util.find_spec("py7zr") is None:
        raise UnpackerMissingError(
            notice("the grader cannot open 7z archives: the package py7zr is not installed"),
            notice("Install it where the grader is installed: pip install py7zr"),
        )
    question = json.dumps(
        {"what": what, "archive": str(archive), "into": str(into), "limits": vars(limits)}
    )
    root = Path(__file__).resolve().parents[2]
    start = f"import sys; sys.path.insert(0, {str(root)!r}); import {__name__} as m; m.main()"
    try:
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-I", "-c", start],
            input=question.encode(),
            capture_output=True,
            timeout=limits.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise refuse(
            "it took longer than {seconds} s to unpack; make a zip instead", seconds=limits.seconds
        ) from None
    try:
        reply = json.loads(done.stdout[:REPLY])
    except ValueError:
        raise refuse("it is damaged or needs too much memory; make a zip instead") from None
    if refused := reply.get("refused"):
        raise ArchiveRefusedError(Notice(refused["text"], refused["facts"]))
    if machine := reply.get("machine"):
        raise OSError(machine[0], machine[1])
    assert isinstance(reply, dict)  # noqa: S101 - for the type checker: we wrote it
    return reply


# --- in the child -----------------------------------------------------------------------


def main() -> None:
    """Answers the one question on stdin; every end is one line of JSON."""
    question = json.load(sys.stdin)
    limits = IntakeLimits(**question["limits"])
    _limit(limits)
    answer = sys.stdout
    sys.stdout = sys.stderr  # a library that prints must not spoil the answer
    try:
        reply = _answer(question["what"], Path(question["archive"]), Path(question["into"]), limits)
    except ArchiveRefusedError as error:
        reply = {"refused": _plain(error.said)}
    except OSError as error:
        reply = {"machine": [error.errno, error.strerror]}
    except MemoryError:
        reply = {"refused": _plain(notice("it needs too much memory; make a zip instead"))}
    json.dump(reply, answer)
    answer.flush()
    os._exit(0)  # threads of the library may still wait for each other


def _plain(said: Notice) -> dict[str, Any]:
    return {"text": said.text, "facts": dict(said.facts)}


def _limit(limits: IntakeLimits) -> None:
    try:
        import resource
    except ImportError:  # Windows: time is limited by the parent, memory is not
        return
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, limits.file),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, int(limits.seconds) + 1),
    ):
        _, hard = resource.getrlimit(what)
        if hard == resource.RLIM_INFINITY or most <= hard:
            resource.setrlimit(what, (most, most))


def _answer(what: str, archive: Path, into: Path, limits: IntakeLimits) -> dict[str, Any]:
    import py7zr

    with archive.open("rb") as raw:
        with parsing():
            opened = py7zr.SevenZipFile(raw, "r")
            if opened.needs_password():
                raise refuse("it is protected by a password; make a zip without one")
            members = [_member(file) for file in opened.files]
        if what == "names":
            return {"names": [m.name for m in members if m.type is Type.FILE][: limits.files + 1]}
        os.chdir(into)  # the library checks names against the current folder
        notices = _write(opened, members, archive.stat().st_size, limits)
    return {"notices": [_plain(said) for said in notices]}


def _member(file: Any) -> Member:
    if file.is_directory:
        kind = Type.FOLDER
    elif file.is_symlink or file.is_junction:
        kind = Type.LINK
    else:
        kind = Type.SPECIAL if file.is_socket else Type.FILE
    return Member(str(file.filename), kind, int(file.uncompressed or 0))


def _write(
    opened: Any, members: Sequence[Member], packed: int, limits: IntakeLimits
) -> tuple[Notice, ...]:
    """Hands every member to a sink, in the order in which the library unpacks them."""
    from py7zr.io import Py7zIO, WriterFactory

    from grader.readers.sink import Output, Sink

    sink = Sink(Path(), limits, packed)
    files = {member.name: member for member in members if member.type is Type.FILE}
    if len(files) < sum(member.type is Type.FILE for member in members):
        raise refuse("it holds a file twice; make a new zip")
    if sum(member.size for member in files.values()) > SLACK * limits.total:
        raise refuse("it unpacks to far more than is allowed; leave data sets out")
    for member in members:
        if member.type is not Type.FILE:
            sink.take(member)

    class Writer(Py7zIO):
        def __init__(self, output: Output | None) -> None:
            self._output = output
            self._size = 0

        def write(self, s: bytes | bytearray) -> int:
            self._size += len(s)
            return self._output.write(bytes(s)) if self._output else len(s)

        def read(self, size: int | None = None) -> bytes:
            return b""

        def seek(self, offset: int, whence: int = 0) -> int:
            return 0

        def flush(self) -> None:
            return

        def size(self) -> int:
            return self._size

        def close(self) -> None:
            if self._output:
                self._output.close()

    class Factory(WriterFactory):
        def create(self, filename: str) -> Writer:
            if (member := by_path.get(filename)) is None:
                raise refuse("the name {name} leads out of the folder", name=filename)
            return Writer(sink.take(member))

    by_path = {Path(name).as_posix(): member for name, member in files.items()}
    with parsing():
        opened.extract(targets=list(files), factory=Factory())
    return sink.notices()
