"""A class as `grader.review` asks for it: rows from what is stored, decisions through the one
book that ``grade override`` writes, too.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from rich.console import Console

from grader.cli import papers, progress, publishing
from grader.cli.desk_rows import RowFacts, RowReader, by_id, row_of, stamp, stamps, with_decisions
from grader.cli.main import UsageError
from grader.cli.output_folder import opened
from grader.cli.recording import DecisionRecorder, Wish, worded
from grader.cli.survey import Marking
from grader.decisions import DecisionError, Decisions
from grader.evidence import Evidence
from grader.evidence.findings import find
from grader.intake.viewing import ShownReport
from grader.language import Sentence
from grader.parallel import shares, spread
from grader.report import Context, Result
from grader.review.desk import (
    ConflictError,
    DecisionEffect,
    DecisionRequest,
    QueueRow,
    RefusedError,
    RowView,
    RunProgress,
    version,
)
from grader.runs import PublishedMark, Run, RunFolder, SubmissionEntry
from grader.scoring import Override
from grader.similarity import alike, trace
from grader.similarity.pairs import Similarity
from grader.store import Store

LOOK_SECONDS = 1.0  # seconds between two looks at the folder
ALIKE_AFTER = 20.0  # seconds between two comparisons of a class that is running


class ClassDesk:
    """The class in one output folder."""

    def __init__(self, out: Path, language: str) -> None:
        """Raises UsageError and OSError where the folder cannot be used."""
        self._out, self._language = out, language
        self._folder, self._store = RunFolder(out), Store(out)
        self._decisions = Decisions(out)
        self._lock = threading.RLock()
        self._looked = self._compared = 0.0
        self._facts: dict[str, RowFacts] = {}
        self._pages: dict[str, str] = {}  # page or handle -> id
        self._rows: dict[str, QueueRow] = {}
        self._shared: dict[str, list[Similarity]] = {}
        self._stamps: dict[str, tuple[int, int]] = {}
        self._stale = False  # whether evidence came after the last comparison
        self.edition = 0
        self._open()

    # --- what the pages read ------------------------------------------------------------

    @property
    def context(self) -> Context:
        """The run."""
        with self._lock:
            return self._context

    @property
    def unpublished(self) -> int:
        """How many marks differ from what is published."""
        with self._lock:
            marks = self._run.publication.marks if self._run.publication else {}
            worth = {name: (mark.score, mark.possible) for name, mark in marks.items()}
            return sum(
                worth.get(row.id) != (row.score, row.possible) for row in self._rows.values()
            )

    def rows(self) -> Mapping[str, QueueRow]:
        """All rows in order, by page."""
        with self._lock:
            return dict(self._rows)

    def look(self, page: str) -> RowView | None:
        """Everything of one row, by page or handle."""
        with self._lock:
            name = self._pages.get(page)
            evidence = self._evidence(name) if name is not None else None
            if name is None or evidence is None:
                return None
            grade = self._marking(name).grade(evidence)
            told = tuple(
                find(each.code, each.facts, language=self._language)
                for each in self._likenesses(name)
            )
            shown = evidence.model_copy(update={"findings": (*evidence.findings, *told)})
            log = self._roll.log(self._store, name)
            row = self._row(evidence)
            return RowView(row, Result(shown, grade, log))

    def papers(self, page: str) -> tuple[list[tuple[str, ShownReport | None]] | None, list[str]]:
        """The lab reports of a row's submission, and the names of all of its files."""
        return papers.papers(*self._submitted(page))

    def file(self, page: str, number: int) -> tuple[str, bytes] | None:
        """Name and bytes of a file, by its place in `papers`."""
        return papers.file(self._submitted(page)[0], number)

    def _submitted(self, page: str) -> tuple[SubmissionEntry | None, tuple[str, ...]]:
        """What the row of a page was submitted as, and which of its files are reports."""
        with self._lock:
            name = self._pages.get(page, "")
            source = self._facts[name].source if name in self._facts else ""
            evidence = self._evidence(name)
            entry = next((each for each in self._run.submissions if each.id == source), None)
        return entry, evidence.records.reports if evidence is not None else ()

    def reasons(self) -> Sequence[tuple[str, int]]:
        """Reasons that were given, and how often; the most frequent first."""
        with self._lock:
            said = Counter(each.reason for each in self._known if each.says_something)
        return said.most_common()

    def running(self) -> RunProgress | None:
        """What is examined now."""
        return progress.read(self._out)

    # --- decisions ----------------------------------------------------------------------

    def decide(self, wants: Sequence[DecisionRequest], author: str) -> list[QueueRow]:
        """Record all of it or nothing."""
        with self._lock:
            asked = self._meant(wants)
            self._recorded(partial(self._deciding.record, self._wish(asked, author)))
            self._take_up_decisions()
            return [self._rows[self._facts[name].row.page] for name, _ in asked]

    def effects(self, wants: Sequence[DecisionRequest], author: str) -> list[DecisionEffect]:
        """What `decide` would do."""
        with self._lock:
            asked = self._meant(wants)
            new = self._recorded(partial(self._deciding.tried, self._wish(asked, author)))
            found = []
            for name in dict.fromkeys(name for name, _ in asked):
                evidence = self._evidence(name)
                if evidence is not None:
                    after = self._marking(name, [each for each in new if each.id == name])
                    row = self._facts[name].row
                    found.append(DecisionEffect(self._rows[row.page], after.grade(evidence).score))
            return found

    def _meant(self, wants: Sequence[DecisionRequest]) -> list[tuple[str, DecisionRequest]]:
        self._take_up_decisions()
        unknown = [want.page for want in wants if want.page not in self._pages]
        if unknown:
            raise RefusedError(Sentence("no submission {id} here", {"id": unknown[0]}))
        return [(self._pages[want.page], want) for want in wants]

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
                mine = self._about(name, known)
                evidence = self._evidence(name)
                if evidence is None or version(evidence.key, mine) != want.version:
                    row = self._facts[name].row
                    theirs[row.page] = mine
                    current = version(evidence.key, mine) if evidence else ""
                    rows.append(self._rows[row.page]._replace(version=current))
                    continue
                new.append(worded(evidence, want, author, [*known, *new], mine))
            if theirs:
                raise ConflictError(theirs, rows)
            return new

        return wish

    def _recorded(self, record: partial[list[Override]]) -> list[Override]:
        try:
            return record()
        except UsageError as error:
            said = error.said if isinstance(error.said, Sentence) else Sentence(str(error.said))
            raise RefusedError(said) from None
        except DecisionError as error:
            raise RefusedError(error.said) from None

    def _about(self, name: str, known: Sequence[Override]) -> list[Override]:
        ids = {name, *self._roll.rows[name].others}
        return [each for each in known if each.id in ids]

    # --- publishing ---------------------------------------------------------------------

    def publish(self) -> None:
        """Write all tables and pages with the marks as they are."""
        console = Console(quiet=True)
        try:
            with opened(self._out, "review", console, self._language) as (folder, run):
                if run is None:
                    raise RefusedError(Sentence("there is no run to publish here"))
                decided = Decisions(self._out).all()
                made = publishing.draft(run, Store(self._out), decided, "review")
                publishing.publish(folder, made, self._language)
        except UsageError as error:
            raise RefusedError(Sentence(str(error))) from None
        self.refresh()

    # --- keeping up with the folder -----------------------------------------------------

    def refresh(self) -> None:
        """Take up what others wrote into the folder, at most every LOOK_SECONDS."""
        with self._lock:
            if time.monotonic() - self._looked < LOOK_SECONDS:
                return
            self._looked = time.monotonic()
            if stamp(self._out / "run.json") != self._run_stamp:
                self._open()
                return
            present = stamps(self._out / "evidence")
            changed = {name for name, at in present.items() if self._stamps.get(name) != at}
            if changed:
                self._stamps = present
                self._take_up_evidence(changed)
            self._take_up_decisions()
            waited = time.monotonic() - self._compared
            if self._stale and (waited > ALIKE_AFTER or not self._is_running()):
                self._remake(self._compare())
                self._index()

    def _open(self) -> None:
        """Read everything."""
        self._run_stamp = stamp(self._out / "run.json")
        run = self._folder.read()
        if run is None:
            raise UsageError(
                Sentence(
                    "{out}: no document of a run here. Grade into it once, or say "
                    "`grade rescore --out {out} --assignment DIR`.",
                    {"out": str(self._out)},
                )
            )
        self._run: Run = run
        self._stamps = stamps(self._out / "evidence")
        self._settle()
        self._context = publishing.context(self._folder, run, self._language)
        former = self._folder.publication(run.publication.number - 1) if run.publication else None
        published = former or run.publication
        self._published: Mapping[str, PublishedMark] = published.marks if published else {}
        reader = partial(RowReader, self._out, self._deciding.marking, self._by_id, self._published)
        names = self._roll.ids
        self._facts = {
            facts.row.id: facts
            for part in spread(partial(reader, run), shares(names), len(names))
            for facts in part
        }
        self._remake(self._compare())
        self._index()

    def _settle(self) -> None:
        """How rows are marked, and who is a row, as the folder has it now."""
        self._known = self._decisions.all()
        self._by_id = by_id(self._known)
        self._deciding = DecisionRecorder(self._run, self._store, self._decisions)
        self._roll = self._deciding.marking.roll

    def _take_up_evidence(self, changed: set[str]) -> None:
        self._settle()
        rows = self._roll.rows
        mine = [name for name in self._roll.ids if rows[name].source in changed]
        mine += [name for name in rows if name not in self._facts and name not in mine]
        for gone in self._facts.keys() - rows.keys():
            del self._facts[gone]
        for name in mine:
            evidence = self._evidence(name)
            if evidence is not None:
                row = self._row(evidence)
                self._facts[name] = RowFacts(row, trace(evidence), rows[name].source)
        self._stale = True
        self._index()

    def _take_up_decisions(self) -> None:
        """What was decided, here or elsewhere, since the last look."""
        known = self._decisions.all()
        if len(known) == len(self._known):
            return
        seen = {each.decision for each in self._known}
        new = {each.id for each in known if each.decision not in seen}
        self._known, self._by_id = known, by_id(known)
        touched = [
            name for name, row in self._roll.rows.items()
            if name in self._facts and (name in new or not new.isdisjoint(row.others))
        ]  # fmt: skip
        self._remake(touched)
        self._index()

    def _compare(self) -> list[str]:
        """Find out which submissions share something, and say whose rows that changes. One row a
        submission: a group is no copy of itself.
        """
        before = self._shared
        once: dict[str, RowFacts] = {}
        for facts in self._facts.values():
            once.setdefault(facts.source or facts.row.id, facts)
        found = alike([facts.trace for facts in once.values()], self._run.handed_out)
        self._shared = {
            name: likenesses
            for name, facts in self._facts.items()
            if (likenesses := found.get(once[facts.source or name].row.id))
        }
        self._compared, self._stale = time.monotonic(), False
        return [name for name in self._facts if (name in before) != (name in self._shared)]

    def _remake(self, names: Sequence[str]) -> None:
        """Make the rows of these anew."""
        for name in names:
            facts, evidence = self._facts[name], self._evidence(name)
            if evidence is not None:
                self._facts[name] = facts._replace(row=self._row(evidence))

    def _index(self) -> None:
        """Find all rows by their pages, and say that some changed."""
        self._rows = {facts.row.page: facts.row for _, facts in sorted(self._facts.items())}
        self._pages = {
            word: name
            for name, facts in self._facts.items()
            for word in (facts.row.page, facts.row.handle)
        }
        self.edition += 1

    def _is_running(self) -> bool:
        return progress.read(self._out) is not None

    def _evidence(self, name: str) -> Evidence | None:
        return self._roll.evidence(self._store, name) if name in self._roll.rows else None

    def _marking(self, name: str, more: Sequence[Override] = ()) -> Marking:
        return with_decisions(self._deciding.marking, self._by_id, name, more)

    def _likenesses(self, name: str) -> Sequence[Similarity]:
        return self._shared.get(name, ())

    def _row(self, evidence: Evidence) -> QueueRow:
        name = evidence.submission.id
        return row_of(
            self._run, evidence, self._marking(name), self._published.get(name),
            bool(self._likenesses(name)),
        )  # fmt: skip
