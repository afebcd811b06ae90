"""Prints of the tensors in files of weights, whatever they are called there.

Bytes are only hashed: nothing is unpickled, no framework is asked. A zip (PyTorch, Keras, NumPy) is
taken apart by its directory, MindSpore's checkpoints and safetensors by their layout; any other
file counts as one tensor.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO, NamedTuple

from grader.readers.archive_members import entries
from grader.readers.limits import MIB, IntakeLimits
from grader.readers.parsing import MemberType

SUFFIXES = (
    *(".ckpt", ".pth", ".pt", ".h5", ".hdf5", ".keras", ".safetensors", ".npz", ".npy", ".onnx"),
    *(".mindir", ".bin", ".pkl", ".pickle", ".pdparams", ".tflite", ".weights", ".tar"),
)
MIN_TENSOR_BYTES = 256  # bytes of a tensor that tells anything: 64 float32
TENSORS = 4000  # of one file
MAX_STRUCTURE_BYTES = 4 * MIB  # bytes of what describes a network beside its weights
FIELDS = 10 * TENSORS  # of a protocol buffer that are read
MAX_UNPACKED_BYTES = 1024 * MIB  # bytes of one file, unpacked
# Of a packed file, unpacked in any case; else MAX_UNPACKED_TIMES its size.
ALWAYS_UNPACKED_BYTES = 16 * MIB
MAX_UNPACKED_TIMES = 4  # trained weights shrink hardly at all when they are packed

_ZIP = b"PK\x03\x04"
_ARRAY = b"\x93NUMPY"  # begins what NumPy saves


class _NotThisError(Exception):
    """The file is not laid out as it was taken for."""


class _TooManyError(Exception):
    """It is laid out so, and has more parts, or larger ones, than are looked at."""


class FilePrints(NamedTuple):
    """The prints of a file's tensors: sorted, each once, of 64 bits. whole: of all of them."""

    found: list[int]
    whole: bool


def file_prints(path: Path) -> FilePrints:
    """The prints of the tensors in the file.

    Tensors below MIN_TENSOR_BYTES and those of one value throughout are left out: they are
    alike in networks that have nothing to do with each other. Raises OSError.
    """
    found: list[int | None] = []
    whole = True
    with path.open("rb") as file:
        packed = file.read(len(_ZIP)) == _ZIP
        file.seek(0)
        try:
            for value in _tensors(path, file):
                if len(found) == TENSORS:
                    raise _TooManyError
                found.append(value)
        except _TooManyError:
            whole = False
        except Exception:  # a damaged file can make a reader raise anything
            found, whole = (found, False) if packed else ([], True)
        if not found:
            file.seek(0)
            found = [_print(_pieces(file, MAX_UNPACKED_BYTES))]
            whole = whole and path.stat().st_size <= MAX_UNPACKED_BYTES
    return FilePrints(sorted({value for value in found if value is not None}), whole)


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
    if head.startswith(_ZIP):
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
    too_large = False
    for number, (member, content) in enumerate(entries(path, IntakeLimits(files=2 * TENSORS))):
        if number == 2 * TENSORS:
            raise _TooManyError
        if member.type is not MemberType.FILE or member.size < MIN_TENSOR_BYTES:
            continue
        if member.size > left:
            too_large = True  # smaller ones behind it are looked at
        elif not _is_structure(member.name, member.size, content):
            left -= member.size
            yield _print(content())
    if too_large:
        raise _TooManyError


def _is_structure(name: str, size: int, content: Callable[[], Iterable[bytes]]) -> bool:
    """Whether a member holds names and structure and no weights: it is called so, and is it."""
    if not name.endswith((".pkl", ".py", ".json")) or size > MAX_STRUCTURE_BYTES:
        return False
    data = b"".join(content())
    if name.endswith(".pkl"):
        return data.startswith(b"\x80") and data.endswith(b".")
    try:
        return "\0" not in data.decode()
    except UnicodeDecodeError:
        return False


def _of_safetensors(path: Path, file: BinaryIO) -> Iterator[int | None]:
    """Its header: the length as uint64, then {name: {data_offsets: [from, to]}} as JSON."""
    (length,) = struct.unpack("<Q", file.read(8).ljust(8, b"\xff"))
    if length > MIB:
        raise _TooManyError if file.read(2) == b'{"' else _NotThisError
    header, left = json.loads(file.read(length)), _affordable(path)
    header.pop("__metadata__", None)
    for about in header.values():
        begin, end = map(int, about["data_offsets"])
        if end - begin > left:
            raise _TooManyError
        file.seek(8 + length + max(begin, 0))
        yield _print(_pieces(file, end - begin))
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
        if key & 7 == 2 and self._left < 0:
            raise _TooManyError
        if key & 7 != 2 or self._file.tell() + size > end:
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
