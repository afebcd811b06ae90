"""What lies in a file of a teacher's lab: members of archives, pictures in notebooks and pages."""

from __future__ import annotations

import base64
import binascii
import contextlib
import io
import json
import re
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

MAX_DEPTH = 3  # archives within archives
MAX_MEMBER_BYTES = 256 * 1024 * 1024  # bytes of a member that is looked at
CLOSED = (".7z", ".rar", ".pdf", ".h5", ".pkl", ".pickle", ".parquet")  # not looked into
PAGES = (".ipynb", ".html", ".htm", ".md", ".svg", ".py", ".txt", ".json", ".css")
# What torn, encrypted and unknown archives raise.
_TORN = (OSError, ValueError, EOFError, RuntimeError, zipfile.BadZipFile, tarfile.TarError)
_EMBEDDED = re.compile(rb"base64,((?:[A-Za-z0-9+/=\s]|\\n)+)")


class Inner(NamedTuple):
    """One content: the names that lead to it, outermost first, and its bytes; None where it could
    not be looked into.
    """

    names: tuple[str, ...]
    data: bytes | None


def contents(path: Path) -> Iterator[Inner]:
    """The file itself, and all that lies in it."""
    yield from _within((path.name,), path.read_bytes(), MAX_DEPTH)


def _within(names: tuple[str, ...], data: bytes, depth: int) -> Iterator[Inner]:
    yield Inner(names, data)
    name = names[-1].lower()
    if name.endswith(CLOSED):
        yield Inner(names, None)
    elif zipfile.is_zipfile(io.BytesIO(data)) or name.endswith((".tar", ".tgz", ".gz", ".xz")):
        if depth == 0:
            yield Inner(names, None)
            return
        try:
            for member, inner in _members(data):
                if inner is None:
                    yield Inner((*names, member), None)
                else:
                    yield from _within((*names, member), inner, depth - 1)
        except _TORN:
            yield Inner(names, None)
    elif name.endswith(PAGES):
        for number, picture in enumerate(_pictures(data, name), 1):
            yield Inner((*names, f"#{number}"), picture)


def _members(data: bytes) -> Iterator[tuple[str, bytes | None]]:
    """Name and bytes of each member; no bytes where it is too large."""
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.infolist():
                if not member.is_dir():
                    small = member.file_size <= MAX_MEMBER_BYTES
                    yield member.filename, archive.read(member) if small else None
        return
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        for each in tar:
            opened = tar.extractfile(each) if each.isfile() else None
            if opened is not None:
                yield each.name, opened.read() if each.size <= MAX_MEMBER_BYTES else None


def _pictures(data: bytes, name: str) -> Iterator[bytes]:
    """Pictures that a notebook or a page holds in base64."""
    texts = [found[1].replace(b"\\n", b"") for found in _EMBEDDED.finditer(data)]
    if name.endswith(".ipynb"):
        with contextlib.suppress(ValueError, RecursionError):
            texts += _outputs(json.loads(data))
    for text in texts:
        try:
            yield base64.b64decode(text)
        except (binascii.Error, ValueError):
            continue


def _outputs(value: Any) -> Iterator[bytes]:
    """Texts of all keys "image/…" in a notebook: outputs and attachments."""
    if isinstance(value, list):
        for each in value:
            yield from _outputs(each)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key.startswith("image/") and isinstance(inner, str | list):
                text = inner if isinstance(inner, str) else "".join(map(str, inner))
                yield text.encode("ascii", "replace")
            else:
                yield from _outputs(inner)
