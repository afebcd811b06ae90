"""Whose mark changed between two publications, and by what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.language import Sentence
from grader.runs.differences import differences
from grader.runs.document import Publication, PublishedMark
from grader.scoring import Status


@dataclass(frozen=True)
class PublishedChange:
    """A mark that is not what it was."""

    id: str
    before: PublishedMark | None  # None: not published before
    after: PublishedMark | None  # None: not published any more
    causes: tuple[Sentence, ...]
    decided: bool  # whether a person's word is among the causes: the policy, an override

    @property
    def falls(self) -> bool:
        """Whether the student has less than before, or nothing."""
        if self.before is None or self.before.score is None:
            return False
        now = None if self.after is None else self.after.score
        return now is None or now < self.before.score

    @property
    def falls_by_itself(self) -> bool:
        """Whether it falls without a person's word, so that a person must be told."""
        return self.falls and not self.decided


def changes(before: Publication, after: Publication) -> tuple[PublishedChange, ...]:
    """All marks that differ, what fell without a person's word first, then by id."""
    policy = differences(before.policy, after.policy)
    found = [
        _change(name, before.marks.get(name), after.marks.get(name), policy, (before, after))
        for name in sorted({*before.marks, *after.marks})
        if _worth(before.marks.get(name)) != _worth(after.marks.get(name))
    ]
    return tuple(sorted(found, key=lambda change: (not change.falls_by_itself, change.id)))


def _worth(mark: PublishedMark | None) -> tuple[float | None, float] | None:
    return None if mark is None else (mark.score, mark.possible)


def _change(
    name: str,
    one: PublishedMark | None,
    other: PublishedMark | None,
    policy: Sequence[str],
    publications: tuple[Publication, Publication],
) -> PublishedChange:
    if one is None:
        return PublishedChange(name, one, other, (Sentence("new submission"),), decided=False)
    if other is None:
        return PublishedChange(name, one, other, (Sentence("no longer submitted"),), decided=False)
    decided = bool(policy) or one.overrides != other.overrides
    return PublishedChange(
        name, one, other, tuple(_causes(one, other, policy, publications)), decided
    )


def _causes(
    one: PublishedMark,
    other: PublishedMark,
    policy: Sequence[str],
    publications: tuple[Publication, Publication],
) -> Iterator[Sentence]:
    before, after = publications
    if policy:
        yield Sentence("policy ({keys})", {"keys": ", ".join(policy)})
    if one.overrides != other.overrides:
        yield Sentence("override")
    if other.status is Status.ABSENT and one.status is not Status.ABSENT:
        yield Sentence("no longer submitted")
    elif one.digest != other.digest:
        yield Sentence("new submission")
    elif (one.key, one.examined) != (other.key, other.examined):
        yield Sentence("examined again")
    if before.grader != after.grader:
        versions = {"before": before.grader, "after": after.grader}
        yield Sentence("new grader ({before} → {after})", versions)
