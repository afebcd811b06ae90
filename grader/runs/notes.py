"""What a team notes about rows beside decisions about marks: who is to look at one, and what is to
be examined again. A document each, so that two who note at once lose nothing.

========================== ==================================================================
``notes/given/<id>.json``  whom a row was given to, the last word about it
``notes/again/<id>.json``  the wish that a submission is examined again, the last one
========================== ==================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path

from pydantic import ValidationError

from grader.evidence import Document
from grader.store import write_atomically


class RowNote(Document):
    """One note about a row or a submission."""

    id: str
    author: str
    time: str  # ISO 8601, UTC, to the microsecond
    to: str = ""  # whom the row is given to, "" for nobody


class RowNotes:
    """The notes of one kind. What did not change is not read again."""

    def __init__(self, out: Path, kind: str) -> None:
        """kind: "given" or "again"."""
        self._folder = out / "notes" / kind
        self._seen = -1  # the folder's time of change at the last look
        self._known: dict[str, RowNote] = {}

    def all(self) -> Mapping[str, RowNote]:
        """The notes by id; a file that holds none is passed over."""
        try:
            changed = self._folder.stat().st_mtime_ns
        except FileNotFoundError:
            return self._known
        if changed != self._seen:
            notes = (_note(path) for path in self._folder.glob("*.json"))
            self._known = {note.id: note for note in notes if note is not None}
            self._seen = changed
        return self._known

    def write(self, name: str, author: str, to: str = "") -> None:
        """Note something about `name`. Raises OSError."""
        self._folder.mkdir(parents=True, exist_ok=True)
        moment = datetime.now(timezone.utc).isoformat(timespec="microseconds")
        note = RowNote(id=name, author=author, time=moment, to=to)
        write_atomically(self._folder / f"{name}.json", note.model_dump_json(indent=1))
        self._seen = -1


def waits(note: RowNote | None, started: str) -> bool:
    """Whether what is to be examined again was not, since that was said.

    Nothing has to be taken off a list, so a grader that is killed in the middle loses no wish.

    Args:
        note: the wish, None for none.
        started: when the latest examination began, ISO 8601; "" for never.
    """
    if note is None:
        return False
    try:
        return datetime.fromisoformat(started.replace("Z", "+00:00")) < datetime.fromisoformat(
            note.time
        )
    except (ValueError, TypeError):  # never examined, or another version's
        return True


def _note(path: Path) -> RowNote | None:
    try:
        return RowNote.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
