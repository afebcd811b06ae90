"""Lab reports: what kinds there are, and how much one holds.

Nothing is unpickled and no document is rendered: marks in the bytes are counted.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path

from grader.readers.archive_members import entries
from grader.readers.contents import (
    MAX_READ_BYTES,
    cells,
    decode,
    first,
    outputs,
    read,
    source,
    text_of,
)
from grader.readers.limits import IntakeLimits
from grader.readers.notices import ArchiveRefusedError, FormatUnknownError

MEMBERS = 20_000  # of a Word document that are looked at
MAX_STREAMS = 2_000  # packed object streams of a PDF that are opened
MAX_STREAM_BYTES = 4 * 1024 * 1024  # bytes of one, packed, that are looked at
CHUNK_BYTES = 16 * 1024  # bytes of it at a time
NOTEBOOK_TEXT = 200  # characters of Markdown from which on a notebook counts as a report

_REPORT = re.compile(r"report|实验|报告|总结|说明|write-?up|readme", re.IGNORECASE)
_OFFICE = (".pdf", ".docx", ".doc", ".odt", ".wps")
# The text of a picture ends before the next one begins: so no character is looked at twice.
_PICTURE = r"!\[(?:[^\]\n!]|!(?!\[)){0,300}\]"
_TEXTS = (".md", ".markdown", ".txt", ".tex", ".html", ".htm", ".rst")

Counts = dict[str, int]


def count_report(path: Path) -> Counts | None:
    """What the lab report at `path` holds: characters, headings, images, pages; None where it is
    no report.
    """
    reader = _reader(path)
    return reader(path) if reader else None


def _reader(path: Path) -> Callable[[Path], Counts | None] | None:
    suffix = path.suffix.lower()
    if suffix == ".docx":
        return _docx
    if suffix == ".pdf":
        return _pdf
    if suffix in _OFFICE:
        return lambda path: {"report_bytes": path.stat().st_size}
    if suffix == ".ipynb":
        return _notebook
    if suffix in _TEXTS and _REPORT.search(path.stem):
        return _text
    return None


def _counts(text: str, headings: int, images: int) -> Counts:
    characters = sum(map(len, text.split()))
    return {"report_characters": characters, "headings": headings, "images": images}


def _text(path: Path) -> Counts | None:
    text = text_of(path)
    if not text.strip():
        return None
    headings = len(re.findall(r"(?m)^#{1,6}\s|\\(?:sub)*section\b|<h[1-6]\b", text))
    images = len(re.findall(rf"{_PICTURE}|<img\b|\\includegraphics", text))
    return _counts(text, headings, images)


def _notebook(path: Path) -> Counts | None:
    """Markdown of a notebook; with too little of it a notebook is code, not a report."""
    found = cells(path)
    text = "\n".join(source(cell) for cell in found if cell.get("cell_type") == "markdown")
    if len(text) < NOTEBOOK_TEXT:
        return None
    drawn = sum(_pictures(cell) for cell in found)
    headings = len(re.findall(r"(?m)^#{1,6}\s", text))
    images = drawn + len(re.findall(rf"{_PICTURE}|<img\b", text))
    return _counts(text, headings, images)


def _pictures(cell: Mapping[str, object]) -> int:
    data = [output.get("data") for output in outputs(cell)]
    return sum(
        any(str(key).startswith("image/") for key in kinds)
        for kinds in data
        if isinstance(kinds, dict)
    )


def _docx(path: Path) -> Counts | None:
    """Counts of a Word document, by its marks rather than by a parser of XML: nothing to expand."""
    images, xml = 0, None
    try:
        for member, content in islice(entries(path, IntakeLimits(files=MEMBERS)), MEMBERS):
            images += member.name.startswith("word/media/")
            if member.name == "word/document.xml" and xml is None:
                xml = first(content(), MAX_READ_BYTES)
    except (ArchiveRefusedError, FormatUnknownError):
        return None
    if xml is None:
        return None
    text = decode(xml)
    said = "".join(re.findall(r"<w:t(?:\s[^<>]{0,200})?>([^<]*)</w:t>", text))
    headings = len(re.findall(r'<w:pStyle w:val="(?:Heading|heading|标题)?\s?[1-6]"', text))
    return _counts(said, headings, images)


def _pdf(path: Path) -> Counts | None:
    """Pages and pictures by their marks; packed object streams are opened up to READ bytes."""
    raw = read(path)
    if raw.lstrip()[:5] != b"%PDF-":
        return None
    text = raw + b"\n".join(_object_streams(raw))
    return {
        "pages": len(re.findall(rb"/Type\s*/Page(?![A-Za-z])", text)),
        "images": len(re.findall(rb"/Subtype\s*/Image(?![A-Za-z])", text)),
        "report_bytes": path.stat().st_size,
    }


def _object_streams(raw: bytes) -> Iterator[bytes]:
    left = MAX_READ_BYTES
    packed = memoryview(raw)
    begins = re.finditer(rb"/Type\s*/ObjStm[^>]{0,400}>>\s*stream\r?\n", raw)
    for match in islice(begins, MAX_STREAMS):
        opened = first(_inflated(packed[match.end() : match.end() + MAX_STREAM_BYTES]), left)
        left -= len(opened)
        yield opened
        if left <= 0:
            return


def _inflated(packed: memoryview) -> Iterator[bytes]:
    """What zlib has packed, piece by piece, up to its end or to what is damaged."""
    unpacker = zlib.decompressobj()
    for at in range(0, len(packed), CHUNK_BYTES):
        try:
            piece = unpacker.decompress(packed[at : at + CHUNK_BYTES], CHUNK_BYTES)
            yield piece
            while unpacker.unconsumed_tail:
                yield unpacker.decompress(unpacker.unconsumed_tail, CHUNK_BYTES)
        except zlib.error:
            return
        if unpacker.eof:
            return
