"""What is said of the answers about another part of a lab, after its hidden inputs were put."""

from __future__ import annotations

from collections.abc import Sequence

from grader.assignment import Part
from grader.engine.after_images import Explanation
from grader.engine.before_images import mishap
from grader.evidence import Answer
from grader.examine.class_names import Vocabulary
from grader.examine.disclosure import disclosed
from grader.examine.images import HiddenImage
from grader.examine.part_findings import label_order_of, unanswered
from grader.examine.part_stand_ins import hear_part
from grader.examine.predicting import Predictions
from grader.examine.session import Session
from grader.examine.stand_ins import StandInsHeard


def explain_part(
    session: Session, part: Part, inputs: Sequence[HiddenImage], found: Predictions, is_told: bool
) -> Explanation:
    """Findings about the answers in `found`. is_told: it is said already why there are none."""
    interface = session.setup.assignment.interface
    answers = [found.answers[one.id] for one in inputs]
    order = tuple(label_order_of(part, answers))
    if is_told:
        return Explanation(order, order)
    heard, mishaps = StandInsHeard(), tuple[str, ...]()
    if found.trouble is None:
        try:
            heard = hear_part(session, part, inputs, answers)
        except Exception as error:
            mishaps = (mishap("stand-ins", error),)
    staff = unanswered(part, answers, found.error, interface)
    shown = disclosed(found, heard, session.submission, Vocabulary(part.classes))
    of_student: list[Answer] = [shown.answers[one.id] for one in inputs]
    told = unanswered(part, of_student, shown.error, interface)
    return Explanation((*staff, *order), (*told, *order), mishaps=mishaps)
