"""The fingerprint of one hand-in: prints of its code and of its weights, small enough to keep."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from grader.evidence import Fingerprint, Tensors
from grader.readers import code_prints as code
from grader.readers import contents
from grader.readers import weight_prints as weights
from grader.similarity.together import Prints

WEIGHTS = 16  # files of weights, the largest

# What torchvision and others call public weights: the name ends in the digest of the content.
_PUBLIC = re.compile(r"-[0-9a-f]{8}\.(?:pth|pt)$")


def fingerprint(root: Path) -> Fingerprint:
    """What `root`, a staged hand-in, can be compared by. Raises OSError."""
    sources, stored = [], []
    for path in sorted(contents.files(root)):
        if path.suffix.lower() in (".py", ".ipynb"):
            sources.append(path)
        elif path.suffix.lower() in weights.SUFFIXES and not _PUBLIC.search(path.name):
            stored.append(path)
    largest = sorted(stored, key=lambda path: -path.stat().st_size)[:WEIGHTS]
    return Fingerprint(
        code=packed(code.prints(_joined(sources))),
        weights=tuple(
            Tensors(file=path.relative_to(root).as_posix(), prints=packed(weights.prints(path)))
            for path in sorted(largest)
        ),
    )


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
