"""What the pages ask of a class, as values and a contract that the command fills."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Literal, NamedTuple, Protocol

from pydantic import BaseModel, ConfigDict, Field

from grader.evidence import Answer, Finding
from grader.intake.viewing import ShownReport
from grader.language import SaidError, Sentence
from grader.report import Context, Result
from grader.runs import Publication
from grader.runs.changes import PublishedChange
from grader.scoring import Override

REASON = 2_000  # characters


class QueueRow(NamedTuple):
    """One student, as the queue shows it."""

    id: str
    page: str  # the name of its page
    handle: str  # the same without a name or number, for who marks without names
    name: str
    number: str
    status: str
    score: float | None
    possible: float
    if_complete: float | None  # the mark that confirming the report would give
    correct: int
    total: int
    needs: tuple[str, ...]  # keys of `needs.NEEDS`
    codes: tuple[str, ...]  # of findings that are no notes
    version: str  # of the evidence and all that is decided about it
    decided: str  # who decided last; "" for nobody
    given: str = ""  # whom the team gave it to; "" for nobody
    waits: bool = False  # to be examined again
    late: bool = False  # by the platform's own word


class DecisionRequest(BaseModel):
    """One decision as a page asks for it. `name` is the decision's own, so that one that is sent
    twice counts once.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    page: Annotated[str, Field(min_length=1, max_length=300)]
    version: Annotated[str, Field(max_length=64)]
    what: Literal["complete", "incomplete", "points", "set", "stands", "look", "undo", "confirm"]
    number: Annotated[float | None, Field(allow_inf_nan=False)] = None
    meant: Annotated[str, Field(max_length=64)] = ""  # the decision that "undo" takes back
    reason: Annotated[str, Field(max_length=REASON)] = ""


class AttemptMark(NamedTuple):
    """One attempt of a student: an examination of something that was submitted."""

    id: str  # of the submission
    time: str  # when it was examined, ISO 8601
    score: float | None  # what it is worth by today's rules
    counts: bool  # whether it is the one that counts


class AttemptChange(NamedTuple):
    """What one attempt of a student changed against the one before it."""

    before: AttemptMark
    after: AttemptMark
    gone: tuple[Finding, ...]  # findings of the one before alone
    new: tuple[Finding, ...]  # findings of the one after alone
    gained: tuple[Answer, ...]  # images that the one after alone has right, as answered before
    lost: tuple[Answer, ...]  # images that the one before alone had right, as answered after

    @property
    def again(self) -> bool:
        """Whether it is the same submission, examined again."""
        return self.before.id == self.after.id


class RowView(NamedTuple):
    """Everything of one row."""

    row: QueueRow
    result: Result
    attempts: tuple[AttemptChange, ...] = ()  # the latest first
    taken_back: Mapping[str, str] = MappingProxyType({})  # id of a decision -> who took it back
    confirmed: float | None = None  # the mark that confirming all former decisions would give


class ChangesView(NamedTuple):
    """What one publication changed against another one, or the marks as they are now."""

    publications: tuple[Publication, ...]  # that are kept, the latest last
    before: Publication | None  # None where nothing was published
    after: Publication | None  # number 0: the marks as they are now
    changes: tuple[PublishedChange, ...]
    pages: Mapping[str, str]  # id -> page, of those that are rows


class DecisionEffect(NamedTuple):
    """What decisions do to one mark."""

    row: QueueRow  # as it is before
    after: float | None


class RunProgress(NamedTuple):
    """What is being examined now."""

    done: int
    total: int
    left: float  # seconds, about; 0 where it is not known
    now: tuple[tuple[str, str, str], ...]  # submission, stage, how far


class RefusedError(SaidError):
    """A decision cannot be recorded: says why and what to do. `each`: of several, the pages as they
    were asked for, with why.
    """

    def __init__(self, said: Sentence, each: Sequence[tuple[str, Sentence]] = ()) -> None:
        super().__init__(said)
        self.each = each


class ConflictError(Exception):
    """Something was decided, or examined, that the person who decides has not seen. Nothing was
    recorded.
    """

    def __init__(self, theirs: Mapping[str, Sequence[Override]], rows: Sequence[QueueRow]) -> None:
        """theirs: page -> the decisions about it that the person has not seen, none where it was
        examined again; rows: as they are now.
        """
        super().__init__("somebody else was faster")
        self.theirs, self.rows = theirs, rows


class Desk(Protocol):
    """A class that persons decide about. Safe to be asked by several threads."""

    @property
    def context(self) -> Context:
        """The run."""

    @property
    def edition(self) -> int:
        """A number that grows whenever a row changes."""

    @property
    def unpublished(self) -> int:
        """How many marks differ from what is published."""

    def rows(self) -> Mapping[str, QueueRow]:
        """All rows in order, by page."""

    def refresh(self) -> None:
        """Take up what others wrote into the folder."""

    def look(self, page: str) -> RowView | None:
        """Everything of one row, by page or handle; None for no such."""

    def papers(self, page: str) -> tuple[list[tuple[str, ShownReport | None]] | None, list[str]]:
        """The lab reports of a row's submission, None where what was graded is gone; and the names
        of all of its files.
        """

    def file(self, page: str, number: int) -> tuple[str, bytes] | None:
        """Name and bytes of a file, by its place in `papers`."""

    def decide(self, wants: Sequence[DecisionRequest], author: str) -> list[QueueRow]:
        """Record all of it or nothing; the rows as they are then. Raises RefusedError, and
        ConflictError where a version is not the present one.
        """

    def effects(self, wants: Sequence[DecisionRequest], author: str) -> list[DecisionEffect]:
        """What `decide` would do; raises as it does."""

    def reasons(self) -> Sequence[tuple[str, int]]:
        """Reasons that were given, and how often; the most frequent first."""

    def publish(self) -> None:
        """Write all tables and pages with the marks as they are. Raises RefusedError."""

    def changes(self, before: int | None, after: int | None) -> ChangesView:
        """What changed from one publication to another: the last two, unless others are named; 0
        stands for the marks as they are now.
        """

    def give(self, pages: Sequence[str], to: str, author: str) -> None:
        """Give rows to a person of the team, or back to everybody ("")."""

    def examine_again(self, pages: Sequence[str], author: str) -> None:
        """Note that submissions are to be examined again: a grader does it, not this server."""

    def reading(self) -> tuple[int, int] | None:
        """How many of how many rows are read; None once all are."""

    def running(self) -> RunProgress | None:
        """What is examined now; None where no class is running."""


def handle(run: str, name: str) -> str:
    """A name for the row `name` that tells nothing of it."""
    return hashlib.blake2b(f"{run}\0{name}".encode(), digest_size=6).hexdigest()


def version(key: str, decisions: Sequence[Override]) -> str:
    """A name for a state: evidence with this key, and what is decided about it."""
    text = "\0".join([key, *(each.decision for each in decisions)])
    return hashlib.sha256(text.encode()).hexdigest()[:24]
