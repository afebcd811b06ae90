"""Documents on disk: written atomically as each examination ends, found again by content.

====================== ==========================================================
``evidence/<id>.json`` `Evidence` of one submission
``logs/<id>.txt``      what its processes printed; staff only
``former/<id>.json``   `Evidence` of the examination before, where there was one
====================== ==========================================================
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path

from pydantic import ValidationError

from grader.evidence import Evidence


class Store:
    """The documents below one output folder. Safe against a kill at any moment."""

    def __init__(self, out: Path) -> None:
        self.out, self._former = out, out / "former"
        for folder in (out / "evidence", out / "logs"):
            folder.mkdir(parents=True, exist_ok=True)

    def write(self, evidence: Evidence, log: str) -> None:
        """Save one examination. The log goes first: evidence that is there is complete.

        Raises OSError (such as a full disk); then the former documents are untouched.
        """
        write_atomically(self._log(evidence.submission.id), log)
        text = evidence.model_dump_json(indent=1)
        before = self.read(evidence.submission.id)
        if before is not None and before.started != evidence.started:
            self._former.mkdir(exist_ok=True)
            former = self._former / f"{evidence.submission.id}.json"
            write_atomically(former, before.model_dump_json(indent=1))
        write_atomically(self._evidence(evidence.submission.id), text)

    def read(self, submission: str) -> Evidence | None:
        """The evidence of the submission with this id; None where there is none of this version."""
        try:
            return Evidence.model_validate_json(self._evidence(submission).read_bytes())
        except (FileNotFoundError, ValidationError):
            return None

    def former(self, submission: str) -> Evidence | None:
        """The evidence of the examination before the last one; None where none is kept."""
        try:
            path = self._former / f"{submission}.json"
            return Evidence.model_validate_json(path.read_bytes())
        except (FileNotFoundError, ValidationError):
            return None

    def log(self, submission: str) -> str:
        """What the submission's processes printed; empty where nothing was kept."""
        try:
            return self._log(submission).read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""

    def ids(self) -> list[str]:
        """Ids of all submissions that have evidence, of whatever version, in order."""
        return sorted(path.stem for path in (self.out / "evidence").glob("*.json"))

    def _evidence(self, submission: str) -> Path:
        return self.out / "evidence" / f"{submission}.json"

    def _log(self, submission: str) -> Path:
        return self.out / "logs" / f"{submission}.txt"


def write_atomically(path: Path, text: str, encoding: str = "utf-8") -> None:
    """Write `text` so that `path` holds either all of it or what it held before.

    Raises OSError; then nothing is left behind.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.stem[:40]}-", suffix=".part", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding=encoding, newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def key(*parts: str) -> str:
    """A key of everything that determined a document: sha256 over the parts, unambiguous."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode()
        digest.update(f"{len(data)}:".encode() + data)
    return digest.hexdigest()


def former_scores(out: Path) -> dict[str, float | None]:
    """The scores that ``grades.json`` in `out` holds, by id; none where it cannot be read."""
    try:
        rows = json.loads((out / "grades.json").read_text(encoding="utf-8"))["grades"]
        return {row["id"]: row["score"] for row in rows}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
