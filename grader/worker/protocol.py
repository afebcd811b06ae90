"""Frames: the bytes that the grader and a worker exchange, and the strict reading of them.

A frame is a 16-byte header and a payload. The grader sends CALLs; the worker replies to each with
exactly one ANSWER (to ``predict``) or REPORT (to everything else), bearing the call's number. A
reader (`grader.readers`), which unpacks an archive, sends NAMEs and DATA before its REPORT.

====== =========================================================================================
CALL   ``u32`` length of the meta data, the meta data (JSON object), raw bytes of one array
REPORT the same form; meta data at most MAX_META bytes, array at most the receiver's limit
ANSWER exactly ANSWER_BYTES: outcome ``u8``, length ``u8``, word in UTF-8 padded with zeros
NAME   relative path in UTF-8 of a file that follows, or of a folder, which ends in "/"
DATA   bytes of the file that was named last
====== =========================================================================================

Whatever comes from a worker may be forged by the code it runs, so reading accepts one form only:
every departure raises FrameError and ends the conversation.
"""

from __future__ import annotations

import math
import struct
from json import JSONEncoder, loads
from typing import TYPE_CHECKING, Any, BinaryIO, Dict, NamedTuple

if TYPE_CHECKING:
    from types import ModuleType

    import numpy as np

_codec: ModuleType | None = None

MAGIC = b"GRD1"
CALL, ANSWER, REPORT, NAME, DATA = 1, 2, 3, 4, 5
KINDS = (CALL, ANSWER, REPORT, NAME, DATA)

HEADER = struct.Struct("<4sB3xII")  # magic, kind, number, payload length (bytes)
LENGTH = struct.Struct("<I")
ENCODE = JSONEncoder(allow_nan=False).encode  # ours, whatever a submission does to the module
ANSWER_BYTES = 240
MAX_WORD = ANSWER_BYTES - 2  # bytes of UTF-8
MAX_META = 256 * 1024  # bytes of JSON
MAX_ARRAY = 64 * 1024 * 1024  # bytes
MAX_DEPTH = 16  # nested JSON containers
DTYPES = ("uint8", "int32", "float32")

# Outcomes of an ANSWER: what `predict` gave back.
WORD, WRONG_TYPE, RAISED = 0, 1, 2


class FrameError(Exception):
    """The other side sent bytes that are not a frame, or closed in the middle of one."""


class Frame(NamedTuple):
    """One frame as read: its kind, the number of the call it belongs to, its payload."""

    kind: int
    number: int
    payload: bytes


class Answer(NamedTuple):
    """What `predict` gave for one image: outcome (WORD, WRONG_TYPE, RAISED) and a short text."""

    outcome: int
    word: str


Meta = Dict[str, Any]


def write_frame(stream: BinaryIO, kind: int, number: int, payload: bytes) -> None:
    """Write one frame and flush it. Raises OSError when the other side is gone."""
    stream.write(HEADER.pack(MAGIC, kind, number, len(payload)))
    stream.write(payload)
    stream.flush()


def read_frame(stream: BinaryIO, limit: int) -> Frame | None:
    """Read one frame of at most `limit` bytes of payload; None at a clean end of the stream.

    Raises FrameError on a wrong magic, an unknown kind, a payload above `limit` or a torn frame.
    """
    head = _read_exactly(stream, HEADER.size)
    if head is None:
        return None
    magic, kind, number, length = HEADER.unpack(head)
    if magic != MAGIC:
        raise FrameError("expected a frame, found other bytes")
    if kind not in KINDS:
        raise FrameError(f"unknown kind of frame: {kind}")
    if length > limit:
        raise FrameError(f"a frame of {length} bytes is above the limit of {limit}")
    payload = _read_exactly(stream, length) if length else b""
    if payload is None:
        raise FrameError("the stream ended inside a frame")
    return Frame(kind, number, payload)


def _read_exactly(stream: BinaryIO, count: int) -> bytes | None:
    """`count` bytes; None if the stream ends before the first; FrameError if it ends later."""
    parts = []
    missing = count
    while missing:
        part = stream.read(missing)
        if not part:
            if missing == count:
                return None
            raise FrameError("the stream ended inside a frame")
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def codec() -> ModuleType:
    """What packs arrays, imported once: who exchanges none needs no numpy. A worker calls it before
    code of a submission can clear `sys.modules` or put another in its place.
    """
    global _codec
    if _codec is None:
        from . import arrays

        _codec = arrays
    return _codec


def pack_message(meta: Meta, array: np.ndarray[Any, Any] | None = None) -> bytes:
    """Payload of a CALL or REPORT: JSON meta data and at most one array (dtype of DTYPES)."""
    data = b""
    if array is not None:
        about, data = codec().packed(array)
        meta = dict(meta, array=about)
    text = ENCODE(meta).encode("ascii")
    return LENGTH.pack(len(text)) + text + data


def unpack_message(
    payload: bytes, limit: int = MAX_META
) -> tuple[Meta, np.ndarray[Any, Any] | None]:
    """Meta data (at most `limit` bytes) and array of a CALL's or REPORT's payload.

    Raises FrameError on any other form.
    """
    if len(payload) < 4:
        raise FrameError(f"a message needs 4 bytes of length, found {len(payload)}")
    (length,) = LENGTH.unpack_from(payload)
    if length > limit or 4 + length > len(payload):
        raise FrameError(f"meta data of {length} bytes do not fit")
    meta = parse_json(payload[4 : 4 + length])
    rest = payload[4 + length :]
    described = meta.pop("array", None)
    if described is None:
        if rest:
            raise FrameError(f"{len(rest)} bytes of an array that is not described")
        return meta, None
    return meta, codec().unpacked(described, rest)


def pack_answer(answer: Answer) -> bytes:
    """Payload of an ANSWER; a word longer than MAX_WORD bytes is cut at a character."""
    text = answer.word.encode("utf-8", "replace")[:MAX_WORD]
    text = text.decode("utf-8", "ignore").encode("utf-8")
    return bytes([answer.outcome, len(text)]) + text.ljust(MAX_WORD, b"\0")


def unpack_answer(payload: bytes) -> Answer:
    """The answer in an ANSWER's payload. Raises FrameError on any other form."""
    if len(payload) != ANSWER_BYTES:
        raise FrameError(f"an answer has {ANSWER_BYTES} bytes, found {len(payload)}")
    outcome, length = payload[0], payload[1]
    if outcome not in (WORD, WRONG_TYPE, RAISED):
        raise FrameError(f"unknown outcome of an answer: {outcome}")
    if length > MAX_WORD or any(payload[2 + length :]):
        raise FrameError("an answer's word has the wrong length")
    try:
        return Answer(outcome, payload[2 : 2 + length].decode("utf-8"))
    except UnicodeDecodeError:
        raise FrameError("an answer's word is not UTF-8") from None


def parse_json(data: bytes) -> Meta:
    """A JSON object, read strictly: finite numbers of ordinary size, no duplicate keys, no lone
    surrogates, at most MAX_DEPTH containers deep. Raises FrameError otherwise.
    """
    try:
        value = loads(
            data.decode("utf-8"),
            object_pairs_hook=_unique_keys,
            parse_int=_bounded_int,
            parse_float=_finite_float,
            parse_constant=_no_constant,
        )
    except (ValueError, RecursionError) as error:
        raise FrameError(f"not strict JSON: {error}") from None
    if not isinstance(value, dict):
        raise FrameError(f"expected a JSON object, found {type(value).__name__}")
    _require_sane(value, MAX_DEPTH)
    return value


def _unique_keys(pairs: Any) -> Meta:
    result: Meta = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("duplicate key")
    return result


def _bounded_int(text: str) -> int:
    if len(text) > 18:
        raise ValueError(f"a number of {len(text)} digits")
    return int(text)


def _finite_float(text: str) -> float:
    if len(text) > 32:
        raise ValueError(f"a number of {len(text)} characters")
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("a number that is not finite")
    return value


def _no_constant(text: str) -> float:
    raise ValueError(f"{text} is not a number")


def _require_sane(value: Any, depth: int) -> None:
    """Bounded nesting; no lone surrogates, which pass the parser and break whoever writes them."""
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise FrameError("a string with a lone surrogate") from None
    elif isinstance(value, (dict, list)):
        if depth == 0:
            raise FrameError(f"JSON nested deeper than {MAX_DEPTH}")
        if isinstance(value, dict):
            for key in value:
                _require_sane(key, depth)
            value = list(value.values())
        for item in value:
            _require_sane(item, depth - 1)
