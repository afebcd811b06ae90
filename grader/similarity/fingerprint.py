"""The fingerprint of what was handed out, and prints as evidence keeps them."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from grader.evidence import Fingerprint, Tensors
from grader.readers.prints import read_prints
from grader.similarity.candidates import Prints

FILE_SECONDS = 60.0  # seconds for a file that the teacher handed out


def _fingerprint(folder: Path) -> Fingerprint:
    """Of a folder of the teacher's own, which needs no sandbox."""
    found = read_prints(folder, FILE_SECONDS)
    return Fingerprint(
        code=found["code"], weights=tuple(Tensors(**each) for each in found["weights"])
    )


def handed_out(folders: Iterable[Path]) -> Fingerprint | None:
    """The fingerprint of what the teacher handed out, which is nobody's own; None where nothing is
    declared. Raises OSError.
    """
    parts = [_fingerprint(folder) for folder in folders]
    if not parts:
        return None
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
