"""What a submission is compared by: what it holds, and what its code has opened beside that."""

from __future__ import annotations

from typing import NamedTuple

from grader.evidence import Finding, Fingerprint
from grader.examine import outside_folder
from grader.examine.prepare import Conditions, Prepared, left_out, reading_of
from grader.examine.session import Session


class Comparable(NamedTuple):
    """The fingerprint, and findings about files that could not be read for it."""

    fingerprint: Fingerprint
    findings: tuple[Finding, ...] = ()


def with_opened(session: Session, prepared: Prepared, conditions: Conditions) -> Comparable:
    """The fingerprint of the submission, with files that it has opened and that were left out of
    it for their names or for how many there are.

    Errors as in `WorkerSession.opened` and `Reading.weights`.
    """
    opened = session.opened()
    unprinted = set(opened.files) - {each.file for each in prepared.fingerprint.weights}
    outside = tuple(outside_folder.findings(opened.outside, conditions.assignment))
    if not unprinted:
        return Comparable(prepared.fingerprint, outside)
    with reading_of(prepared.folder.parent, conditions) as reading:
        more = reading.weights(prepared.folder, unprinted)
    weights = (*prepared.fingerprint.weights, *more.weights)
    fingerprint = prepared.fingerprint.model_copy(update={"weights": weights})
    return Comparable(fingerprint, (*outside, *left_out(reading.left_out)))
