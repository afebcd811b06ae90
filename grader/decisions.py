"""What persons decided, on disk: one document each, only ever added, by any number of processes.

=========================== ===========================================================
``overrides/<decision>.json`` one `Override`, which is never written again
``overrides/.lock``           held from the look at what is decided to the next decision
``overrides.json``            a list of them, as it was kept before; read, never written
=========================== ===========================================================
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from grader.expectations import expected, found
from grader.language import SaidError, Sentence
from grader.scoring import Override, in_order
from grader.store import write_atomically

# What each field of a decision holds, for who wrote another thing.
EXPECTED: Final = {
    "decision": "8 to 64 small letters, digits and dashes, or nothing",
    "id": "the id of a submission, as grades.csv has it",
    "report": '"complete", "incomplete" or null',
    "points": "a finite number of points",
    "set_points": "a finite number of points",
    "beyond": "true or false",
    "word": '"look", "stands" or null',
    "reason": "a sentence, not empty",
    "author": "a name, not empty",
    "time": "a time as text, such as 2026-06-02T09:30:00Z",
    "schema_version": "a version that this grader knows; a newer grader wrote this",
}


class DecisionError(SaidError):
    """A decision cannot be read or recorded: says which, why, and what to do."""


class Decisions:
    """The decisions below one output folder. What was read once is not read again."""

    def __init__(self, out: Path) -> None:
        self._folder = out / "overrides"
        self._former = out / "overrides.json"
        self._read: dict[str, Override] = {}

    def all(self) -> tuple[Override, ...]:
        """What persons decided, oldest first. Raises DecisionError for a file that holds none."""
        with os.scandir(self._folder) if self._folder.is_dir() else nullcontext(()) as entries:
            names = [entry.name for entry in entries if entry.name.endswith(".json")]
        for name in names:
            if name not in self._read:
                (self._read[name],) = decisions_in(self._folder / name)
        former = decisions_in(self._former) if self._former.exists() else ()
        return tuple(in_order([*former, *self._read.values()]))

    @contextmanager
    def book(self) -> Iterator[DecisionBook]:
        """What is decided, and a way to add to it; nobody else decides meanwhile.

        Raises DecisionError, and OSError where the folder cannot be written.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield DecisionBook(self._folder, self.all())


class DecisionBook:
    """The decisions while they are held."""

    def __init__(self, folder: Path, known: tuple[Override, ...]) -> None:
        self._folder = folder
        self.known = known

    def is_new(self, override: Override) -> bool:
        """Whether it is not yet recorded. Raises DecisionError where another was recorded under its
        name: a decision is never changed.
        """
        former = next((each for each in self.known if each.decision == override.decision), None)
        if former is None:
            return True
        same = ("report", "points", "set_points", "beyond", "word", "undoes", "reason", "author")
        if any(getattr(former, name) != getattr(override, name) for name in same):
            raise DecisionError(
                Sentence(
                    "decision {decision} about {id} is recorded and says something else. A "
                    "decision is never changed: take it back (--undo {decision}), or give the "
                    "new one another name.",
                    {"decision": override.decision, "id": former.id},
                )
            )
        return False

    def add(self, override: Override) -> None:
        """Record a new decision, whole or not at all. Raises OSError."""
        text = override.model_dump_json(indent=1)
        write_atomically(self._folder / f"{override.decision}.json", text)
        self.known = tuple(in_order([*self.known, override]))


def decisions_in(path: Path) -> tuple[Override, ...]:
    """The decisions in a file: a list of them, as the class page saves, or a single one.

    Raises DecisionError that says which entry holds what, and what was expected.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise DecisionError(
            Sentence("{file}: cannot be read: {error}", {"file": str(path), "error": str(error)})
        ) from None
    except (ValueError, RecursionError) as error:  # of JSON, or of UTF-8
        facts = {"file": str(path), "error": str(error)}
        raise DecisionError(
            Sentence("{file}: expected a list of decisions as JSON: {error}", facts)
        ) from None
    entries = data if isinstance(data, list) else [data]
    return tuple(_one(entry, number, path) for number, entry in enumerate(entries, 1))


def _one(entry: Any, number: int, path: Path) -> Override:
    try:
        return Override.model_validate(entry)
    except ValidationError as errors:
        facts = {"file": str(path), "number": str(number)}
        raise DecisionError(
            Sentence("{file}: decision {number}: {wrong}", {**facts, "wrong": _wrong(errors)})
        ) from None


def _wrong(errors: ValidationError) -> Sentence:
    """The first thing that is wrong with an entry, in our words."""
    error = errors.errors()[0]
    field = ".".join(map(str, error["loc"]))
    if not field:
        return Sentence("expected an object with {fields}", {"fields": ", ".join(EXPECTED)})
    if error["type"] == "missing":
        return Sentence("{field} is missing. Add it.", {"field": field})
    if error["type"] == "extra_forbidden":
        facts = {"field": field, "known": ", ".join(EXPECTED)}
        return Sentence("unknown key {field}. Known here: {known}.", facts)
    told: dict[str, str | Sentence] = {
        "field": field,
        "found": found(error),
        "expected": Sentence(EXPECTED[field]) if field in EXPECTED else expected(error),
    }
    return Sentence("{field}: found {found}; expected {expected}", told)
