"""Prints of the tensors in files of weights, whatever they are called there.

Bytes are only hashed: nothing is unpickled, no framework is asked. A zip (PyTorch, Keras, NumPy) is
taken apart by its directory, MindSpore's checkpoints and safetensors by their layout; any other
file counts as one tensor.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from grader.readers.archive_members import entries
from grader.readers.limits import MIB, IntakeLimits
from grader.readers.parsing import MemberType

SUFFIXES = (
    *(".ckpt", ".pth", ".pt", ".h5", ".hdf5", ".keras", ".safetensors", ".npz", ".npy", ".onnx"),
    *(".mindir", ".bin", ".pkl", ".pickle", ".pdparams", ".tflite", ".weights", ".tar"),
)
MIN_TENSOR_BYTES = 256  # bytes of a tensor that tells anything: 64 float32
TENSORS = 4000  # of one file
FIELDS = 10 * TENSORS  # of a protocol buffer that are read
MAX_UNPACKED_BYTES = 1024 * MIB  # bytes of one file, unpacked
# Of a packed file, unpacked in any case; else MAX_UNPACKED_TIMES its size.
ALWAYS_UNPACKED_BYTES = 16 * MIB
MAX_UNPACKED_TIMES = 4  # trained weights shrink hardly at all when they are packed

_ARRAY = b"\x93NUMPY"  # begins what NumPy saves


class _NotThisError(Exception):
    """The file is not laid out as it was taken for."""


def prints(path: Path) -> list[int]:
    """The prints of the file's tensors: sorted, each once, of 64 bits.

    Tensors below MIN_TENSOR_BYTES and those of one value throughout are left out: they are
    alike in networks that have nothing to do with each other. Raises OSError.
    """
    with path.open("rb") as file:
        try:
            found = list(islice(_tensors(path, file), TENSORS))
        except Exception:  # a damaged file can make a reader raise anything
            found = []
        if not found:
            file.seek(0)
            found = [_print(_pieces(file, MAX_UNPACKED_BYTES))]
    return sorted({value for value in found if value is not None})


def of_bytes(content: bytes) -> int:
    """The print of a content that is one tensor, whatever it holds."""
    return int(struct.unpack("<Q", blake2b(content, digest_size=8).digest())[0])


def _affordable(path: Path) -> int:
    """Bytes of tensors that are looked at in the file, however often or densely it has them."""
    return min(
        MAX_UNPACKED_BYTES, max(ALWAYS_UNPACKED_BYTES, MAX_UNPACKED_TIMES * path.stat().st_size)
    )


def _tensors(path: Path, file: BinaryIO) -> Iterator[int | None]:
    head = file.read(8)
    file.seek(0)
    if head.startswith(b"PK\x03\x04"):
        return _of_zip(path)
    if head[:1] == b"\x0a":
        return _Checkpoint(file).prints()
    return _of_safetensors(path, file)


def _print(pieces: Iterable[bytes]) -> int | None:
    """Eight bytes of a digest over the pieces; None for a tensor that tells nothing."""
    digest, size, varied, first = blake2b(digest_size=8), 0, False, b""
    for piece in pieces:
        if not size and piece.startswith(_ARRAY):
            piece = piece[10 + int.from_bytes(piece[8:10], "little") :]
        first = first or piece[:8]
        size += len(piece)
        varied = varied or piece != (first * (len(piece) // 8 + 1))[: len(piece)]
        digest.update(piece)
    return struct.unpack("<Q", digest.digest())[0] if size >= MIN_TENSOR_BYTES and varied else None


def _pieces(file: BinaryIO, size: int) -> Iterator[bytes]:
    while size > 0 and (piece := file.read(min(size, MIB))):
        size -= len(piece)
        yield piece


def _of_zip(path: Path) -> Iterator[int | None]:
    left = _affordable(path)
    for member, content in entries(path, IntakeLimits(files=2 * TENSORS)):
        if member.name.endswith((".pkl", ".py", ".json")):
            continue  # names and structure, not weights
        if member.type is MemberType.FILE and MIN_TENSOR_BYTES <= member.size <= left:
            left -= member.size
            yield _print(content())


def _of_safetensors(path: Path, file: BinaryIO) -> Iterator[int | None]:
    """Its header: the length as uint64, then {name: {data_offsets: [from, to]}} as JSON."""
    (length,) = struct.unpack("<Q", file.read(8).ljust(8, b"\xff"))
    if length > MIB:
        raise _NotThisError
    header, left = json.loads(file.read(length)), _affordable(path)
    header.pop("__metadata__", None)
    for about in header.values():
        begin, end = map(int, about["data_offsets"])
        file.seek(8 + length + max(begin, 0))
        yield _print(_pieces(file, min(end - begin, left)))
        left -= max(end - begin, 0)


class _Checkpoint:
    """MindSpore's: field 1 repeats {1: name, 2: tensor {…, 3: content}}; a large tensor comes as
    several values of one name. Walked field by field: protobuf itself would build all of it, and a
    bomb of empty values, in memory.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._left = FIELDS  # such fields can be empty, and millions

    def prints(self) -> Iterator[int | None]:
        end = self._file.seek(0, 2)
        self._file.seek(0)
        while (value := self._field(end)) is not None:
            if value[0] != 1:
                raise _NotThisError
            if (size := self._content(value[1])) > 0:
                yield _print(_pieces(self._file, size))
            self._file.seek(value[1])

    def _content(self, end: int) -> int:
        """Put the file to the tensor's content: its bytes; 0 where the value has none."""
        for wanted in (2, 3):
            while (found := self._field(end)) is not None and found[0] != wanted:
                self._file.seek(found[1])
            if found is None:
                return 0
            end = found[1]
        return end - self._file.tell()

    def _field(self, end: int) -> tuple[int, int] | None:
        """The number of the field that begins here and where it ends; the file stands at its
        content then. None at `end`. Raises _NotThisError for what is no protocol buffer.
        """
        self._left -= 1
        if self._file.tell() >= end:
            return None
        key = self._varint()
        if key & 7 == 0:
            self._varint()
            return key >> 3, self._file.tell()
        size = self._varint()
        if key & 7 != 2 or self._left < 0 or self._file.tell() + size > end:
            raise _NotThisError
        return key >> 3, self._file.tell() + size

    def _varint(self) -> int:
        value = 0
        for shift in range(0, 64, 7):
            byte = self._file.read(1)
            if not byte:
                raise _NotThisError
            value |= (byte[0] & 0x7F) << shift
            if byte[0] < 0x80:
                return value
        raise _NotThisError
