"""Examining one submission from the folder that was handed in to the evidence.

Each stage takes the evidence so far and gives evidence with its own fields added. Up to the answers
a fault of ours makes the examination one without a mark (`trouble`); from there on status, answers
and marks stand, and a fault of ours is told to staff beside them (`mishaps`).
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from tempfile import TemporaryDirectory

from grader import __version__
from grader.assignment import Part
from grader.checks.pytest_run import CheckSelection
from grader.checks.verdicts import told_once
from grader.engine.after_images import Explanation, explain
from grader.engine.after_part import explain_part
from grader.engine.before_images import describe, load, look_at_exports, mishap
from grader.evidence import (
    Answer,
    Attempt,
    Confinement,
    Evidence,
    Finding,
    PartAnswers,
    Problem,
    Severity,
    Stage,
    SubmissionRecord,
    Trouble,
)
from grader.evidence.findings import make_finding
from grader.evidence.reading import readable_evidence
from grader.examine.clock import Clock
from grader.examine.comparable import with_opened
from grader.examine.further_questions import stopped_by
from grader.examine.images import HiddenSet, PartSet, shuffled
from grader.examine.loading import without_needed
from grader.examine.outside_folder import untold
from grader.examine.predicting import ask_all, ask_part
from grader.examine.prepare import Conditions, Prepared, handed_in_twice, left_out, prepare
from grader.examine.session import Session
from grader.examine.worker_client import WorkerEndedError, WorkerFaultError
from grader.intake import ArchiveRefusedError, Submission
from grader.language import Sentence, TroubleError, said_in
from grader.readers.paths import readable_name
from grader.sandbox.contract import Cause, End

MOST_ATTEMPTS = 20  # earlier runs that are kept
REPORT_IT = Sentence("Report this with the log of the submission; the same command tries it again.")

Tell = Callable[[Stage, int, int], None]  # stage, steps done, steps in all


def examine(
    submission: Submission,
    key: str,
    conditions: Conditions,
    hidden: HiddenSet,
    tell: Tell,
    before: Evidence | None = None,
) -> tuple[Evidence, str]:
    """The evidence about `submission` and what its processes printed.

    `before` is that of an earlier run that a fault of ours ended: its answers count, and only what
    was never asked is asked now. Never raises for what a submission does. A fault of ours is in the
    evidence. What is given back can be written and read back.
    """
    begun = time.monotonic()
    evidence, left = _blank(submission, key, hidden, before), _Left()
    try:
        with TemporaryDirectory(prefix="submission-", dir=conditions.workspace) as folder:
            Path(folder).chmod(0o755)  # the sandbox may run as a user of its own
            stages = _stages(evidence, submission, Path(folder), conditions, hidden, tell, left)
            for after_stage in stages:
                evidence = after_stage
    except Exception as error:  # a fault in the grader itself must not end the class
        left.log += traceback.format_exc()
        if evidence.stage in (Stage.EXPLAIN, Stage.DONE):
            evidence = _changed(evidence, mishaps=(*evidence.mishaps, mishap("the end", error)))
        else:
            evidence = _changed(evidence, trouble=_trouble(error, conditions.language))
    language = conditions.language
    evidence = _changed(
        evidence,
        findings=_in_order(evidence.findings, language),
        told=_in_order(evidence.told, language),
        confinement=left.confinement,
        seconds=round(time.monotonic() - begun, 3),
    )
    return readable_evidence(evidence), left.log


@dataclass
class _Left:
    """What is left of a session when it is over, however it ended."""

    log: str = ""
    confinement: Confinement | None = None


def _stages(
    evidence: Evidence,
    submission: Submission,
    folder: Path,
    conditions: Conditions,
    hidden: HiddenSet,
    tell: Tell,
    left: _Left,
) -> Iterator[Evidence]:
    """The evidence after each stage."""
    assignment = conditions.assignment
    tell(Stage.INTAKE, 0, 0)
    try:
        prepared = prepare(submission, folder, conditions)
    except ArchiveRefusedError as refused:
        source = refused.archive or readable_name(submission.path)
        yield _found(
            _changed(evidence, stopped="archive-refused"),
            (make_finding("archive-refused", source=source, reason=refused.said),),
        )
        return
    left.log += prepared.log
    evidence = _changed(
        evidence,
        submission=prepared.submission,
        records=prepared.records,
        runtime=prepared.runtime,
        fingerprint=prepared.fingerprint,
        stage=Stage.START,
    )
    found = (*handed_in_twice(prepared.twice), *left_out(prepared.left_out))
    yield (evidence := _found(evidence, found))
    session, end = Session(prepared.setup, prepared.folder, Clock(assignment.limits.total)), None
    try:
        tell(Stage.LOAD, 0, 0)
        yield (evidence := _changed(evidence, stage=Stage.LOAD))
        loaded = load(session, prepared, assignment)
        took, end = session.load_seconds, loaded.end
        evidence = _changed(evidence, loading=loaded.loading, stopped=loaded.stopped)
        yield (evidence := _found(evidence, loaded.findings))

        tell(Stage.CHECKS, 0, 0)
        yield (evidence := _changed(evidence, stage=Stage.CHECKS))
        if loaded.report.function:
            blank = {one.image: one for one in evidence.answers}
            described = describe(session, assignment, blank, CheckSelection.BEFORE)
        else:  # checks that ask for answers have their turn now: there will be none
            described = describe(session, assignment, {}, CheckSelection.ALL)
        exports = look_at_exports(session, prepared, loaded.report, hidden.images)
        evidence = _changed(
            evidence,
            networks=described.networks,
            checks=described.checks,
            mishaps=(*described.mishaps, *exports.mishaps),
        )
        yield (evidence := _found(evidence, (*described.findings, *exports.findings)))
        if not loaded.report.function:
            for asked in _parts(evidence, session, hidden, prepared):
                yield (evidence := asked)
            checks = told_once(evidence.checks, evidence.answers)
            yield (evidence := _changed(evidence, checks=checks, stage=Stage.DONE))
            return

        tell(Stage.PREDICT, 0, len(hidden.images))
        yield (evidence := _changed(evidence, stage=Stage.PREDICT))
        # The images have the time of one import and their own: LeNet5 took none of it.
        session.clock = Clock(max(assignment.limits.total - took, 0))
        order = shuffled(hidden.images, hidden.digest + prepared.submission.digest)
        predictions = ask_all(
            session,
            order,
            _recorded(evidence.answers),
            lambda done, total: tell(Stage.PREDICT, done, total),
        )
        left_over = session.clock.left
        answers = tuple(predictions.answers[image.id] for image in hidden.images)
        yield (evidence := _changed(evidence, answers=answers))
        if predictions.trouble is not None:
            raise predictions.trouble
        # Now, as the worker that has answered is still there.
        yield (evidence := _compared(evidence, session, prepared, conditions))
        for asked in _parts(evidence, session, hidden, prepared):
            yield (evidence := asked)
        session.clock = Clock(left_over)
        end = predictions.end
        stopped = stopped_by(predictions, assignment)
        yield (evidence := _changed(evidence, stopped=stopped, stage=Stage.EXPLAIN))
        tell(Stage.EXPLAIN, 0, 0)
        explained = explain(session, predictions, order, loaded.report, evidence.records)
        yield (evidence := _explained(evidence, explained))
    finally:
        left.confinement = session.confinement(end or End(Cause.CLOSED, ""))
        session.close()
        left.log += session.log
        left.confinement = session.confinement(end or End(Cause.CLOSED, ""))


def _parts(
    evidence: Evidence, session: Session, hidden: HiddenSet, prepared: Prepared
) -> Iterator[Evidence]:
    """The evidence after each other part was asked, with a time of its own for each."""
    assignment = session.setup.assignment
    inputs = {one.id: one.inputs for one in hidden.parts}
    for part in assignment.parts:
        given = inputs.get(part.id, ())
        if not given:
            continue  # a student's own folder has none
        before = next((one.answers for one in evidence.parts if one.id == part.id), ())
        session.clock = Clock(assignment.limits.total)
        order = shuffled(given, hidden.digest + prepared.submission.digest)
        found = ask_part(session, part, order, _recorded(before))
        answers = tuple(found.answers[one.id] for one in given)
        told = PartAnswers(id=part.id, classes=len(part.classes), answers=answers)
        parts = tuple(told if one.id == part.id else one for one in evidence.parts)
        why = explain_part(session, part, given, found, _is_told(part, evidence))
        yield (
            evidence := _changed(
                evidence,
                parts=parts,
                findings=(*evidence.findings, *why.findings),
                told=(*evidence.told, *why.told),
                mishaps=(*evidence.mishaps, *why.mishaps),
            )
        )
        session.close()  # what follows is no matter of this part's worker
        if found.trouble is not None:
            raise found.trouble


def _is_told(part: Part, evidence: Evidence) -> bool:
    """Whether it is said already why the function of the part answers nothing."""
    import_failed = evidence.stopped not in ("", "predict-missing")
    return import_failed or any(
        one.code == "part-missing" and one.facts.get("part") == part.id for one in evidence.findings
    )


def _compared(
    evidence: Evidence, session: Session, prepared: Prepared, conditions: Conditions
) -> Evidence:
    """The evidence with the prints of what the worker has opened, as far as there is one."""
    try:
        compared = with_opened(session, prepared, conditions)
    except WorkerEndedError:
        return evidence
    except Exception as error:
        return _changed(evidence, mishaps=(*evidence.mishaps, mishap("comparison", error)))
    # For staff alone: which files it opened is the word of a worker that has seen hidden images.
    new = [found for found in compared.findings if found not in evidence.findings]
    findings = (*evidence.findings, *new)
    return _changed(evidence, findings=findings, fingerprint=compared.fingerprint)


def _explained(evidence: Evidence, explained: Explanation) -> Evidence:
    """The evidence with what explains the answers: no mark of the images follows from it."""
    answers = tuple(
        _other(answer, explained.other[answer.image] or "")
        if answer.image in explained.other
        else answer
        for answer in evidence.answers
    )
    return _changed(
        evidence,
        answers=answers,
        checks=told_once((*evidence.checks, *explained.checks), evidence.answers),
        findings=without_needed(
            (*evidence.findings, *untold(explained.findings, evidence.findings))
        ),
        told=without_needed((*evidence.told, *explained.told)),
        mishaps=(*evidence.mishaps, *explained.mishaps),
        stage=Stage.DONE,
    )


def _other(answer: Answer, word: str) -> Answer:
    return answer.model_copy(update={"other": word})


def _changed(evidence: Evidence, **fields: object) -> Evidence:
    return evidence.model_copy(update=fields)


def _found(evidence: Evidence, findings: Sequence[Finding]) -> Evidence:
    """The evidence with findings that come of no worker that has seen a hidden image."""
    return _changed(
        evidence,
        findings=(*evidence.findings, *findings),
        told=(*evidence.told, *findings),
    )


def _blank(
    submission: Submission, key: str, hidden: HiddenSet, before: Evidence | None
) -> Evidence:
    """The evidence before the first stage."""
    earlier = before if before is not None and before.key == key and before.trouble else None
    kept = _recorded(earlier.answers) if earlier else {}
    answers = tuple(
        kept.get(image.id)
        or Answer(image=image.id, truth=image.truth, answer=None, problem=Problem.NOT_ASKED)
        for image in hidden.images
    )
    return Evidence(
        key=key,
        submission=unread(submission),
        stage=Stage.INTAKE,
        answers=answers,
        parts=tuple(_unasked(part, earlier) for part in hidden.parts),
        earlier=_attempts(earlier) if earlier else (),
        started=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        grader=__version__,
    )


def _unasked(part: PartSet, earlier: Evidence | None) -> PartAnswers:
    """Another part before it is asked: what an earlier run has heard counts."""
    kept = {one.id: _recorded(one.answers) for one in earlier.parts} if earlier else {}
    answers = tuple(
        kept.get(part.id, {}).get(each.id)
        or Answer(image=each.id, truth=each.truth, answer=None, problem=Problem.NOT_ASKED)
        for each in part.inputs
    )
    return PartAnswers(id=part.id, classes=part.classes, answers=answers)


def unread(submission: Submission) -> SubmissionRecord:
    """What is known of a submission before its files are read."""
    student = submission.student
    return SubmissionRecord(
        id=submission.id,
        name=student.name or submission.id,
        number=student.number,
        source=readable_name(submission.path),
        digest="",
        size=0,
        files=0,
        origin=submission.origin,
    )


def _attempts(before: Evidence) -> tuple[Attempt, ...]:
    """The earlier runs, the last of them with how many images had had their turn."""
    assert before.trouble is not None  # noqa: S101 - it is an earlier run because of that
    last = Attempt(
        started=before.started,
        stage=before.stage,
        trouble=before.trouble,
        answered=len(_recorded(before.answers)),
    )
    return (*before.earlier, last)[-MOST_ATTEMPTS:]


def _recorded(answers: Sequence[Answer]) -> dict[str, Answer]:
    """The answers of images that had their turn, by image id."""
    return {one.image: one for one in answers if one.problem is not Problem.NOT_ASKED}


def _trouble(error: Exception, language: str) -> Trouble:
    """A fault of ours, with what mends it."""
    said, mended = _told(error)
    return Trouble(message=said_in(language, said), cure=said_in(language, mended))


def _told(error: Exception) -> tuple[str | Sentence, str | Sentence]:
    """What went wrong and what mends it: sentences where the error has them."""
    if isinstance(error, TroubleError):
        return error.said, error.mended
    if isinstance(error, WorkerFaultError):
        return Sentence("The grader's worker failed: {error}", {"error": str(error)}), REPORT_IT
    if isinstance(error, OSError):
        return Sentence("This machine failed: {error}", {"error": str(error)}), Sentence(
            "Make room on the disk or mend what is named, then run the same command again."
        )
    facts = {"error": f"{type(error).__name__}: {error}"}
    return Sentence("The grader failed: {error}", facts), REPORT_IT


def _in_order(findings: Sequence[Finding], language: str) -> tuple[Finding, ...]:
    return tuple(finding.said_in(language) for finding in sorted(findings, key=_weight))


def _weight(finding: Finding) -> tuple[int, bool]:
    """Errors first; among equals the order of the examination stays, but what depends on this
    machine's speed comes last.
    """
    return list(Severity).index(finding.severity), finding.code == "slow"
