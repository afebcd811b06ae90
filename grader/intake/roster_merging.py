"""Several tables of one course: classes beside each other, or a table of groups beside a roster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path

from grader.evidence import Roster, Submitter
from grader.intake.roster import read_roster
from grader.intake.roster_lookup import folded


def read_rosters(paths: Sequence[Path]) -> Roster:
    """One roster of what all tables say; raises IntakeError as `read_roster` does."""
    return reduce(merged, (read_roster(path) for path in paths))


def merged(first: Roster, second: Roster) -> Roster:
    """Both as one: who is in both, by number, key, user name or address, is there once, with what
    either says; keys of another platform than the first's are left out.
    """
    platform = first.platform or second.platform
    people = [_of(person, first.platform, platform) for person in first.people]
    places = _Places()
    for at, person in enumerate(people):
        places.add(person, at)
    moved = []
    for told in (_of(person, second.platform, platform) for person in second.people):
        found = places.find(told)
        at = len(people) if found is None else found
        if found is None:
            people.append(told)
        people[at] = _with(people[at], told)
        places.add(people[at], at)
        moved.append(at)
    groups = dict(first.groups)
    for name, members in second.groups.items():
        there = groups.get(name, ())
        groups[name] = tuple(dict.fromkeys([*there, *(moved[member] for member in members)]))
    kept = first if first.words or not second.words else second
    changed = dict(zip([p.key for p in kept.people], kept.changed, strict=False))
    return Roster(
        file=f"{first.file}, {second.file}",
        people=tuple(people),
        platform=platform,
        groups=groups,
        columns=first.columns if first.platform == platform else second.columns,
        words=kept.words if kept.platform == platform else {},
        changed=tuple(changed.get(person.key, "") for person in people) if changed else (),
    )


def _of(person: Submitter, platform: str, wanted: str) -> Submitter:
    return person if platform == wanted else person.model_copy(update={"key": ""})


def _with(known: Submitter, told: Submitter) -> Submitter:
    """A person with what is told and was not known."""
    return Submitter(
        **{part: getattr(known, part) or getattr(told, part) for part in Submitter.model_fields}
    )


@dataclass
class _Places:
    """Where each person is, by what is one's own."""

    _found: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, person: Submitter, at: int) -> None:
        for mark in _marks(person):
            self._found.setdefault(mark, at)

    def find(self, person: Submitter) -> int | None:
        return next((self._found[mark] for mark in _marks(person) if mark in self._found), None)


def _marks(person: Submitter) -> Iterator[tuple[str, str]]:
    for part in ("key", "number", "login", "email"):
        if value := folded(getattr(person, part)):
            yield part, value
