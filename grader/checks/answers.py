"""The answers that a check may read, found out for it where no grading has put the images yet."""

from __future__ import annotations

from collections.abc import Mapping

from grader.evidence import Answer
from grader.examine.class_names import Vocabulary
from grader.examine.clock import Clock
from grader.examine.disclosure import disclosed
from grader.examine.images import read_hidden, shuffled
from grader.examine.predicting import ask_all
from grader.examine.session import Session
from grader.examine.stand_ins import StandInsHeard, hear, worth_hearing


def put_all(session: Session, digest: str) -> Mapping[str, Answer]:
    """The answers to the assignment's hidden images, by image id, in the hidden set's order: as a
    check reads them in grading, with the words that a student may be shown.

    digest: the submission's, which the order of asking follows from. Raises AssignmentError for
    images that cannot be used, and what is ours where that stopped the asking.
    """
    assignment = session.setup.assignment
    hidden = read_hidden(assignment, assignment.hidden)
    session.clock = Clock(assignment.limits.total)
    order = shuffled(hidden.images, hidden.digest + digest)
    predictions = ask_all(session, order, {}, lambda done, total: None)
    if predictions.trouble is not None:
        raise predictions.trouble
    heard = StandInsHeard()
    if worth_hearing(session, predictions.answers.values()):
        heard = hear(session, order, Clock(assignment.limits.diagnosis))
    vocabulary = Vocabulary(assignment.classes)
    told = disclosed(predictions, heard, session.submission, vocabulary).answers
    session.clock = Clock(assignment.limits.checks)
    return {image.id: told[image.id] for image in hidden.images}
