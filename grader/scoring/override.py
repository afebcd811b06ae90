"""What persons decide about marks: documents that are only ever added, and what they come to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timezone
from typing import Any, Final, Literal, NamedTuple

from pydantic import Field, model_validator

from grader.evidence import Document, Evidence

SCHEMA: Final = 3  # 1: without an id of its own and without what it is about; 2: without `word`
_FIRST = datetime.min.replace(tzinfo=timezone.utc)
_CONTENT = ("id", "report", "points", "reason", "author", "time")  # of schema 1


class Override(Document):
    """One decision about one submission. It is never changed: who thinks again decides again, or
    takes it back (`undoes`). Two documents with one `decision` are one decision.
    """

    schema_version: int = Field(SCHEMA, le=SCHEMA)  # raised when a field changes its meaning
    decision: str = Field("", pattern=r"^[0-9a-z-]{8,64}$")  # its own id; "" is never kept
    id: str  # of the submission
    key: str = ""  # of the evidence that it is about; "" where that was not written down
    digest: str = ""  # of the submission that it is about
    # Whether the lab report is complete; None where it is not about that.
    report: Literal["complete", "incomplete"] | None = None
    points: float = Field(0, allow_inf_nan=False)  # to add
    set_points: float | None = Field(None, allow_inf_nan=False)  # the whole mark
    beyond: bool = False  # whether the mark may leave 0 to what is possible
    # "look": somebody else should look at it; "stands": looked at, and the mark stays as it is.
    word: Literal["look", "stands"] | None = None
    undoes: str = ""  # id of the decision that it takes back
    reason: str = Field(min_length=1)  # why, as the person wrote it
    author: str = Field(min_length=1)  # who decided
    time: str  # ISO 8601, UTC

    @model_validator(mode="before")
    @classmethod
    def _named_by_content(cls, data: Any) -> Any:
        """A decision of schema 1 is named by what it says, so that it too counts once."""
        if isinstance(data, dict) and not data.get("decision"):
            content = [str(data.get(name) or "") for name in _CONTENT]
            text = json.dumps(content, ensure_ascii=True)
            return {**data, "decision": hashlib.sha256(text.encode()).hexdigest()[:32]}
        return data

    @property
    def about_report_only(self) -> bool:
        """Whether it says something of the lab report and nothing of points."""
        return self.report is not None and not self.points and self.set_points is None

    @property
    def says_something(self) -> bool:
        """Whether it says more than that another decision is taken back."""
        return self.about_mark or self.word is not None

    @property
    def about_mark(self) -> bool:
        """Whether it can change a mark."""
        return bool(self.report or self.points or self.set_points is not None)

    @property
    def moment(self) -> datetime:
        """When it was decided; long ago where that cannot be read."""
        try:
            read = datetime.fromisoformat(self.time.replace("Z", "+00:00"))
        except ValueError:
            return _FIRST
        return read if read.tzinfo else read.replace(tzinfo=timezone.utc)


def in_order(overrides: Iterable[Override]) -> list[Override]:
    """Each decision once, by when it was decided: the same list in whatever order they came."""
    once = {override.decision: override for override in overrides}
    return sorted(once.values(), key=lambda each: (each.moment, each.decision))


class Standing(NamedTuple):
    """What the decisions about one submission come to, each oldest first."""

    counting: tuple[Override, ...]
    undone: tuple[Override, ...]  # taken back
    earlier: tuple[Override, ...]  # about other evidence: to be decided again

    @property
    def report(self) -> Literal["complete", "incomplete"] | None:
        """The last word about the lab report."""
        return next((each.report for each in reversed(self.counting) if each.report), None)

    @property
    def points(self) -> tuple[Override, ...]:
        """The decisions about points that matter: a mark that was set replaces those before."""
        about = [each for each in self.counting if each.points or each.set_points is not None]
        set_at = [place for place, each in enumerate(about) if each.set_points is not None]
        last_set = set_at[-1] if set_at else 0
        return tuple(about[last_set:])


def standing(
    overrides: Iterable[Override], evidence: Evidence, others: Collection[str] = ()
) -> Standing:
    """What the decisions about the submission of `evidence` come to.

    Args:
        overrides: of whatever submissions.
        evidence: of the submission; decisions about other evidence do not count.
        others: ids that the same student's work had or has beside this one.
    """
    ids = {evidence.submission.id, *others}
    mine = in_order(each for each in overrides if each.id in ids)
    back = taken_back(mine)
    worded = [each for each in mine if each.says_something]
    said = [each for each in worded if each.decision not in back]
    return Standing(
        counting=tuple(each for each in said if _about(each, evidence)),
        undone=tuple(each for each in worded if each.decision in back),
        earlier=tuple(each for each in said if not _about(each, evidence)),
    )


def taken_back(overrides: Sequence[Override]) -> set[str]:
    """Ids of those that a later one, which stands itself, takes back; `overrides` in order."""
    back: set[str] = set()
    for each in reversed(overrides):
        if each.undoes and each.decision not in back:
            back.add(each.undoes)
    return back


def _about(override: Override, evidence: Evidence) -> bool:
    """Whether it is about this evidence. What a person said of a lab report holds as long as the
    submission is the same; what was said of points, as long as the evidence is.
    """
    if not override.key:
        return not evidence.started or override.moment >= _moment(evidence)
    same_submission = override.digest == evidence.submission.digest
    return override.key == evidence.key or (override.about_report_only and same_submission)


def _moment(evidence: Evidence) -> datetime:
    read = datetime.fromisoformat(evidence.started.replace("Z", "+00:00"))
    return read if read.tzinfo else read.replace(tzinfo=timezone.utc)
