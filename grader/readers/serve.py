"""The readers' loop: a call in; files and a report out; until the grader closes its end."""

from __future__ import annotations

import errno
import os
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from grader.readers import time_limits
from grader.readers.file_stream import Streamed
from grader.readers.limits import IntakeLimits
from grader.readers.notices import ArchiveRefusedError, FormatUnknownError, Notice
from grader.worker import protocol

MAX_TRACEBACK_CHARS = 4_000  # characters of a traceback that are told
# What no bytes of a submission bring about: the machine's disk or its tables are full or broken.
MACHINE = (errno.EIO, errno.ENOSPC, errno.EDQUOT, errno.ESTALE, errno.EMFILE, errno.ENFILE)


def serve(memory: int) -> None:
    """Answer calls, with `memory` MiB of address space; leaves the process in the end."""
    calls, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not spoil the answers
    time_limits.bound_memory(memory)
    while True:
        try:
            frame = protocol.read_frame(calls, protocol.MAX_META + protocol.LENGTH.size)
        except (OSError, protocol.FrameError):
            os._exit(1)
        if frame is None:
            os._exit(0)  # threads of a library may still wait for each other
        meta, _ = protocol.unpack_message(frame.payload)
        begun = time.process_time()
        report = _sayable(_perform(meta, replies, frame.number))
        report["spent"] = time.process_time() - begun
        protocol.write_frame(replies, protocol.REPORT, frame.number, protocol.pack_message(report))


def _perform(meta: protocol.Meta, replies: BinaryIO, number: int) -> protocol.Meta:
    """What the operation reports. Every end of it is a report."""
    operation, seconds = OPERATIONS[meta.pop("op")], float(meta.pop("seconds"))
    time_limits.end_if_stuck(seconds)
    try:
        with time_limits.within(seconds):
            return operation(meta, replies, number)
    except ArchiveRefusedError as error:
        return {"refused": plain(error.said)}
    except FormatUnknownError as error:
        return {"unknown": error.format}
    except time_limits.OverTimeError:
        return {"over": "time"}
    except MemoryError:
        return {"over": "memory"}
    except ImportError as error:  # a library of the grader's: what is submitted is not imported
        return {"lacking": str(error.name or error)}
    except OSError as error:
        if error.errno in MACHINE:
            return {"machine": [error.errno, str(error.strerror)]}
        return {"failed": _told()}
    except Exception:  # parsers of hostile bytes raise whatever Python can
        return {"failed": _told()}


def _told() -> str:
    return traceback.format_exc()[-MAX_TRACEBACK_CHARS:]


def _sayable(value: Any) -> Any:
    """The value without half surrogate pairs, which sources and names can hold."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_sayable(name): _sayable(inner) for name, inner in value.items()}
    return [_sayable(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def plain(said: Notice) -> dict[str, Any]:
    """A notice as JSON has it."""
    facts = {
        name: fact if isinstance(fact, str) else plain(fact) for name, fact in said.facts.items()
    }
    return {"text": said.text, "facts": facts}


def _unpack(meta: protocol.Meta, replies: BinaryIO, number: int) -> protocol.Meta:
    from grader.readers.archive import unpack

    limits = IntakeLimits(**meta["limits"])
    said = unpack(Path(meta["archive"]), Streamed(replies, number), limits)
    return {"notices": [plain(notice) for notice in said]}


def _names(meta: protocol.Meta, replies: BinaryIO, number: int) -> protocol.Meta:
    from grader.readers.archive import names

    found = names(Path(meta["archive"]), IntakeLimits(**meta["limits"]))
    return {"names": found}


def _scan(meta: protocol.Meta, replies: BinaryIO, number: int) -> protocol.Meta:
    from grader.readers.source_scan import Scanner

    sys.setrecursionlimit(1_000)
    scanner = Scanner(Path(meta["folder"]), meta["parse"], meta["each"])
    return scanner.scan(meta["entry"], meta["function"])


def _plain(meta: protocol.Meta, replies: BinaryIO, number: int) -> protocol.Meta:
    from grader.readers.plain_sources import make_plain

    return make_plain(Path(meta["folder"]), Streamed(replies, number), meta["each"])


def _records(meta: protocol.Meta, replies: BinaryIO, number: int) -> protocol.Meta:
    from grader.readers.records import read_records

    return read_records(Path(meta["folder"]), meta["each"])


def _prints(meta: protocol.Meta, replies: BinaryIO, number: int) -> protocol.Meta:
    from grader.readers.prints import read_prints

    return read_prints(Path(meta["folder"]), meta["each"])


def _weights(meta: protocol.Meta, replies: BinaryIO, number: int) -> protocol.Meta:
    from grader.readers.prints import read_weights

    return read_weights(Path(meta["folder"]), meta["files"], meta["each"])


def _show(meta: protocol.Meta, replies: BinaryIO, number: int) -> protocol.Meta:
    from grader.readers.report_blocks import show

    return {"blocks": show(Path(meta["folder"]) / meta["file"])}


OPERATIONS: dict[str, Callable[[protocol.Meta, BinaryIO, int], protocol.Meta]] = {
    "unpack": _unpack,
    "names": _names,
    "scan": _scan,
    "plain": _plain,
    "records": _records,
    "prints": _prints,
    "weights": _weights,
    "show": _show,
}
