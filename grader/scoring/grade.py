"""The values of marking: a grade, its parts, and what persons decided."""

from enum import Enum
from typing import Literal

from pydantic import Field

from grader.evidence import Document


class Status(str, Enum):
    """`graded`: ran to its end; `faulted`: stopped by the hand-in's own fault, marked by policy;
    `ungraded`: stopped by a fault of ours, no mark.
    """

    GRADED = "graded"
    FAULTED = "faulted"
    UNGRADED = "ungraded"


class Override(Document):
    """What a person decided about one hand-in. Later ones stand beside earlier ones: the last
    word about the report counts, points add up.
    """

    id: str
    report: Literal["complete", "incomplete"] | None = None
    points: float = Field(0, allow_inf_nan=False)
    reason: str = Field(min_length=1)
    author: str = Field(min_length=1)
    time: str  # ISO 8601, UTC


class Part(Document):
    """One line of the bill: what was earned of what was possible, and by which rule."""

    name: str  # "garbage", a check's name, "override"
    earned: float
    possible: float
    because: dict[str, str]  # language -> sentence


class Grade(Document):
    """The mark of one hand-in and how it came about."""

    id: str
    name: str
    number: str = ""
    status: Status
    score: float | None  # None while ungraded
    possible: float
    correct: int = 0
    total: int = 0
    interval: tuple[float, float] | None = None  # of the accuracy, 95 %, Clopper and Pearson
    band: str = ""  # "80-85", per cent
    parts: tuple[Part, ...] = ()
    report: Literal["missing", "found", "complete", "incomplete"] = "missing"
    if_report_complete: float | None = None  # the score that confirming the report would give
    overrides: tuple[Override, ...] = ()

    @property
    def accuracy(self) -> float | None:
        """Share of hidden images answered right; None where none was put."""
        return self.correct / self.total if self.total else None
