"""Lines of the list that a self-check prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from grader.evidence import Check
from grader.language import Sentence
from grader.report.phrases import two


class SelfCheckLine(NamedTuple):
    """One line of the checklist: whether it is fine, what it is about, what to do if not."""

    fine: bool | None  # None: worth knowing, nothing to mend
    text: str
    cure: str = ""


def check_lines(checks: Sequence[Check], language: str) -> Iterator[SelfCheckLine]:
    """A line for each check that passed or failed; one for all that were skipped for a reason."""
    for check in checks:
        if check.outcome == "passed":
            yield SelfCheckLine(True, check.title[language])
        elif check.outcome != "skipped":
            yield _failed(check, language)
    skipped = [check for check in checks if check.outcome == "skipped"]
    for why in dict.fromkeys(check.rationale for check in skipped):
        yield _skipped([check for check in skipped if check.rationale == why], language)


def _skipped(checks: Sequence[Check], language: str) -> SelfCheckLine:
    """How many were skipped for one reason, and what they count when it is graded."""
    points = sum(check.points for check in checks)
    facts = {"count": str(len(checks)), "points": f"{points:g}"}
    facts["reason"] = two(checks[0].rationale)[language]
    text = "Checks that were skipped: {count}; {reason}."
    if points:
        text = "Checks that were skipped: {count}, with {points} points in grading; {reason}."
    return SelfCheckLine(None, Sentence(text, facts).said_in(language))


def _failed(check: Check, language: str) -> SelfCheckLine:
    """What a check found that did not pass."""
    why, expected, actual, cure = (
        two(text)[language] for text in (check.rationale, check.expected, check.actual, check.help)
    )
    facts = {"expected": expected, "actual": actual}
    compared = Sentence("Expected: {expected}. Found: {actual}.", facts).said_in(language)
    told = (check.title[language], why, compared if expected or actual else "")
    return SelfCheckLine(False, " ".join(filter(None, told)), cure)
