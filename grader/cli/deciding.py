"""Recording what persons decided: about whom, within bounds, each decision once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from grader.assignment import Assignment
from grader.cli.main import UsageError
from grader.cli.naming import Named, named
from grader.decisions import Book, DecisionError, Decisions, decisions_in
from grader.evidence import Evidence
from grader.language import Sentence
from grader.runs import RunError, RunFolder
from grader.scoring import Override, grade
from grader.store import Store

Wish = Callable[[Sequence[Override]], Iterable[Override]]  # from what is decided, what to decide


class Deciding:
    """Records decisions about the submissions of one output folder."""

    def __init__(self, store: Store, assignment: Assignment) -> None:
        self._decisions = Decisions(store.out)
        self._read = store.read
        self._policy = assignment.policy
        self._classes = len(assignment.classes)

    def record(self, wish: Wish, *, beyond: bool = False) -> list[Override]:
        """Record what `wish` makes of the decisions that are there, all of it or nothing; what is
        recorded already is not recorded again. `beyond`: marks may leave their bounds.

        Raises UsageError where one cannot be recorded, and OSError.
        """
        try:
            with self._decisions.book() as book:
                new = self._new(wish, book, beyond)
                for each in new:
                    book.add(each)
        except DecisionError as error:
            raise UsageError(error.said) from None
        return new

    def tried(self, wish: Wish, *, beyond: bool = False) -> list[Override]:
        """What `record` would record. Raises as it does."""
        try:
            with self._decisions.book() as book:
                return self._new(wish, book, beyond)
        except DecisionError as error:
            raise UsageError(error.said) from None

    def _new(self, wish: Wish, book: Book, beyond: bool) -> list[Override]:
        new: list[Override] = []
        for each in wish(book.known):
            if book.is_new(each) and each.decision not in {one.decision for one in new}:
                new.append(self._checked(each, [*book.known, *new], beyond))
        return new

    def _checked(self, override: Override, known: Sequence[Override], beyond: bool) -> Override:
        """The decision, tied to the evidence that it is about, if it may be recorded."""
        evidence = self._read(override.id)
        if evidence is None:
            raise UsageError(Sentence("no submission {id} here", {"id": override.id}))
        tied = override.model_copy(update={"beyond": override.beyond or beyond})
        if not override.key:
            digest = evidence.submission.digest
            tied = tied.model_copy(update={"key": evidence.key, "digest": digest})
        self._require_bounds(tied, evidence, known)
        return tied

    def _require_bounds(
        self, override: Override, evidence: Evidence, known: Sequence[Override]
    ) -> None:
        if override.beyond or not (override.points or override.set_points is not None):
            return
        before = grade(evidence, self._policy, self._classes, known)
        if before.score is None and override.set_points is None:
            raise UsageError(
                Sentence(
                    "{id} has no mark to which points could be added. Set one with --set-points N.",
                    {"id": override.id},
                )
            )
        free = override.model_copy(update={"beyond": True})
        after = grade(evidence, self._policy, self._classes, [*known, free])
        now = before.score or 0.0
        if not min(0, now) <= (after.score or 0.0) <= max(after.possible, now):
            facts = {
                "id": override.id,
                "now": f"{now:g}",
                "wanted": f"{after.score:g}",
                "possible": f"{after.possible:g}",
            }
            raise UsageError(
                Sentence(
                    "{id}: the mark would go from {now} to {wanted}, outside 0 to {possible}. "
                    "Nothing was recorded. If it is meant, say --beyond.",
                    facts,
                )
            )


def from_file(path: Path, store: Store) -> Wish:
    """All decisions of a file, each about the submission that it names."""
    try:
        entries = decisions_in(path)
    except DecisionError as error:
        raise UsageError(error.said) from None
    named_here = {word: resolved(word, store) for word in {each.id for each in entries}}
    return lambda known: [each.model_copy(update={"id": named_here[each.id]}) for each in entries]


def resolved(word: str, store: Store) -> str:
    """The id of the submission that `word` means. Raises UsageError, also for one that is gone: a
    decision about it would change no mark.
    """
    gone = _gone(store)
    if word in gone:
        raise UsageError(
            Sentence(
                "{id} is no longer submitted and has no mark to decide about. Expected a "
                "submission that counts, as grades.csv has it.",
                {"id": word},
            )
        )
    if word in store.ids():
        return word
    read = [(name, store.read(name)) for name in store.ids() if name not in gone]
    known = [(name, each.submission) for name, each in read if each is not None]
    return named(word, [Named(name, each.number, each.name) for name, each in known])


def _gone(store: Store) -> set[str]:
    """Ids of submissions that the run's last command did not find any more."""
    try:
        run = RunFolder(store.out).read()
    except RunError as error:
        raise UsageError(error.said) from None
    return {entry.id for entry in run.submissions if entry.state == "gone"} if run else set()
