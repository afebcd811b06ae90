"""Members of a zip that bzip2 or LZMA packed: unpacked with a bound on each step.

`zipfile` hands such a decompressor some bytes and takes all that comes of them: 4 KiB of bzip2 can
be gigabytes.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import IO, Any
from zlib import crc32

from grader.readers.notices import FormatUnknownError, refuse
from grader.readers.parsing import parsing

CHUNK_BYTES = 64 * 1024  # bytes at a time, packed and unpacked
_HEAD, _PROPERTIES = 4, 5  # bytes of LZMA's head in a zip (APPNOTE 5.8.8) and of its properties


def chunks(raw: IO[bytes], info: zipfile.ZipInfo, begin: int) -> Iterator[bytes]:
    """The bytes of the member `info`, whose packed ones begin at `begin` of the zip `raw`."""
    left, checked, size, head = info.compress_size, 0, 0, 0
    with parsing():
        raw.seek(begin)
        if info.compress_type == zipfile.ZIP_LZMA:
            unpacker, head = _lzma(raw)
        else:
            unpacker = _bzip2()
    left -= head
    begin += head
    while not unpacker.eof and size < info.file_size:
        with parsing():
            packed = b""
            if unpacker.needs_input:
                raw.seek(begin)  # whoever takes the members may have read elsewhere meanwhile
                packed = raw.read(min(CHUNK_BYTES, left))
                if not packed:
                    raise EOFError
            begin += len(packed)
            left -= len(packed)
            chunk = unpacker.decompress(packed, CHUNK_BYTES)[: info.file_size - size]
        checked, size = crc32(chunk, checked), size + len(chunk)
        if chunk:
            yield chunk
    if size < info.file_size or checked != info.CRC:
        raise refuse("it is damaged or incomplete; make a new zip and upload it again")


def _bzip2() -> Any:
    try:
        import bz2
    except ImportError:
        raise FormatUnknownError("zip (bzip2)") from None
    return bz2.BZ2Decompressor()


def _lzma(raw: IO[bytes]) -> tuple[Any, int]:
    """The decompressor, and how many bytes its head has."""
    try:
        import lzma
    except ImportError:
        raise FormatUnknownError("zip (LZMA)") from None
    head = raw.read(_HEAD + _PROPERTIES)
    if len(head) < _HEAD + _PROPERTIES or head[2] != _PROPERTIES:
        raise EOFError
    packed, dictionary = head[4], int.from_bytes(head[5:9], "little")
    rest, lc = divmod(packed, 9)
    pb, lp = divmod(rest, 5)
    chain = [
        {"id": lzma.FILTER_LZMA1, "dict_size": max(dictionary, 4096), "lc": lc, "lp": lp, "pb": pb}
    ]
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=chain), len(head)
