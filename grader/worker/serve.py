"""The worker's loop: a call in, a reply out, until the grader says bye."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Any

import numpy as np

from . import protocol
from .channel import Channel
from .session import WorkerSession
from .text import clean, text_of

LONGEST_LIST = 2000  # items of a list in a reply


def serve() -> None:
    """Answer calls; leaves the process when the other side says bye or is gone."""
    protocol.codec()
    channel = Channel()
    session = WorkerSession()
    while True:
        try:
            frame = channel.read()
        except (OSError, protocol.FrameError):
            os._exit(1)
        if frame is None:
            os._exit(0)
        try:
            _reply(channel, session, frame)
        except OSError:
            os._exit(1)


def _reply(channel: Channel, session: WorkerSession, frame: protocol.Frame) -> None:
    try:
        meta, array = protocol.unpack_message(frame.payload)
        operation = str(meta.pop("op", ""))
    except protocol.FrameError as error:
        return channel.write(
            protocol.REPORT, frame.number, protocol.pack_message({"error": str(error)})
        )
    if operation == "bye":
        channel.write(protocol.REPORT, frame.number, protocol.pack_message({}))
        _flush()
        os._exit(0)  # threads and exit functions of the submission must not hold us up
    if operation == "predict":
        named, text = str(meta.get("function", "")), bool(meta.get("text"))
        answer = protocol.pack_answer(session.predict(array, named, text))
        return channel.write(protocol.ANSWER, frame.number, answer)
    report, result = _perform(session, operation, meta, array)
    return channel.write(protocol.REPORT, frame.number, _packed(report, result))


def _perform(
    session: WorkerSession, operation: str, meta: protocol.Meta, array: np.ndarray[Any, Any] | None
) -> tuple[protocol.Meta, np.ndarray[Any, Any] | None]:
    perform = session.operations().get(operation)
    if perform is None:
        return {"error": f"there is no operation {clean(operation)!r}"}, None
    try:
        return perform(meta, array)
    except BaseException as error:  # ours or the submission's: the worker goes on either way
        return session.escaped(operation, error), None


def _packed(report: protocol.Meta, result: np.ndarray[Any, Any] | None) -> bytes:
    """The reply's payload; where it is too large, an error in its place."""
    payload = protocol.pack_message(_plain(report), result)
    if len(payload) - (result.nbytes if result is not None else 0) > protocol.MAX_META:
        return protocol.pack_message({"error": "the reply is too large"})
    return payload


def _plain(value: Any) -> Any:
    """The value as strict JSON has it: finite numbers, exact types, bounded strings and lists."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return clean(value, 8000)
    if isinstance(value, (int, np.integer)):
        return max(-(2**53), min(2**53, int(value)))
    if isinstance(value, (float, np.floating)):
        return float(value) if np.isfinite(value) else None
    if isinstance(value, dict):
        return {clean(str(key), 200): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value[:LONGEST_LIST]]
    return text_of(value)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BaseException):  # whatever the submission left in their place
            stream.flush()
