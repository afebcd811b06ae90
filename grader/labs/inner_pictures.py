"""Pictures in bytes: all frames of an image, images among other bytes, and what base64 holds."""

from __future__ import annotations

import base64
import io
import re
import warnings
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from PIL import Image, UnidentifiedImageError

from grader.examine.images import Pixels

MAX_FRAMES = 1000  # of an image that are looked at
MAX_TORN = 100  # headers of images without an image behind them, in one content
LEAST_CODED = 64  # signs of base64, from which on they may be a picture: the smallest PNG has 92
_FRAMED = ("GIF", "TIFF", "PNG", "WEBP")  # that may have several frames, as Pillow calls them
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_HEADER = re.compile(rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff[\xc0-\xfe]")
# What says at the beginning of bytes that they are a picture, an archive or an array.
_KNOWN = re.compile(
    rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff[\xc0-\xfe]|GIF8[79]a|RIFF....WEBP|II\*\x00|MM\x00\*|BM....\x00{4}"
    rb"|\x93NUMPY|PK\x03\x04|BZh[1-9]1AY&SY|\x1f\x8b\x08|\xfd7zXZ\x00",
    re.DOTALL,
)
_SCAN_END = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # of a JPEG's numbers: the next marker
# Signs between the pieces of one text in base64: as lines, in a list, as strings that are added.
_ADDED = re.compile(rb"\\[nr]|[\"'`]\s*\+\s*[\"'`]")
_BETWEEN = b" \t\r\n\"'`,\\"
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_CODED = re.compile(rb"[A-Za-z0-9+/]{%d,}" % LEAST_CODED)


class Span(NamedTuple):
    """Where an image lies among other bytes."""

    start: int
    end: int


def frames(data: bytes) -> Iterator[Pixels | None]:
    """The frames, or pages, of an image behind its first one, as uint8 (H, W, 3) in BGR; None where
    the rest of them cannot be read, or are too many.
    """
    Image.init()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=_FRAMED) as image:
                count = getattr(image, "n_frames", 1)
                for number in range(1, min(count, MAX_FRAMES)):
                    image.seek(number)
                    rgb = np.asarray(image.convert("RGB"))
                    yield np.ascontiguousarray(rgb[:, :, ::-1])
                if count > MAX_FRAMES:
                    yield None
    except UnidentifiedImageError:
        return  # of a format that has one frame
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        yield None


def embedded(data: bytes, start: int = 0) -> tuple[list[Span], bool]:
    """PNG and JPEG images among bytes from `start` on, and whether all of them were looked for."""
    found, torn = [], 0
    while header := _HEADER.search(data, start):
        start = header.start()
        end = image_end(data, start)
        if end is not None:
            found.append(Span(start, end))
        elif (torn := torn + 1) > MAX_TORN:
            return found, False
        start = end or start + 1
    return found, True


def image_end(data: bytes, start: int = 0) -> int | None:
    """Where the PNG or JPEG that begins at `start` ends; None where it is none, or torn."""
    if data.startswith(_PNG, start):
        return _png_end(data, start + len(_PNG))
    return _jpeg_end(data, start + 2) if data.startswith(_JPEG, start) else None


def _png_end(data: bytes, place: int) -> int | None:
    while place + 12 <= len(data):
        kind = data[place + 4 : place + 8]
        place += 12 + int.from_bytes(data[place : place + 4], "big")
        if kind == b"IEND":
            return place if place <= len(data) else None
    return None


def _jpeg_end(data: bytes, place: int) -> int | None:
    while place + 2 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xD9:
            return place + 2
        if marker == 0xFF:
            place += 1
        elif marker == 0x01 or 0xD0 <= marker <= 0xD7:
            place += 2
        else:
            place += 2 + max(2, int.from_bytes(data[place + 2 : place + 4], "big"))
            if marker == 0xDA:
                scan_end = _SCAN_END.search(data, place)
                place = scan_end.start() if scan_end else len(data)
    return None


def behind(data: bytes, spans: list[Span]) -> bool:
    """Whether more lies behind a PNG or JPEG than the images at `spans`: unknown to a reader of
    images, which stops at the end of the first one.
    """
    place = image_end(data)
    if place is None:
        return data.startswith((_PNG, _JPEG))  # torn: nobody knows what belongs to it
    for span in [one for one in spans if one.start >= place] + [Span(len(data), len(data))]:
        if data[place : span.start].strip(b"\0\r\n "):
            return True
        place = span.end
    return False


def decoded(data: bytes) -> Iterator[bytes]:
    """What base64 in `data` holds, in either alphabet and wherever it begins: pictures, archives,
    arrays and texts; what decodes to nothing that is known is no base64.
    """
    joined = _ADDED.sub(b"", data.replace(b"base64,", b"|")).translate(_URL_SAFE, _BETWEEN)
    for run in _CODED.finditer(joined):
        for skipped in range(4):  # a word before it may be of the same signs
            signs = run[0][skipped:]
            inner = base64.b64decode(signs[: len(signs) // 4 * 4] + _padded(signs))
            if _KNOWN.match(inner) or _HEADER.search(inner) or _is_ascii(inner):
                yield inner
                break


def _padded(signs: bytes) -> bytes:
    rest = signs[len(signs) // 4 * 4 :]
    return rest + b"=" * (4 - len(rest)) if len(rest) > 1 else b""


def _is_ascii(data: bytes) -> bool:
    """Whether it may be a text that was coded: bytes by chance are none."""
    try:
        return data[:256].decode("utf-8", "strict").isprintable()
    except UnicodeDecodeError:
        return False
