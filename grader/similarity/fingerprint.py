"""The fingerprint of one hand-in: prints of its code and of its weights, small enough to keep."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from grader.evidence import Fingerprint, Tensors
from grader.readers import code_prints as code
from grader.readers import contents
from grader.readers import weight_prints as weights
from grader.similarity.together import Prints

CHUNK = 1024 * 1024  # bytes read at a time
WEIGHTS = 64  # files of weights: those that the code names, then the largest
SMALLEST = 2048  # bytes of a file that may be weights under any suffix
# What no code loads as weights, whatever else is called how: it is not looked at.
_OTHER = (
    *(".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".pdf", ".docx", ".doc"),
    *(".md", ".html", ".htm", ".mp4", ".svg", ".log"),
)
# What torchvision and others call public weights: the name ends in the digest of the content.
_PUBLIC = re.compile(r"-(?P<digest>[0-9a-f]{8})\.(?:pth|pt)$")


def fingerprint(root: Path) -> Fingerprint:
    """What `root`, a staged hand-in, can be compared by. Raises OSError.

    No file is left out for what it is called: a name that claims to be public weights has to be
    true, and any suffix may be loaded. Where there are more files than are compared, those come
    first whose names stand in the code.
    """
    sources, stored = [], []
    for path in sorted(contents.files(root)):
        if path.suffix.lower() in (".py", ".ipynb"):
            sources.append(path)
        elif _may_be_weights(path) and not _is_public(path):
            stored.append(path)
    text = _joined(sources)
    ranked = sorted(stored, key=lambda path: (path.name not in text, -path.stat().st_size))
    return Fingerprint(
        code=packed(code.prints(text)),
        weights=tuple(
            Tensors(file=path.relative_to(root).as_posix(), prints=packed(weights.prints(path)))
            for path in sorted(ranked[:WEIGHTS])
        ),
    )


def _may_be_weights(path: Path) -> bool:
    suffix = path.suffix.lower()
    if suffix in weights.SUFFIXES:
        return True
    return path.stat().st_size >= SMALLEST and suffix not in _OTHER


def _is_public(path: Path) -> bool:
    """Whether the name's digest is that of the content, which nobody can choose."""
    match = _PUBLIC.search(path.name)
    if match is None:
        return False
    with path.open("rb") as file:
        digest = hashlib.sha256()
        while piece := file.read(CHUNK):
            digest.update(piece)
    return digest.hexdigest().startswith(match["digest"])


def handed_out(folders: Iterable[Path]) -> Fingerprint:
    """The fingerprint of what the teacher handed out, which is nobody's own. Raises OSError."""
    parts = [fingerprint(folder) for folder in folders]
    prints = [unpacked(part.code, np.uint32) for part in parts]
    return Fingerprint(
        code=packed(np.unique(np.concatenate([np.empty(0, np.uint32), *prints]))),
        weights=tuple(tensors for part in parts for tensors in part.weights),
    )


def packed(prints: Prints) -> str:
    """Prints as base64 of little-endian numbers."""
    little = prints.astype(prints.dtype.newbyteorder("<"))
    return base64.b64encode(little.tobytes()).decode()


def unpacked(text: str, kind: type[np.uint32] | type[np.uint64]) -> Prints:
    """Prints of `kind` (uint32 or uint64) from base64."""
    return np.frombuffer(base64.b64decode(text), np.dtype(kind).newbyteorder("<")).astype(kind)


def _joined(sources: Iterable[Path]) -> str:
    """The code of the files, as much of it as is looked at."""
    text = ""
    for path in sources:
        if len(text) > code.LONGEST:
            break
        text += _code(path) + "\n"
    return text


def _code(path: Path) -> str:
    if path.suffix.lower() == ".py":
        return contents.text_of(path)
    typed = (cell for cell in contents.cells(path) if cell.get("cell_type") == "code")
    return "\n".join(map(contents.source, typed))
