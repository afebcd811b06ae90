"""Recording what persons decided: about whom, within bounds, each decision once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from grader.cli.main import UsageError
from grader.cli.naming import Named, named
from grader.cli.survey import marking
from grader.decisions import Book, DecisionError, Decisions, decisions_in
from grader.evidence import Evidence
from grader.language import Sentence
from grader.runs import Run
from grader.scoring import Override
from grader.store import Store

Wish = Callable[[Sequence[Override]], Iterable[Override]]  # from what is decided, what to decide


class Deciding:
    """Records decisions about the rows of one output folder."""

    def __init__(self, run: Run, store: Store) -> None:
        """Raises OSError, and DecisionError where what was decided cannot be read."""
        self._run, self._store = run, store
        self._decisions = Decisions(store.out)
        self._marking = marking(run, store, self._decisions.all())
        self._rows = self._marking.roll.rows

    def row(self, word: str) -> str:
        """The id of the row that `word` means: an id, number or name. Raises UsageError, also for
        a submission that does not count: a decision about it would change no mark.
        """
        if word in self._rows:
            return word
        if (counts := self.counting(word)) is not None:
            facts = {"id": word, "counts": counts}
            raise UsageError(
                Sentence(
                    "{id} is not what counts of its student; {counts} is. Decide about {counts}.",
                    facts,
                )
            )
        if word in {entry.id for entry in self._run.submissions if entry.state == "gone"}:
            raise UsageError(
                Sentence(
                    "{id} is no longer submitted and has no mark to decide about. Expected a "
                    "submission that counts, as grades.csv has it.",
                    {"id": word},
                )
            )
        known = [(name, row.who) for name, row in self._rows.items()]
        return named(word, [Named(name, who.number, who.name or name) for name, who in known])

    def counting(self, name: str) -> str | None:
        """The row of the student who submitted `name`, which does not count; None for no such."""
        return next((row for row, told in self._rows.items() if name in told.others), None)

    def evidence(self, name: str) -> Evidence | None:
        """The evidence of a row; None where it is not examined yet."""
        return self._marking.roll.evidence(self._store, name)

    def others(self, name: str) -> tuple[str, ...]:
        """What else the student of a row submitted, or did."""
        return self._rows[name].others

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
        evidence = self.evidence(override.id)
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
        before = self._marking.given(known).grade(evidence)
        if before.score is None and override.set_points is None:
            raise UsageError(
                Sentence(
                    "{id} has no mark to which points could be added. Set one with --set-points N.",
                    {"id": override.id},
                )
            )
        free = override.model_copy(update={"beyond": True})
        after = self._marking.given([*known, free]).grade(evidence)
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


def from_file(path: Path, deciding: Deciding) -> Wish:
    """All decisions of a file, each about the student whom it names. What was decided about
    another submission of theirs stays about that one, for a person to confirm.
    """
    try:
        entries = decisions_in(path)
    except DecisionError as error:
        raise UsageError(error.said) from None

    def meant(each: Override) -> Override:
        row = deciding.counting(each.id) if each.key else None
        return each.model_copy(update={"id": row or deciding.row(each.id)})

    wanted = [meant(each) for each in entries]
    return lambda known: wanted
