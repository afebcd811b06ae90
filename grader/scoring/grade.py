"""The values of marking: a grade and its parts."""

from enum import Enum
from typing import Literal, NamedTuple

from grader.evidence import Document
from grader.scoring.override import Override


class Status(str, Enum):
    """`graded`: ran to its end; `faulted`: stopped by the submission's own fault, marked by policy;
    `ungraded`: stopped by a fault of ours, no mark; `absent`: on the roster, and nothing was
    submitted, which is worth what the policy says.
    """

    GRADED = "graded"
    FAULTED = "faulted"
    UNGRADED = "ungraded"
    ABSENT = "absent"


class Asked(NamedTuple):
    """What carries marks beside the hidden images, the same for everybody of a class.

    parts: ids of the assignment's other parts. checks: marks of all checks together; None where
    they were not tried before the class, so that the evidence alone says.
    """

    parts: tuple[str, ...] = ()
    checks: float | None = None


class GradePart(Document):
    """One line of the bill: what was earned of what was possible, and by which rule."""

    name: str  # "images", a check's name, "override"
    earned: float  # marks
    possible: float  # marks
    because: dict[str, str]  # language -> sentence


class Grade(Document):
    """The mark of one submission and how it came about."""

    id: str  # of the submission
    name: str  # the student's
    number: str = ""  # the student's
    status: Status  # whether there is a mark, and whose fault it is if not
    score: float | None  # None while ungraded, unless a person set it
    possible: float  # marks
    correct: int = 0  # hidden images
    total: int = 0  # hidden images
    interval: tuple[float, float] | None = None  # of the accuracy, 95 %, Clopper and Pearson
    band: str = ""  # "80-85", per cent
    parts: tuple[GradePart, ...] = ()  # the bill
    # The lab report; "not-asked" where none counts and nobody decided about one.
    report: Literal["missing", "found", "complete", "incomplete", "not-asked"] = "missing"
    if_report_complete: float | None = None  # the score that confirming the report would give
    overrides: tuple[Override, ...] = ()  # what persons decided and holds
    undone: tuple[Override, ...] = ()  # what they decided and took back
    earlier: tuple[Override, ...] = ()  # what they decided about other evidence: to confirm

    @property
    def accuracy(self) -> float | None:
        """Share of hidden images answered right; None where none was put."""
        return self.correct / self.total if self.total else None
