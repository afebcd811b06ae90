"""The run's document in its output folder, and the history of what was published.

======================== ====================================================
``run.json``             `Run`: the whole of it, with the latest publication
``history/<number>.json`` `Publication`, the last `MAX_PUBLICATIONS`
======================== ====================================================
"""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import ValidationError

from grader.language import SaidError, Sentence
from grader.runs.document import SCHEMA, Publication, Run
from grader.store import write_atomically

FILE_NAME = "run.json"
MAX_PUBLICATIONS = 50  # publications in the history


class RunError(SaidError):
    """A document of a run cannot be used: says which, why, and what to do."""


class RunFolder:
    """The documents of the run in one output folder."""

    def __init__(self, out: Path) -> None:
        self.out = out

    def read(self) -> Run | None:
        """The run; None where the folder has none. Raises RunError for one that cannot be read."""
        path = self.out / FILE_NAME
        try:
            data = json.loads(path.read_bytes())
            _require_known(path, data)
            return Run.model_validate(data)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (ValueError, ValidationError):
            raise RunError(_unreadable(path)) from None

    def write(self, run: Run) -> None:
        """Save the run, and its publication in the history.

        Raises OSError; then all is as before.
        """
        if run.publication is not None:
            self._keep(run.publication)
        write_atomically(self.out / FILE_NAME, run.model_dump_json(by_alias=True, indent=1))

    def numbers(self) -> list[int]:
        """Numbers of the publications that are kept, in order."""
        stems = [path.stem for path in (self.out / "history").glob("*.json")]
        return sorted(int(stem) for stem in stems if stem.isdigit())

    def publication(self, number: int) -> Publication | None:
        """A publication of the history; None where it is not kept. Raises RunError."""
        path = self._history(number)
        try:
            return Publication.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            return None
        except ValidationError:
            raise RunError(_unreadable(path)) from None

    def _keep(self, publication: Publication) -> None:
        path = self._history(publication.number)
        if path.exists():
            return
        path.parent.mkdir(exist_ok=True)
        write_atomically(path, publication.model_dump_json())
        for number in self.numbers()[:-MAX_PUBLICATIONS]:
            self._history(number).unlink(missing_ok=True)

    def _history(self, number: int) -> Path:
        return self.out / "history" / f"{number:04}.json"


def _require_known(path: Path, data: object) -> None:
    """Refuse what a later grader wrote: it may mean something else."""
    version = data.get("schema_version") if isinstance(data, dict) else None
    if isinstance(version, int) and version > SCHEMA:
        raise RunError(
            Sentence(
                "{file}: written by a newer grade (schema {found}, this one reads up to {known}). "
                "Use that version, or name another folder with --out.",
                {"file": str(path), "found": str(version), "known": str(SCHEMA)},
            )
        )


def _unreadable(path: Path) -> Sentence:
    return Sentence(
        "{file}: no document of a run that can be read. Put back the file that grade wrote, or "
        "name another folder with --out and grade again.",
        {"file": str(path)},
    )
