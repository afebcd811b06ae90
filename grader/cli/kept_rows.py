"""The rows of a class as they stand in its folder, kept up with what others write there.

A large class is read in the background, so that the first page comes at once; what was read and
did not change is not read again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from grader.cli import progress, publishing
from grader.cli.class_rows import ClassRows
from grader.cli.desk_rows import (
    RowFacts,
    RowReader,
    by_id,
    facts_of,
    rows_shown,
    stamp,
    stamps,
    with_decisions,
)
from grader.cli.main import UsageError
from grader.cli.recording import DecisionRecorder
from grader.cli.survey import Marking
from grader.decisions import Decisions
from grader.evidence import Evidence
from grader.language import Sentence
from grader.parallel import shares, spread
from grader.review.desk import QueueRow
from grader.runs import PublishedMark, Run, RunFolder
from grader.runs.notes import RowNotes
from grader.scoring import Override
from grader.similarity import similarities
from grader.similarity.pairs import Similarity
from grader.store import Store

LOOK_SECONDS = 1.0  # seconds between two looks at the folder
ALIKE_SECONDS = 20.0  # seconds between two comparisons of a class that is running
INDEX_SECONDS = 1.0  # seconds between two times that rows are shown while a class is read
AT_ONCE = 100  # rows that are read while somebody waits


class KeptRows:
    """Rows by page, and what they are made of. Whoever reads several values holds `lock`."""

    def __init__(self, out: Path, language: str) -> None:
        """Raises UsageError and OSError where the folder cannot be used."""
        self._out, self._language = out, language
        self.folder, self.store, self.decisions = RunFolder(out), Store(out), Decisions(out)
        self.given, self.again = RowNotes(out, "given"), RowNotes(out, "again")
        self.lock = threading.RLock()
        self.facts: dict[str, RowFacts] = {}
        self.pages: dict[str, str] = {}  # page or handle -> id
        self.rows: dict[str, QueueRow] = {}
        self.shared: dict[str, list[Similarity]] = {}
        self.edition = 0
        self.unpublished = 0  # marks that differ from what is published
        self._looked = self._compared = self._indexed = 0.0
        self._stamps: dict[str, tuple[int, int]] = {}
        self._stale = False  # whether evidence came after the last comparison
        self._reader: object | None = None  # while rows are read in the background
        self._left = 0  # rows that it has to read yet
        self._meanwhile: set[str] = set()  # rows that were decided about since it began
        self.known: tuple[Override, ...] = ()
        self.roll = ClassRows({})
        self._open(None)

    @property
    def reading(self) -> tuple[int, int] | None:
        """How many of how many rows are read; None once all are."""
        total = len(self.roll.rows)
        return None if self._reader is None else (total - self._left, total)

    # --- of one row ---------------------------------------------------------------------

    def evidence(self, name: str) -> Evidence | None:
        """The evidence of a row."""
        return self.roll.evidence(self.store, name) if name in self.roll.rows else None

    def marking(self, name: str, more: Sequence[Override] = ()) -> Marking:
        """How a row is marked, with decisions that are not recorded yet."""
        return with_decisions(self.deciding.marking, self._by_id, name, more)

    def about(self, name: str, known: Sequence[Override]) -> list[Override]:
        """Those of the decisions that are about a row."""
        ids = {name, *self.roll.rows[name].others}
        return [each for each in known if each.id in ids]

    # --- keeping up ---------------------------------------------------------------------

    def refresh(self) -> None:
        """Take up what others wrote into the folder, at most every LOOK_SECONDS."""
        with self.lock:
            if time.monotonic() - self._looked >= LOOK_SECONDS:
                self.take_up()

    def take_up(self) -> None:
        """Take up what others wrote into the folder, now."""
        with self.lock:
            self._looked = time.monotonic()
            if stamp(self._out / "run.json") != self._run_stamp:
                self._open(self.run)
                return
            self.take_up_decisions()
            self.take_up_notes()
            if self._reader is not None:
                return  # what changed since it began is seen once it has ended
            present = stamps(self._out / "evidence")
            changed = {name for name, at in present.items() if self._stamps.get(name) != at}
            if changed:
                self._stamps = present
                self._take_up_evidence(changed)
            waited = time.monotonic() - self._compared
            if self._stale and (waited > ALIKE_SECONDS or progress.read(self._out) is None):
                self._do(self._compare, len(self.facts))

    def take_up_decisions(self) -> None:
        """What was decided, here or elsewhere, since the last look."""
        known = self.decisions.all()
        if len(known) == len(self.known):
            return
        seen = {each.decision for each in self.known}
        new = {each.id for each in known if each.decision not in seen}
        self.known, self._by_id = known, by_id(known)
        rows = self.roll.rows
        touched = {n for n, row in rows.items() if n in new or not new.isdisjoint(row.others)}
        if self._reader is not None:
            self._meanwhile |= touched
        self._remake(touched & self.facts.keys())
        self._index()

    def take_up_notes(self) -> None:
        """What the team noted since the last look."""
        if self._noted != (self.given.all(), self.again.all()):
            self._index()

    def _open(self, former: Run | None) -> None:
        """Take the run's document up, and read the rows that are not known by it."""
        self._run_stamp = stamp(self._out / "run.json")
        run = self.folder.read()
        if run is None:
            raise UsageError(
                Sentence(
                    "{out}: no document of a run here. Grade into it once, or say "
                    "`grade rescore --out {out} --assignment DIR`.",
                    {"out": str(self._out)},
                )
            )
        known = self.roll.rows
        self.run = run
        self._settle()
        self.context = publishing.context(self.folder, run, self._language)
        before = self.folder.publication(run.publication.number - 1) if run.publication else None
        published = before or run.publication
        self._before: Mapping[str, PublishedMark] = published.marks if published else {}
        self._reader = None  # what is being read now was for another document
        if former is None or former.assignment != run.assignment:
            self.facts = {}
        for name in list(self.facts):
            if self.roll.rows.get(name) != known.get(name):
                del self.facts[name]
        if not self.facts:
            self._stamps = stamps(self._out / "evidence")
        self._read([name for name in self.roll.ids if name not in self.facts])

    def _settle(self) -> None:
        """How rows are marked, and who is a row, as the folder has it now."""
        self.known = self.decisions.all()
        self._by_id = by_id(self.known)
        self.deciding = DecisionRecorder(self.run, self.store, self.decisions)
        self.roll = self.deciding.marking.roll

    def _read(self, names: Sequence[str]) -> None:
        reader = partial(RowReader, self._out, self.deciding.marking, self._by_id, self.run)
        self._reader, self._left, self._meanwhile = reader, len(names), set()
        self._index()
        self._do(partial(self._read_all, names, reader), len(names))

    def _read_all(self, names: Sequence[str], reader: Callable[[], RowReader]) -> None:
        for asked, part in spread(reader, shares(names), len(names)):
            with self.lock:
                if self._reader is not reader:
                    return
                self.facts.update({facts.row.id: facts for facts in part})
                self._left -= asked
                if time.monotonic() - self._indexed > INDEX_SECONDS:
                    self._index()
        with self.lock:
            if self._reader is not reader:
                return
            self._reader = None
            self._remake(self._meanwhile & self.facts.keys())
        self._compare()

    def _take_up_evidence(self, changed: set[str]) -> None:
        self._settle()
        rows = self.roll.rows
        for gone in self.facts.keys() - rows.keys():
            del self.facts[gone]
        mine = {name for name in rows if rows[name].source in changed or name not in self.facts}
        if len(changed) > AT_ONCE:
            self._read(sorted(mine))
            return
        self._remake(mine)
        self._stale = True
        self._index()

    def _compare(self) -> None:
        """Find out which submissions share something. One row a submission: a group is no copy of
        itself.
        """
        with self.lock:
            self._compared, self._stale = time.monotonic(), False
            facts, handed_out = dict(self.facts), self.run.handed_out
        once: dict[str, RowFacts] = {}
        for name, each in facts.items():
            once.setdefault(each.source or name, each)
        found = similarities([each.trace for each in once.values()], handed_out)
        with self.lock:
            self.shared = {
                name: likenesses
                for name, each in facts.items()
                if (likenesses := found.get(once[each.source or name].row.id))
            }
            self._index()

    def _remake(self, names: set[str]) -> None:
        """Read the rows of these anew."""
        for name in names:
            evidence = self.evidence(name)
            if evidence is not None:
                self.facts[name] = facts_of(self.run, evidence, self.marking(name))

    def _index(self) -> None:
        """Make all rows of what is known, and say that some changed."""
        given, again = self._noted = self.given.all(), self.again.all()
        rows = [
            rows_shown(facts, self._before.get(name), name in self.shared, given.get(name),
                  again.get(facts.source))
            for name, facts in sorted(self.facts.items())
        ]  # fmt: skip
        self.rows = {row.page: row for row in rows}
        self.pages = {word: row.id for row in rows for word in (row.page, row.handle)}
        marks = self.run.publication.marks if self.run.publication else {}
        worth = {name: (mark.score, mark.possible) for name, mark in marks.items()}
        self.unpublished = sum(worth.get(row.id) != (row.score, row.possible) for row in rows)
        self._indexed = time.monotonic()
        self.edition += 1

    def _do(self, act: Callable[[], None], rows: int) -> None:
        """At once where it is about few rows, else in the background."""
        if rows <= AT_ONCE:
            act()
        else:
            threading.Thread(target=act, daemon=True).start()
