"""What is read from a worker is a frame or a FrameError, whatever the bytes."""

from __future__ import annotations

import io
import json
import random
import struct
import time
import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.worker import protocol
from grader.worker.protocol import Answer, FrameError

LIMIT = 1 << 16
FUZZING = 6.0  # seconds at most
FUZZED = 1_000_000

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
plain = st.recursive(
    st.none() | st.booleans() | st.integers(1 - 10**17, 10**17 - 1) | text
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
    max_leaves=10,
)  # fmt: skip
meta = st.dictionaries(text.filter(lambda key: key != "array"), plain, max_size=4)


def read(data: bytes) -> protocol.Frame | None:
    return protocol.read_frame(io.BytesIO(data), LIMIT)


@given(st.sampled_from([1, 2, 3]), st.integers(0, 2**32 - 1), st.binary(max_size=300))
def test_frame_written_is_the_frame_read(kind: int, number: int, payload: bytes) -> None:
    stream = io.BytesIO()
    protocol.write_frame(stream, kind, number, payload)
    assert read(stream.getvalue()) == (kind, number, payload)


@given(st.binary(max_size=400))
@example(b"GRD1\x02\0\0\0\0\0\0\0\xff\xff\xff\xff")
@example(b"GRD1\x04\0\0\0\0\0\0\0\0\0\0\0")
@example(b"GRD1")
def test_any_bytes_are_a_frame_an_end_or_a_frame_error(data: bytes) -> None:
    try:
        found = read(data)
    except FrameError:
        return
    assert (found is None) == (data == b"")


@given(st.binary(min_size=1, max_size=60), st.data())
def test_torn_frame_is_an_error(payload: bytes, data: st.DataObject) -> None:
    stream = io.BytesIO()
    protocol.write_frame(stream, protocol.REPORT, 7, payload)
    whole = stream.getvalue()
    kept = data.draw(st.integers(1, len(whole) - 1))
    with pytest.raises(FrameError):
        read(whole[:kept])


@given(meta)
def test_message_without_array_comes_back(message: dict[str, Any]) -> None:
    assert protocol.unpack_message(protocol.pack_message(message)) == (message, None)


@given(
    meta,
    st.sampled_from(protocol.DTYPES),
    st.lists(st.integers(0, 5), min_size=1, max_size=4),
)
def test_message_with_array_comes_back(
    message: dict[str, Any], dtype: str, shape: list[int]
) -> None:
    array = np.arange(int(np.prod(shape)), dtype=dtype).reshape(shape)
    found, back = protocol.unpack_message(protocol.pack_message(message, array))
    assert found == message
    assert back is not None
    assert (back.dtype, back.shape) == (array.dtype, array.shape)
    assert (back == array).all()


@given(st.binary(max_size=300))
def test_any_payload_is_a_message_or_a_frame_error(payload: bytes) -> None:
    for unpack in (protocol.unpack_message, protocol.unpack_answer):
        try:
            unpack(payload)
        except FrameError:
            continue


@given(st.sampled_from([protocol.WORD, protocol.WRONG_TYPE, protocol.RAISED]), text)
def test_answer_comes_back(outcome: int, word: str) -> None:
    found = protocol.unpack_answer(protocol.pack_answer(Answer(outcome, word)))
    assert found.outcome == outcome
    assert word.startswith(found.word)
    assert found.word == word or len(word.encode()) > protocol.MAX_WORD


@pytest.mark.parametrize(
    "text",
    [
        "[]", "1", '"a"', "null", "true", "", "{", '{"a": NaN}', '{"a": Infinity}',
        '{"a": -Infinity}', '{"a": 1e999}', '{"a": 1, "a": 2}', '{"a": "\\ud800"}',
        '{"\\ud800": 1}', '{"a": ' + "9" * 100_000 + "}", '{"a": 0.' + "1" * 100_000 + "}",
        '{"a": ' + "[" * 100_000 + "]" * 100_000 + "}", '{"a": ' + '{"b": ' * 20 + "1" + "}" * 21,
        "\ufeff{}", "{} {}", '{"a": 1}\0',
    ],
    ids=lambda text: text[:20].encode("unicode_escape").decode(),
)  # fmt: skip
def test_json_other_than_a_plain_object_is_an_error(text: str) -> None:
    with pytest.raises(FrameError):
        protocol.parse_json(text.encode("utf-8"))


@pytest.mark.parametrize(
    "described",
    [
        None, 1, [], {}, {"dtype": "uint8"}, {"dtype": "object", "shape": [4]},
        {"dtype": "uint8", "shape": [-1]}, {"dtype": "uint8", "shape": [2**62, 4]},
        {"dtype": "uint8", "shape": [4.0]}, {"dtype": "uint8", "shape": [True] * 3},
        {"dtype": "uint8", "shape": [1] * 9}, {"dtype": "float32", "shape": [4]},
        {"dtype": "uint8", "shape": "4"}, {"dtype": ["uint8"], "shape": [4]},
        {"dtype": "uint8", "shape": [4], "order": "F"}, {"dtype": "U4", "shape": [1]},
    ],
    ids=str,
)  # fmt: skip
def test_array_that_is_not_as_described_is_an_error(described: Any) -> None:
    head = json.dumps({"array": described}).encode()
    with pytest.raises(FrameError):
        protocol.unpack_message(struct.pack("<I", len(head)) + head + b"1234")


def test_a_million_mangled_frames_raise_nothing_else_and_keep_no_memory() -> None:
    """Mangled rather than random: most of each frame is right, so that every check is reached."""
    chance = random.Random(26)
    whole = [
        frame(protocol.REPORT, protocol.pack_message({"a": [1, 2.5, "x"], "ok": True})),
        frame(protocol.REPORT, protocol.pack_message({"b": {}}, np.zeros((2, 3), np.float32))),
        frame(protocol.ANSWER, protocol.pack_answer(Answer(protocol.WORD, "绿色"))),
        frame(protocol.ANSWER, protocol.pack_answer(Answer(protocol.RAISED, "error"))),
    ]
    until = time.monotonic() + FUZZING
    tracemalloc.start()
    try:
        for _ in range(2000):
            read_all(mangled(chance, whole))
        before, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    for count in range(FUZZED):
        read_all(mangled(chance, whole))
        if count % 1000 == 0 and time.monotonic() > until:
            break
    tracemalloc.start()
    try:
        for _ in range(2000):
            read_all(mangled(chance, whole))
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count > 20_000
    assert abs(after - before) < 200_000


def frame(kind: int, payload: bytes) -> bytes:
    stream = io.BytesIO()
    protocol.write_frame(stream, kind, 3, payload)
    return stream.getvalue()


def mangled(chance: random.Random, whole: list[bytes]) -> bytes:
    data = bytearray(chance.choice(whole))
    for _ in range(chance.randrange(4)):
        at = chance.randrange(len(data))
        what = chance.randrange(3)
        if what == 0:
            data[at] = chance.randrange(256)
        elif what == 1:
            del data[at : at + chance.randrange(1, 9)]
        else:
            data[at:at] = chance.randbytes(chance.randrange(1, 9))
        if not data:
            return b""
    return bytes(data)


def read_all(data: bytes) -> None:
    """Read as the grader does. Raises what is no FrameError."""
    stream = io.BytesIO(data)
    try:
        while (found := protocol.read_frame(stream, LIMIT)) is not None:
            if found.kind == protocol.ANSWER:
                protocol.unpack_answer(found.payload)
            else:
                protocol.unpack_message(found.payload)
    except FrameError:
        return
