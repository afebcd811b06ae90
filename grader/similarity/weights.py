"""Prints of the tensors in files of weights, whatever they are called there.

Bytes are only hashed: nothing is unpickled, no framework is asked. A zip (PyTorch, Keras, NumPy) is
taken apart by its directory, MindSpore's checkpoints and safetensors by their layout; any other
file counts as one tensor.
"""

from __future__ import annotations

import json
import struct
import zipfile
from collections.abc import Iterator
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import IO, BinaryIO

import numpy as np
from numpy.typing import NDArray

SUFFIXES = (
    *(".ckpt", ".pth", ".pt", ".h5", ".hdf5", ".keras", ".safetensors", ".npz", ".npy", ".onnx"),
    *(".mindir", ".bin", ".pkl", ".pickle", ".pdparams", ".tflite", ".weights", ".tar"),
)
SMALLEST = 256  # bytes of a tensor that tells anything: 64 float32
TENSORS = 4000  # of one file
READ = 1024 * 1024 * 1024  # bytes of one file, unpacked
_CHUNK = 1024 * 1024


class _NotThisError(Exception):
    """The file is not laid out as it was taken for."""


def prints(path: Path) -> NDArray[np.uint64]:
    """The prints of the file's tensors: sorted, each once; uint64 (N,).

    Tensors below SMALLEST bytes and those of one value throughout are left out: they are alike in
    networks that have nothing to do with each other. Raises OSError.
    """
    with path.open("rb") as file:
        try:
            found = list(islice(_tensors(file), TENSORS))
        except Exception:  # a damaged file can make a reader raise anything
            found = []
        if not found:
            file.seek(0)
            found = [_print(_pieces(file, READ))]
    return np.unique(np.array([value for value in found if value is not None], np.uint64))


def _tensors(file: BinaryIO) -> Iterator[int | None]:
    head = file.read(8)
    file.seek(0)
    if head.startswith(b"PK\x03\x04"):
        return _of_zip(file)
    if head[:1] == b"\x0a":
        return _of_checkpoint(file)
    return _of_safetensors(file)


def _print(pieces: Iterator[bytes]) -> int | None:
    """Eight bytes of a digest over the pieces; None for a tensor that tells nothing."""
    digest, size, varied, first = blake2b(digest_size=8), 0, False, b""
    for piece in pieces:
        first = first or piece[:8]
        size += len(piece)
        varied = varied or piece != (first * (len(piece) // 8 + 1))[: len(piece)]
        digest.update(piece)
    return struct.unpack("<Q", digest.digest())[0] if size >= SMALLEST and varied else None


def _pieces(file: IO[bytes], size: int) -> Iterator[bytes]:
    while size > 0 and (piece := file.read(min(size, _CHUNK))):
        size -= len(piece)
        yield piece


def _of_zip(file: BinaryIO) -> Iterator[int | None]:
    left = READ
    with zipfile.ZipFile(file) as archive:
        for member in archive.infolist():
            if member.is_dir() or member.file_size < SMALLEST or member.file_size > left:
                continue
            if member.filename.endswith((".pkl", ".py", ".json")):
                continue  # names and structure, not weights
            left -= member.file_size
            with archive.open(member) as opened:
                yield _print(_pieces(opened, _past_header(opened, member.file_size)))


def _past_header(file: IO[bytes], size: int) -> int:
    """Skip the header that NumPy puts before each array; the bytes that are left of `size`."""
    head = file.read(10)
    length = 10 + struct.unpack("<H", head[8:])[0] if head.startswith(b"\x93NUMPY") else 0
    file.seek(min(length, size))
    return size - min(length, size)


def _of_safetensors(file: BinaryIO) -> Iterator[int | None]:
    """Its header: the length as uint64, then {name: {data_offsets: [from, to]}} as JSON."""
    (length,) = struct.unpack("<Q", file.read(8).ljust(8, b"\xff"))
    if length > _CHUNK:
        raise _NotThisError
    header = json.loads(file.read(length))
    if not isinstance(header, dict):
        raise _NotThisError
    for name, about in header.items():
        if name == "__metadata__":
            continue
        try:
            begin, end = map(int, about["data_offsets"])
        except (TypeError, KeyError, ValueError):
            raise _NotThisError from None
        file.seek(8 + length + max(begin, 0))
        yield _print(_pieces(file, min(end - begin, READ)))


def _of_checkpoint(file: BinaryIO) -> Iterator[int | None]:
    """MindSpore's ``Checkpoint``: field 1 repeats {1: name, 2: tensor {…, 3: content}}; a large
    tensor comes as several values of one name.
    """
    end = file.seek(0, 2)
    file.seek(0)
    while file.tell() < end:
        value_end = _field(file, end)
        if value_end is None:
            raise _NotThisError
        if value_end[0] != 1:
            raise _NotThisError
        content = _content(file, value_end[1])
        if content:
            yield _print(_pieces(file, content))
        file.seek(value_end[1])


def _content(file: BinaryIO, end: int) -> int:
    """Where the file stands at the tensor's content: its bytes; 0 where the value has none."""
    for wanted in (2, 3):
        while (found := _field(file, end)) is not None and found[0] != wanted:
            file.seek(found[1])
        if found is None:
            return 0
        end = found[1]
    return end - file.tell()


def _field(file: BinaryIO, end: int) -> tuple[int, int] | None:
    """The number of the field that begins here and where it ends; the file stands at its content
    then. None at `end`. Raises _NotThisError for what is no protocol buffer.
    """
    if file.tell() >= end:
        return None
    key = _varint(file)
    if key & 7 == 0:
        _varint(file)
        return key >> 3, file.tell()
    if key & 7 != 2:
        raise _NotThisError
    length = _varint(file)
    if file.tell() + length > end:
        raise _NotThisError
    return key >> 3, file.tell() + length


def _varint(file: BinaryIO) -> int:
    value = 0
    for shift in range(0, 64, 7):
        byte = file.read(1)
        if not byte:
            raise _NotThisError
        value |= (byte[0] & 0x7F) << shift
        if byte[0] < 0x80:
            return value
    raise _NotThisError
