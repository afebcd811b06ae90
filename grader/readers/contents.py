"""What the files of a submission hold, as far as it is looked at: of each MAX_READ_BYTES."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from grader.readers.ignored_files import is_ignored

MAX_FILES = 20_000
MAX_READ_BYTES = 8 * 1024 * 1024  # bytes of one file that are looked at

Cell = Mapping[str, object]


def files(root: Path) -> Iterator[Path]:
    """The first MAX_FILES of a staged submission, without what tools leave behind."""
    for count, path in enumerate(root.rglob("*")):
        if count > MAX_FILES:
            return
        if path.is_file() and not path.is_symlink() and not is_ignored((path.name,)):
            yield path


def read(path: Path) -> bytes:
    """The first MAX_READ_BYTES of a file."""
    with path.open("rb") as file:
        return file.read(MAX_READ_BYTES)


def first(pieces: Iterator[bytes], size: int) -> bytes:
    """The first `size` bytes of what comes in pieces."""
    found = bytearray()
    for piece in pieces:
        found += piece
        if len(found) >= size:
            break
    return bytes(found[:size])


def decode(raw: bytes) -> str:
    """Text in UTF-8, GBK, or the UTF-16 that a Windows shell redirects to; never raises."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.start >= MAX_READ_BYTES - 4:  # cut in the middle of a character
            return raw[: error.start].decode("utf-8-sig")
        return raw.decode("gb18030", "replace")


def text_of(path: Path) -> str:
    """The text that a file holds."""
    return decode(read(path))


def cells(path: Path) -> list[Cell]:
    """The cells of a notebook; none where it cannot be read as one."""
    try:
        found = json.loads(text_of(path))["cells"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return []
    return [cell for cell in found if isinstance(cell, dict)] if isinstance(found, list) else []


def source(cell: Cell) -> str:
    """What was typed into a cell."""
    return _joined(cell.get("source", ""))


def outputs(cell: Cell) -> list[Mapping[str, object]]:
    """What running a cell left."""
    found = cell.get("outputs")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def printed_by(cell: Cell) -> str:
    """What a cell printed, and its value as text."""
    texts = []
    for output in outputs(cell):
        data = output.get("data")
        value = data.get("text/plain", "") if isinstance(data, dict) else ""
        texts.append(_joined(output.get("text", value)))
    return "\n".join(texts)


def _joined(text: object) -> str:
    return "".join(map(str, text)) if isinstance(text, list) else str(text)
