"""What comes after the last hidden image: why the answers are as they are.

Nothing here can change status, answers or marks of the hidden images, and nothing here raises: a
fault of ours is told to staff.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from grader.assignment import Policy
from grader.checks.pytest_run import CheckSelection
from grader.checks.verdicts import asks_for_answers, run_checks
from grader.engine.before_images import mishap
from grader.evidence import Answer, Check, Finding, Problem, Records
from grader.evidence.findings import make_finding
from grader.examine import further_questions
from grader.examine.cause_search import CauseSearch, look_behind
from grader.examine.class_names import Vocabulary
from grader.examine.clock import Clock
from grader.examine.disclosure import disclosed, without_words
from grader.examine.explaining import explained
from grader.examine.follow_up import FollowUp, ask_more
from grader.examine.images import HiddenImage
from grader.examine.predicting import Predictions
from grader.examine.replies import LoadReport
from grader.examine.session import Session
from grader.examine.setup import Setup
from grader.examine.stand_ins import StandInsHeard, are_apart, hear, where_it_hangs, worth_hearing
from grader.examine.weakness import without_classes
from grader.scoring.counts import needed

T = TypeVar("T")


class Explanation(NamedTuple):
    """findings: for staff. told: the same for the student, made of disclosed answers. other: the
    answers in the other order of channels. checks: those that ask for the answers.
    """

    findings: tuple[Finding, ...] = ()
    told: tuple[Finding, ...] = ()
    other: Mapping[str, str | None] = {}
    checks: tuple[Check, ...] = ()
    mishaps: tuple[str, ...] = ()


def explain(
    session: Session,
    predictions: Predictions,
    order: Sequence[HiddenImage],
    report: LoadReport,
    records: Records,
) -> Explanation:
    """Ask what can explain the answers, and say it."""
    assignment = session.setup.assignment
    answers = predictions.answers
    mishaps: list[str] = []
    clock = session.clock = Clock(min(assignment.limits.diagnosis, session.clock.left))

    def guarded(what: str, ask: Callable[[], T], nothing: T) -> T:
        try:
            return ask()
        except Exception as error:
            mishaps.append(mishap(what, error))
            return nothing

    asked, heard, behind = FollowUp(), StandInsHeard(), CauseSearch()
    if predictions.stopped is None and predictions.any_came_back:
        asked = guarded("more questions", lambda: ask_more(session, order, answers, clock), asked)
        behind = guarded(
            "looking behind the answers",
            lambda: look_behind(session, order, answers, asked, report, clock),
            behind,
        )
    apart = are_apart(session)
    if apart and any(one.problem is Problem.TIMEOUT for one in answers.values()):
        hung = guarded(
            "where it hangs", lambda: where_it_hangs(session, order, clock), predictions.hung
        )
        predictions = predictions._replace(hung=hung)
    if worth_hearing(session, answers.values()):
        heard = guarded("stand-ins", lambda: hear(session, order, clock), heard)

    def said(about: Predictions, behind: CauseSearch) -> tuple[Finding, ...]:
        found = _findings(about, order, asked, report, session.setup, behind, records)
        return (*found, *_missing_records(records, assignment.policy, list(answers.values())))

    open_copy = guarded(
        "disclosure",
        lambda: disclosed(predictions, heard, session.submission, Vocabulary(assignment.classes)),
        Predictions({name: _bare(answer) for name, answer in answers.items()}),
    )
    nothing: tuple[Finding, ...] = ()
    findings = guarded("findings", lambda: said(predictions, behind), nothing)
    told = guarded(
        "findings of the student",
        lambda: said(open_copy, behind if apart else without_words(behind, session.submission)),
        nothing,
    )
    if not assignment.pages.per_class:
        told = tuple(map(without_classes, told))
    full = further_questions.has_full_marks(list(answers.values()), assignment)
    checks: tuple[Check, ...] = ()
    if asks_for_answers(assignment.home):
        session.clock = Clock(assignment.limits.checks)
        checks = guarded(
            "checks",
            lambda: run_checks(
                assignment.home, session, open_copy.answers, CheckSelection.ABOUT_ANSWERS
            ),
            checks,
        )
    return Explanation(findings, told, {} if full else asked.other, checks, tuple(mishaps))


def _bare(answer: Answer) -> Answer:
    """The answer without anything that the submission worded."""
    return answer.model_copy(update={"said": "", "seconds": 0.0})


def _findings(
    predictions: Predictions,
    order: Sequence[HiddenImage],
    asked: FollowUp,
    report: LoadReport,
    setup: Setup,
    behind: CauseSearch,
    records: Records,
) -> list[Finding]:
    assignment = setup.assignment
    found = further_questions.why_stopped(predictions, assignment)
    found += further_questions.answer_findings(predictions, assignment, setup.tried)
    if predictions.stopped is None:
        found += further_questions.behind_answers(
            predictions, order, asked, report, assignment, behind
        )
    elif further_questions.no_better_than_guessing(predictions, assignment):
        found += filter(None, [further_questions.weights_not_loaded(report)])
    if not any(answer.answer for answer in predictions.answers.values()):  # nothing to look into
        found = [one for one in found if one.code != "not-diagnosed"]
    told = further_questions.at_the_output(explained(found), asked)
    return told or further_questions.where_nothing_explains(predictions, behind, records.curves)


def _missing_records(records: Records, policy: Policy, answers: Sequence[Answer]) -> list[Finding]:
    """What of a report is missing, where a complete one would change the mark."""
    if policy.report_from is None:
        return []
    correct, total = sum(answer.correct for answer in answers), len(answers)
    if not needed(policy.report_from, total) <= correct < needed(policy.full_at, total):
        return []
    if not records.reports:
        return [make_finding("report-missing", low=policy.report_from, high=policy.full_at)]
    return [] if records.records else [make_finding("records-missing")]
