"""Documents on disk: written atomically as each examination ends, found again by content.

========================== ======================================================
``evidence/<id>.json``     `Evidence` of one submission
``logs/<id>.txt``          what its processes printed; staff only
``former/<id>/<n>.json``   `Evidence` of its examinations before: the latest has the
                           highest number, and the MAX_FORMER latest are kept
========================== ======================================================
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path

from pydantic import ValidationError

from grader.evidence import Evidence

MAX_FORMER = 20  # former examinations that are kept of one submission


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
            self._keep(before)
        write_atomically(self._evidence(evidence.submission.id), text)

    def _keep(self, before: Evidence) -> None:
        """Keep an examination that another one takes the place of, once: a grader that was killed
        between the two has kept it already.
        """
        folder = self._former / before.submission.id
        numbers = self._numbers(before.submission.id)
        if numbers:
            last = _read(folder / f"{numbers[-1]}.json")
            if last is not None and last.started == before.started:
                return
        folder.mkdir(parents=True, exist_ok=True)
        number = numbers[-1] + 1 if numbers else 1
        write_atomically(folder / f"{number}.json", before.model_dump_json(indent=1))
        for old in [*numbers, number][:-MAX_FORMER]:
            (folder / f"{old}.json").unlink(missing_ok=True)

    def read(self, submission: str) -> Evidence | None:
        """The evidence of the submission with this id; None where there is none of this version."""
        return _read(self._evidence(submission))

    def examinations(self, submission: str) -> list[Evidence]:
        """Every examination of the submission that is kept, in order; the last one is `read`'s."""
        present = self.read(submission)
        folder = self._former / submission
        former = [_read(folder / f"{number}.json") for number in self._numbers(submission)]
        found = {each.started: each for each in [*former, present] if each is not None}
        return list(found.values())

    def _numbers(self, submission: str) -> list[int]:
        """The numbers of the former examinations that are kept, in order."""
        names = (path.stem for path in (self._former / submission).glob("*.json"))
        return sorted(int(name) for name in names if name.isascii() and name.isdigit())

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


def _read(path: Path) -> Evidence | None:
    try:
        return Evidence.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


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
