"""What a report is made of: results, one for each submission, and the run that they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from grader.assignment import Assignment
from grader.evidence import Evidence, Roster
from grader.language import Sentence
from grader.runs.changes import PublishedChange
from grader.scoring import Grade


@dataclass(frozen=True, slots=True)
class Result:
    """One submission: what happened, the mark that follows, and what was printed meanwhile."""

    evidence: Evidence
    grade: Grade
    log: str = ""


class MarkedResult(NamedTuple):
    """What is kept in mind of one submission that was published."""

    grade: Grade
    key: str  # of its evidence
    codes: tuple[str, ...]  # of its findings, but for notes


@dataclass(frozen=True, slots=True)
class Context:
    """The run that results belong to."""

    assignment: Assignment
    language: str = "en"  # shown first; every page holds both
    device: str = "CPU"
    confinement: str = "strong"  # level; "none" puts a red banner on every page
    started: str = ""  # ISO 8601, UTC
    version: str = ""  # of the grader
    hidden: Path | None = None  # folder of the hidden images, for thumbnails in the staff's pages
    self_check: bool = False  # one submission on public images: its student may see everything
    per_class: bool = False  # students may see their accuracy by class
    run: str = ""  # id of the run, so that a table tells which marks it holds
    previous: Mapping[str, float | None] | None = None  # id -> score of the run before
    changes: Mapping[str, PublishedChange] = field(
        default_factory=dict
    )  # id -> by what the mark changed
    pictures: Mapping[str, str] | None = None  # hidden image -> sha256; None: whatever lies there
    told: tuple[Sentence, ...] = ()  # what staff should know of the class
    roster: Roster | None = None  # whose words and columns a platform's grade file has
    kept: Path | None = None  # folder in which thumbnails are kept by that digest
