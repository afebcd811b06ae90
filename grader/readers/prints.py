"""What a submission can be compared by: small prints of its code and of its weights."""

from __future__ import annotations

import base64
import hashlib
import re
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from grader.readers import code_prints, contents, weight_prints
from grader.readers.limits import ReadingLimit
from grader.readers.time_limits import leaving_out

CHUNK_BYTES = 1024 * 1024  # bytes read at a time
WEIGHTS = 500  # files that may be weights: those that the code names, then the largest
MIN_WEIGHTS_BYTES = 2048  # bytes of a file that may be weights under any suffix
TOTAL_TIMES_SINGLE = 2  # times the seconds of a single file that all of them may take
CODE, WEIGHT = 4, 8  # bytes of a print
# What no code loads as weights, whatever else is called how: it is not looked at.
_OTHER = (
    *(".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".pdf", ".docx", ".doc"),
    *(".md", ".html", ".htm", ".mp4", ".svg", ".log"),
)
# How pictures and documents begin and end: what is called so and does not is something else.
_FORMS = (
    (b"\xff\xd8\xff", b"\xff\xd9"),
    (b"\x89PNG\r\n", b"IEND"),
    (b"GIF8", b";"),
    (b"%PDF", b"%%EOF"),
    (b"PK\x03\x04", b"PK\x05\x06"),
    *((beginning, b"") for beginning in (b"BM", b"II*\0", b"MM\0*", b"\xd0\xcf\x11\xe0")),
)
_AT_THE_END = 64  # bytes in which a file's end has to stand
# As base64 and hexadecimal are. A run is tried from its beginning only: in time that grows with it.
_LETTERS = re.compile(rf"(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/=_-]{{{2 * MIN_WEIGHTS_BYTES},}}")
# What torchvision and others call public weights: the name ends in the digest of the content.
_PUBLIC = re.compile(r"-(?P<digest>[0-9a-f]{8})\.(?:pth|pt)$")


def read_prints(root: Path, each: float) -> dict[str, Any]:
    """What `root`, a staged submission, can be compared by; of each file as much as can be read in
    `each` seconds of processor time. Raises OSError.

    No file is left out for what it is called: a name that claims to be public weights has to be
    true, and any suffix may be loaded. Where there are more files than are compared, those come
    first whose names stand in the code: what lies beside them takes none of their time.
    Has the form of `evidence.Fingerprint`, and in `left_out` what a limit stopped: file, limit.
    """
    sources, stored = [], []
    for path in sorted(contents.files(root)):
        if path.suffix.lower() in (".py", ".ipynb"):
            sources.append(path)
        elif _may_be_weights(path):
            stored.append(path)
    text, written_out = _read(root, sources)
    code = packed(code_prints.prints(text), CODE)
    ranked = sorted(stored, key=lambda path: (path.name not in text, -path.stat().st_size))
    found = _weights(root, ranked, each)
    found["weights"] = sorted([*found["weights"], *written_out], key=lambda one: one["file"])
    return {"code": code, **found}


def read_weights(root: Path, names: Sequence[str], each: float) -> dict[str, Any]:
    """The same of files that the code of the submission has opened, whatever they are called, and
    of no code.
    """
    opened = set(names)
    stored = [
        path
        for path in sorted(contents.files(root))
        if path.relative_to(root).as_posix() in opened and not _is_what_it_is_called(path)
    ]
    return {"code": "", **_weights(root, stored, each)}


def _weights(root: Path, stored: Sequence[Path], each: float) -> dict[str, Any]:
    """The prints of files below `root`, the most important ones first."""
    weights: list[dict[str, str]] = []
    beyond = stored[WEIGHTS : 2 * WEIGHTS]
    left_out: dict[str, ReadingLimit] = {
        path.relative_to(root).as_posix(): "count" for path in beyond
    }
    end = time.process_time() + TOTAL_TIMES_SINGLE * each
    for path in stored[:WEIGHTS]:
        name = path.relative_to(root).as_posix()
        with leaving_out(name, left_out, max(min(each, end - time.process_time()), 0.001)):
            if not _is_public(path):
                found = weight_prints.file_prints(path)
                weights.append({"file": name, "prints": packed(found.found, WEIGHT)})
                if not found.whole:
                    left_out[name] = "parts"
    return {
        "weights": sorted(weights, key=lambda one: one["file"]),
        "left_out": list(left_out.items()),
    }


def _read(root: Path, sources: Iterable[Path]) -> tuple[str, list[dict[str, str]]]:
    """The code of the sources, as much of it as is looked at; and weights that stand in one as
    text, each run of letters that is long enough as one.
    """
    text, written_out = "", []
    for path in sources:
        code = _code(path)
        if len(text) <= code_prints.MAX_CODE_CHARS:
            text += code + "\n"
        runs = _LETTERS.findall(code)
        if prints := sorted({weight_prints.of_bytes(run.encode()) for run in runs}):
            name = path.relative_to(root).as_posix()
            written_out.append({"file": name, "prints": packed(prints, WEIGHT)})
    return text, written_out[:WEIGHTS]


def _may_be_weights(path: Path) -> bool:
    suffix = path.suffix.lower()
    if suffix in weight_prints.SUFFIXES:
        return True
    return path.stat().st_size >= MIN_WEIGHTS_BYTES and suffix not in _OTHER


def _is_what_it_is_called(path: Path) -> bool:
    """Whether it is a picture or a document, by its suffix and by how it begins and ends."""
    if path.suffix.lower() not in _OTHER:
        return False
    with path.open("rb") as file:
        beginning = file.read(16)
        file.seek(max(path.stat().st_size - _AT_THE_END, 0))
        end = file.read()
    if beginning.startswith(b"RIFF"):  # WebP, which tells its size
        return int.from_bytes(beginning[4:8], "little") + 8 >= path.stat().st_size
    return b"ftyp" in beginning or any(
        beginning.startswith(first) and last in end for first, last in _FORMS
    )


def _is_public(path: Path) -> bool:
    """Whether the name's digest is that of the content, which nobody can choose."""
    match = _PUBLIC.search(path.name)
    if match is None:
        return False
    with path.open("rb") as file:
        digest = hashlib.sha256()
        while piece := file.read(CHUNK_BYTES):
            digest.update(piece)
    return digest.hexdigest().startswith(match["digest"])


def packed(prints: Iterable[int], size: int) -> str:
    """Prints as base64 of little-endian numbers of `size` bytes."""
    raw = b"".join(value.to_bytes(size, "little") for value in prints)
    return base64.b64encode(raw).decode()


def _code(path: Path) -> str:
    if path.suffix.lower() == ".py":
        return contents.text_of(path)
    typed = (cell for cell in contents.cells(path) if cell.get("cell_type") == "code")
    return "\n".join(map(contents.source, typed))
