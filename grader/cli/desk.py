"""A class as `grader.review` asks for it: rows from what is stored, decisions through the one
book that ``grade override`` writes, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from grader.cli import desk_changes, papers, progress, publishing
from grader.cli.kept_rows import KeptRows
from grader.cli.main import UsageError
from grader.cli.output_folder import opened_run
from grader.cli.recording import BoundsError, Wish, all_confirmed, worded
from grader.cli.terminal import terminal
from grader.decisions import DecisionError, Decisions
from grader.evidence import Evidence
from grader.evidence.findings import make_finding
from grader.intake.viewing import ShownReport
from grader.language import Sentence
from grader.report import Context, Result
from grader.review.desk import (
    ChangesView,
    ConflictError,
    DecisionEffect,
    DecisionRequest,
    QueueRow,
    RefusedError,
    RowView,
    RunProgress,
    version,
)
from grader.runs import SubmissionEntry
from grader.runs.notes import RowNotes
from grader.scoring import Override, taken_back
from grader.store import Store


class ClassDesk:
    """The class in one output folder."""

    def __init__(self, out: Path, language: str) -> None:
        """Raises UsageError and OSError where the folder cannot be used."""
        self._out, self._language = out, language
        self._kept = KeptRows(out, language)
        self._lock = self._kept.lock

    # --- what the pages read ------------------------------------------------------------

    @property
    def context(self) -> Context:
        """The run."""
        with self._lock:
            return self._kept.context

    @property
    def edition(self) -> int:
        """A number that grows whenever a row changes."""
        return self._kept.edition

    @property
    def unpublished(self) -> int:
        """How many marks differ from what is published."""
        return self._kept.unpublished

    def rows(self) -> Mapping[str, QueueRow]:
        """All rows in order, by page."""
        with self._lock:
            return dict(self._kept.rows)

    def refresh(self) -> None:
        """Take up what others wrote into the folder."""
        self._kept.refresh()

    def look(self, page: str) -> RowView | None:
        """Everything of one row, by page or handle."""
        with self._lock:
            kept = self._kept
            name = kept.pages.get(page)
            evidence = kept.evidence(name) if name is not None else None
            if name is None or evidence is None:
                return None
            marking = kept.marking(name)
            told = tuple(
                make_finding(each.code, each.facts, language=self._language)
                for each in kept.shared.get(name, ())
            )
            full = evidence.model_copy(update={"findings": (*evidence.findings, *told)})
            log = kept.roll.log(kept.store, name)
            row = kept.rows[kept.facts[name].row.page]
            others = desk_changes.attempts(kept.store, marking, name, evidence)
            grade, confirmed = marking.grade(evidence), self._confirmed(name, evidence)
            back = {each.undoes: each.author for each in marking.overrides if each.undoes}
            return RowView(row, Result(full, grade, log), others, back, confirmed)

    def _confirmed(self, name: str, evidence: Evidence) -> float | None:
        """The mark of a row if all that was decided about earlier evidence held for this one."""
        known = self._kept.known
        tie = {"key": evidence.key, "digest": evidence.submission.digest}
        again = all_confirmed(evidence, "-", self._kept.about(name, known))
        new = [each.model_copy(update=tie) for each in again]
        return self._kept.marking(name, new).grade(evidence).score if new else None

    def papers(self, page: str) -> tuple[list[tuple[str, ShownReport | None]] | None, list[str]]:
        """The lab reports of a row's submission, and the names of all of its files."""
        return papers.papers(*self._submitted(page))

    def file(self, page: str, number: int) -> tuple[str, bytes] | None:
        """Name and bytes of a file, by its place in `papers`."""
        return papers.file(self._submitted(page)[0], number)

    def _submitted(self, page: str) -> tuple[SubmissionEntry | None, tuple[str, ...]]:
        """What the row of a page was submitted as, and which of its files are reports."""
        with self._lock:
            name = self._kept.pages.get(page, "")
            source = self._kept.facts[name].source if name in self._kept.facts else ""
            evidence = self._kept.evidence(name)
            entries = self._kept.run.submissions
            entry = next((each for each in entries if each.id == source), None)
        return entry, evidence.records.reports if evidence is not None else ()

    def reasons(self) -> Sequence[tuple[str, int]]:
        """Reasons of decisions that stand, and how often; the most frequent first."""
        with self._lock:
            known = self._kept.known
        back = taken_back(known)
        said = Counter(e.reason for e in known if e.says_something and e.decision not in back)
        return said.most_common()

    def changes(self, before: int | None, after: int | None) -> ChangesView:
        """What changed between two publications, or up to now."""
        with self._lock:
            marks = {name: facts.mark for name, facts in self._kept.facts.items()}
            run, rows = self._kept.run, self._kept.rows.values()
            pages = {row.id: row.page for row in rows}
        try:
            found = desk_changes.between(self._kept.folder, run, marks, before, after)
        except UsageError as error:
            raise _refused(error) from None
        return found._replace(pages=pages)

    def reading(self) -> tuple[int, int] | None:
        """How many of how many rows are read; None once all are."""
        with self._lock:
            return self._kept.reading

    def running(self) -> RunProgress | None:
        """What is examined now."""
        return progress.read(self._out)

    # --- decisions ----------------------------------------------------------------------

    def decide(self, wants: Sequence[DecisionRequest], author: str) -> list[QueueRow]:
        """Record all of it or nothing."""
        with self._lock:
            kept = self._kept
            asked = self._meant(wants)
            self._recorded(partial(kept.deciding.record, self._wish(asked, author)), asked)
            kept.take_up_decisions()
            return [kept.rows[kept.facts[name].row.page] for name, _ in asked]

    def effects(self, wants: Sequence[DecisionRequest], author: str) -> list[DecisionEffect]:
        """What `decide` would do."""
        with self._lock:
            kept = self._kept
            asked = self._meant(wants)
            new = self._recorded(partial(kept.deciding.tried, self._wish(asked, author)), asked)
            found = []
            for name in dict.fromkeys(name for name, _ in asked):
                evidence = kept.evidence(name)
                if evidence is not None:
                    after = kept.marking(name, [each for each in new if each.id == name])
                    row = kept.rows[kept.facts[name].row.page]
                    found.append(DecisionEffect(row, after.grade(evidence).score))
            return found

    def _meant(self, wants: Sequence[DecisionRequest]) -> list[tuple[str, DecisionRequest]]:
        self._kept.take_up_decisions()
        names = self._names([want.page for want in wants])
        return list(zip(names, wants, strict=True))

    def _names(self, pages: Sequence[str]) -> list[str]:
        """The ids of rows. Raises RefusedError for a page of none."""
        unknown = [page for page in pages if page not in self._kept.pages]
        if unknown:
            raise RefusedError(Sentence("no submission {id} here", {"id": unknown[0]}))
        return [self._kept.pages[page] for page in pages]

    def _wish(self, asked: Sequence[tuple[str, DecisionRequest]], author: str) -> Wish:
        """What is wanted, as decisions, once it is sure that whoever wants it has seen all that
        is known by then.
        """

        def wish(known: Sequence[Override]) -> list[Override]:
            recorded = {each.decision for each in known}
            new: list[Override] = []
            theirs: dict[str, list[Override]] = {}
            rows: list[QueueRow] = []
            for name, want in asked:
                if want.name in recorded:
                    continue  # sent twice: it is there
                mine = self._kept.about(name, known)
                evidence = self._kept.evidence(name)
                if evidence is None or version(evidence.key, mine) != want.version:
                    row = self._kept.facts[name].row
                    theirs[row.page] = _since(want.version, evidence, mine)
                    current = version(evidence.key, mine) if evidence else ""
                    rows.append(self._kept.rows[row.page]._replace(version=current))
                    continue
                new += worded(evidence, want, author, [*known, *new], mine)
            if theirs:
                raise ConflictError(theirs, rows)
            return new

        return wish

    def _recorded(
        self, record: partial[list[Override]], asked: Sequence[tuple[str, DecisionRequest]]
    ) -> list[Override]:
        try:
            return record()
        except BoundsError as error:
            pages = {name: want.page for name, want in asked}
            each = [(pages[one.about], self._named(one, pages)) for one in error.every]
            raise RefusedError(each[0][1], each) from None
        except UsageError as error:
            raise _refused(error) from None
        except DecisionError as error:
            raise RefusedError(error.said) from None

    def _named(self, error: BoundsError, pages: Mapping[str, str]) -> Sentence:
        """Why, with the name by which the page knows the row. pages: id -> as it was asked for."""
        row = self._kept.facts[error.about].row
        name = row.handle if pages[error.about] == row.handle else row.name
        return Sentence("{name}: {why}", {"name": name, "why": error.on_pages})

    # --- what the team notes ------------------------------------------------------------

    def give(self, pages: Sequence[str], to: str, author: str) -> None:
        """Give rows to a person of the team, or back to everybody ("")."""
        with self._lock:
            self._note(self._kept.given, self._names(pages), author, to)

    def examine_again(self, pages: Sequence[str], author: str) -> None:
        """Note that submissions are to be examined again."""
        with self._lock:
            sources = [self._kept.facts[name].source for name in self._names(pages)]
            if "" in sources:
                raise RefusedError(Sentence("nothing was submitted that could be examined again"))
            self._note(self._kept.again, sources, author)

    def _note(self, notes: RowNotes, names: Sequence[str], author: str, to: str = "") -> None:
        for name in names:
            notes.write(name, author, to)
        self._kept.take_up_notes()

    # --- publishing ---------------------------------------------------------------------

    def publish(self) -> None:
        """Write all tables and pages with the marks as they are."""
        console = terminal(quiet=True)
        try:
            with opened_run(self._out, "review", console, self._language) as (folder, run):
                if run is None:
                    raise RefusedError(Sentence("there is no run to publish here"))
                decided = Decisions(self._out).all()
                made = publishing.draft(run, Store(self._out), decided, "review")
                publishing.publish(folder, made, self._language)
        except UsageError as error:
            raise _refused(error) from None
        except DecisionError as error:
            raise RefusedError(error.said) from None
        self._kept.take_up()


def _since(seen: str, evidence: Evidence | None, mine: Sequence[Override]) -> list[Override]:
    """What of the decisions about a row came after the state `seen`; none where that was of other
    evidence.
    """
    key = evidence.key if evidence is not None else ""
    states = [version(key, mine[:count]) for count in range(len(mine) + 1)]
    return list(mine[states.index(seen) :]) if seen in states else []


def _refused(error: UsageError) -> RefusedError:
    """The same for a page, in both languages where it has them."""
    said = error.said if isinstance(error.said, Sentence) else Sentence(error.said)
    return RefusedError(said)
