"""Archives for tests, byte by byte: what no honest packer writes."""

from __future__ import annotations

import io
import os
import struct
import tarfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Item:
    """One member of a zip, with every lie that it may tell."""

    name: bytes
    data: bytes = b"x = 1\n"
    flags: int = 0
    mode: int = 0  # Unix mode, 0 for none
    method: int = 8
    size: int | None = None  # declared, None for the true one
    extra: bytes = b""
    local_name: bytes | None = None


def raw_zip(items: Iterable[Item], *, prefix: bytes = b"", overlap: bool = False) -> bytes:
    """A zip of `items`; with `overlap` all share the bytes of the first."""
    body, table, count, first = bytearray(prefix), bytearray(), 0, -1
    for item in items:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = item.data if item.method == 0 else packer.compress(item.data) + packer.flush()
        size = len(item.data) if item.size is None else item.size
        numbers = struct.pack(
            "<HHHHHIII",
            20,
            item.flags,
            item.method,
            0,
            33,
            zlib.crc32(item.data),
            len(packed),
            size,
        )
        offset = len(body)
        if overlap and first >= 0:
            offset = first
        else:
            first = offset
            name = item.name if item.local_name is None else item.local_name
            body += b"PK\x03\x04" + numbers + struct.pack("<HH", len(name), len(item.extra))
            body += name + item.extra + packed
        table += b"PK\x01\x02" + struct.pack("<H", 3 << 8) + numbers
        table += struct.pack("<HHHHH", len(item.name), len(item.extra), 0, 0, 0)
        table += struct.pack("<II", item.mode << 16, offset) + item.name + item.extra
        count += 1
    end = struct.pack("<HHHHIIH", 0, 0, count & 0xFFFF, count & 0xFFFF, len(table), len(body), 0)
    return bytes(body + table + b"PK\x05\x06" + end)


def raw_tar(members: Iterable[tuple[tarfile.TarInfo, bytes]], mode: str = "w") -> bytes:
    """A tar of `members`, packed as `mode` says."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as opened:  # type: ignore[call-overload]
        for info, data in members:
            info.size = len(data) if info.isreg() else 0
            opened.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def tar_member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    """A member of a tar by name and type."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


def below(folder: Path) -> list[str]:
    """Relative names of all files below `folder`, sorted."""
    return sorted(
        os.fsencode(path.relative_to(folder)).decode("utf-8", "backslashreplace")
        for path in folder.rglob("*")
        if not path.is_dir()
    )


def raw_rar(items: Iterable[Item]) -> bytes:
    """A RAR of version 5 with `items` as they are, not packed: by the format's technical note."""

    def number(value: int) -> bytes:
        more, low = value >> 7, value & 0x7F
        return bytes([low | 0x80]) + number(more) if more else bytes([low])

    def header(*fields: bytes) -> bytes:
        body = b"".join(fields)
        sized = number(len(body)) + body
        return struct.pack("<I", zlib.crc32(sized)) + sized

    packed = b"Rar!\x1a\x07\x01\x00" + header(number(1), number(0), number(0))
    for item in items:
        size = number(len(item.data))
        crc = struct.pack("<I", zlib.crc32(item.data))
        of_file = (size, number(4), size, number(0o100644), crc, number(0), number(1))
        name = number(len(item.name)) + item.name
        packed += header(number(2), number(2), *of_file, name) + item.data
    return packed + header(number(5), number(0), number(0))
