"""Recording what persons decided: about whom, within bounds, each decision once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import uuid4

from grader.cli.main import UsageError
from grader.cli.survey import Marking, marking
from grader.cli.who import NamedStudent, named
from grader.decisions import DecisionBook, DecisionError, Decisions, decisions_in
from grader.evidence import Evidence
from grader.language import Sentence
from grader.review.desk import DecisionRequest
from grader.runs import Run
from grader.scoring import Override, standing, taken_back
from grader.store import Store

TICK = timedelta(microseconds=1)  # between two decisions about one student, at least
LATEST = datetime.max.replace(tzinfo=timezone.utc) - TICK  # to which a tick can be added
Wish = Callable[[Sequence[Override]], Iterable[Override]]  # from what is decided, what to decide


class BoundsError(UsageError):
    """A decision would take a mark out of its bounds; `on_pages`: the same for who does not type
    commands, and who names the student beside it.
    """

    def __init__(self, said: Sentence, on_pages: Sentence, about: str) -> None:
        super().__init__(said)
        self.on_pages, self.about = on_pages, about
        self.every: Sequence[BoundsError] = (self,)  # that was found with it


class DecisionRecorder:
    """Records decisions about the rows of one output folder."""

    def __init__(self, run: Run, store: Store, decisions: Decisions | None = None) -> None:
        """decisions: those of the folder, if they are open already. Raises OSError, and
        DecisionError where what was decided cannot be read.
        """
        self._run, self._store = run, store
        self._decisions = decisions or Decisions(store.out)
        self._marking = marking(run, store, self._decisions.all())
        self._rows = self._marking.roll.rows

    @property
    def marking(self) -> Marking:
        """How the run marks, by what was decided when this was made."""
        return self._marking

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
        return named(
            word, [NamedStudent(name, who.number, who.name or name) for name, who in known]
        )

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

    def _new(self, wish: Wish, book: DecisionBook, beyond: bool) -> list[Override]:
        new: list[Override] = []
        refused: list[BoundsError] = []
        for each in wish(book.known):
            if book.is_new(each) and each.decision not in {one.decision for one in new}:
                try:
                    new.append(self._checked(each, [*book.known, *new], beyond))
                except BoundsError as error:
                    refused.append(error)
        if refused:  # all of them are told, as one alone would hide the others
            refused[0].every = refused
            raise refused[0]
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
            raise BoundsError(
                Sentence(
                    "{id} has no mark to which points could be added. Set one with --set-points N.",
                    {"id": override.id},
                ),
                Sentence("There is no mark to which points could be added. Set the whole mark."),
                override.id,
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
            raise BoundsError(
                Sentence(
                    "{id}: the mark would go from {now} to {wanted}, outside 0 to {possible}. "
                    "Nothing was recorded. If it is meant, say --beyond.",
                    facts,
                ),
                Sentence(
                    "The mark would go from {now} to {wanted}, outside 0 to {possible}. Nothing "
                    "was recorded.",
                    facts,
                ),
                override.id,
            )


def decision(about: str, author: str, mine: Sequence[Override], **says: Any) -> Override:
    """A new decision, later than all of `mine`, those about the same student: what is said last is
    the last word. What a machine with a wrong clock said of others moves no time of this one.
    """
    now = max([datetime.now(timezone.utc), *(min(each.moment, LATEST) + TICK for each in mine)])
    told = {"decision": uuid4().hex, "time": now.isoformat(timespec="microseconds"), **says}
    return Override(id=about, author=author, **told)


def about_ids(known: Sequence[Override], ids: Collection[str]) -> list[Override]:
    """Of what is decided, what is about these ids, in the same order."""
    return [each for each in known if each.id in ids]


def standing_words(known: Sequence[Override], ids: Collection[str]) -> list[Override]:
    """The decisions about these ids that can be taken back, oldest first."""
    mine = about_ids(known, ids)
    back = taken_back(mine)
    return [each for each in mine if each.says_something and each.decision not in back]


def undoing(
    about: str, author: str, mine: Sequence[Override], meant: Override, reason: str, **says: Any
) -> Override:
    """The decision that takes `meant` back."""
    told = {"undoes": meant.decision, "reason": reason or "taken back", **says}
    return decision(about, author, mine, **told)


def confirming(
    about: str, author: str, mine: Sequence[Override], meant: Override, reason: str, **says: Any
) -> Override:
    """The decision that says of the present submission what `meant` said of an earlier one."""
    told = meant.model_dump(include={"report", "points", "set_points", "beyond", "word"})
    told |= {"undoes": meant.decision, "reason": reason or meant.reason, **says}
    return decision(about, author, mine, **told)


def worded(
    evidence: Evidence,
    want: DecisionRequest,
    author: str,
    known: Sequence[Override],
    mine: Sequence[Override],
) -> list[Override]:
    """The decisions that are wanted, the last one by the name of `want`; `mine` are those about
    this row. Raises UsageError.
    """
    name, reason = evidence.submission.id, " ".join(want.reason.split())
    ids = {each.id for each in mine}
    known = about_ids(known, {name, *ids})
    if want.what == "undo":
        meant = _to_take_back(want, author, mine)
        return [undoing(name, author, known, meant, reason, decision=want.name)]
    if want.what == "confirm":
        confirmed = all_confirmed(evidence, author, known, reason, want.name)
        if not confirmed:
            raise UsageError(Sentence("Nothing that was decided before waits for this one."))
        return confirmed
    if not reason:
        raise UsageError(Sentence("Say why: the reason is kept with the mark."))
    if (want.what == "points" and not want.number) or (want.what == "set" and want.number is None):
        raise UsageError(Sentence("Say how many points."))
    said: dict[str, dict[str, Any]] = {
        "complete": {"report": "complete"},
        "incomplete": {"report": "incomplete"},
        "points": {"points": want.number},
        "set": {"set_points": want.number},
    }
    says = said.get(want.what, {"word": want.what})
    return [decision(name, author, known, decision=want.name, reason=reason, **says)]


def _to_take_back(want: DecisionRequest, author: str, mine: Sequence[Override]) -> Override:
    """The decision that `want` takes back: the one that it names, else the last of the author's
    own. Nobody takes back another's without naming it. Raises UsageError.
    """
    able = standing_words(mine, {each.id for each in mine})
    if want.meant:
        able = [each for each in able if each.decision == want.meant]
    elif able:
        able = [each for each in able if each.author == author]
        if not able:
            raise UsageError(
                Sentence(
                    "You decided nothing here that could be taken back. What others decided has a "
                    "button each, in the list of decisions."
                )
            )
    if not able:
        raise UsageError(Sentence("there is no decision to take back"))
    return able[-1]


def all_confirmed(
    evidence: Evidence,
    author: str,
    mine: Sequence[Override],
    reason: str = "",
    name: str = "",
) -> list[Override]:
    """The decisions that say again, of this evidence, all that was decided about earlier evidence;
    `name` is the last one's, so that what is sent twice counts once.
    """
    earlier = standing(mine, evidence, {each.id for each in mine}).earlier
    new: list[Override] = []
    for place, each in enumerate(earlier, 1):
        says = {"decision": name} if name and place == len(earlier) else {}
        so_far = [*mine, *new]
        new.append(confirming(evidence.submission.id, author, so_far, each, reason, **says))
    return new


def from_file(path: Path, deciding: DecisionRecorder) -> Wish:
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
