"""Examining one hand-in from the folder that was handed in to the evidence."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from tempfile import TemporaryDirectory

from grader import __version__
from grader.assignment import Assignment, Policy
from grader.checks.run import run_checks
from grader.evidence import (
    Answer,
    Check,
    Confinement,
    Evidence,
    Finding,
    Fingerprint,
    LeNet5,
    Loading,
    Problem,
    Records,
    Runtime,
    Severity,
    Stage,
    Submission,
    Trouble,
)
from grader.evidence.findings import find
from grader.examine import diagnosing, loading, taking_apart
from grader.examine.conversation import ConversationEndedError
from grader.examine.images import HiddenImage, HiddenSet, shuffled
from grader.examine.predicting import ask_all
from grader.examine.prepare import Conditions, Prepared, prepare
from grader.examine.replies import LoadReport
from grader.examine.session import Clock, Session
from grader.intake import ArchiveRefusedError, HandIn, UnpackerMissingError
from grader.language import Sentence
from grader.readers.paths import readable
from grader.runtimes.choose import RuntimeMissingError
from grader.sandbox.contract import Cause, End, SandboxUnavailableError
from grader.scoring.counts import needed

Tell = Callable[[Stage, int, int], None]  # stage, steps done, steps in all


@dataclass
class _Draft:
    """Evidence in the making; frozen into `Evidence` whatever happens."""

    submission: Submission
    stage: Stage = Stage.INTAKE
    stopped: str = ""
    trouble: Trouble | None = None
    runtime: Runtime | None = None
    confinement: Confinement | None = None
    loading: Loading = field(default_factory=Loading)
    answers: dict[str, Answer] = field(default_factory=dict)
    lenet5: LeNet5 | None = None
    checks: tuple[Check, ...] = ()
    records: Records = field(default_factory=Records)
    fingerprint: Fingerprint = field(default_factory=Fingerprint)
    findings: list[Finding] = field(default_factory=list)
    log: str = ""

    def stop(self, finding: Finding) -> None:
        """A finding that kept hidden images from their turn."""
        self.findings.append(finding)
        self.stopped = self.stopped or finding.code


def examine(
    handin: HandIn, key: str, conditions: Conditions, hidden: HiddenSet, tell: Tell
) -> tuple[Evidence, str]:
    """The evidence about `handin` and what its processes printed.

    Never raises for what a hand-in does. A fault of ours is in the evidence as `trouble`.
    """
    started, begun = datetime.now(timezone.utc), time.monotonic()
    draft = _Draft(unread(handin))
    try:
        with TemporaryDirectory(prefix="handin-", dir=conditions.workspace) as folder:
            Path(folder).chmod(0o755)  # the sandbox may run as a user of its own
            _examine(draft, handin, Path(folder), conditions, hidden, tell)
    except (SandboxUnavailableError, UnpackerMissingError, RuntimeMissingError) as error:
        draft.trouble = Trouble(message=str(error), cure=error.cure)
    except OSError as error:
        draft.trouble = Trouble(
            message=f"This machine failed: {error}",
            cure="Make room on the disk or mend what is named, then run the same command again.",
        )
    except Exception as error:  # a fault in the grader itself must not end the class
        draft.trouble = Trouble(
            message=f"The grader failed: {type(error).__name__}: {error}",
            cure="Report this with the log of the hand-in; the same command tries it again.",
        )
        draft.log += traceback.format_exc()
    answers = tuple(
        draft.answers.get(image.id)
        or Answer(image=image.id, truth=image.truth, answer=None, problem=Problem.NOT_ASKED)
        for image in hidden.images
    )
    language = conditions.language
    evidence = Evidence(
        key=key,
        submission=draft.submission,
        stage=draft.stage,
        stopped=draft.stopped,
        trouble=draft.trouble,
        runtime=draft.runtime,
        confinement=draft.confinement,
        loading=draft.loading,
        answers=answers,
        lenet5=draft.lenet5,
        checks=draft.checks,
        records=draft.records,
        fingerprint=draft.fingerprint,
        findings=tuple(
            finding.said_in(language) for finding in sorted(draft.findings, key=_weight)
        ),
        started=started.isoformat(timespec="seconds"),
        seconds=round(time.monotonic() - begun, 3),
        grader=__version__,
    )
    return evidence, draft.log


def _examine(
    draft: _Draft,
    handin: HandIn,
    folder: Path,
    conditions: Conditions,
    hidden: HiddenSet,
    tell: Tell,
) -> None:
    assignment = conditions.assignment
    tell(Stage.INTAKE, 0, 0)
    try:
        prepared = prepare(handin, folder, conditions)
    except ArchiveRefusedError as refused:
        draft.stop(find("archive-refused", source=readable(handin.path), reason=refused.said))
        return
    draft.submission, draft.records = prepared.submission, prepared.records
    draft.runtime, draft.fingerprint = prepared.runtime, prepared.fingerprint
    draft.stage = Stage.START
    clock = Clock(assignment.limits.total)
    with Session(prepared.setup, prepared.folder, clock) as session:
        ended: End | None = None
        try:
            tell(Stage.LOAD, 0, 0)
            draft.stage = Stage.LOAD
            ended = _load(draft, session, prepared, conditions)
            if draft.loading.loaded:
                draft.stage = Stage.PREDICT
                order = shuffled(hidden.images, hidden.digest + prepared.submission.digest)
                ended = _predict(draft, session, order, conditions, tell)
            tell(Stage.CHECKS, 0, 0)
            # The time that the images took is no reason to leave this out: it has its own.
            session.clock = Clock(assignment.limits.total)
            if assignment.interface.lenet5:
                _take_apart(draft, session)
            _checks(draft, session, assignment)
            draft.stage = Stage.DONE
        finally:
            session.close()
            draft.log += session.log
            draft.confinement = session.confinement(ended or End(Cause.CLOSED, ""))


def _load(
    draft: _Draft, session: Session, prepared: Prepared, conditions: Conditions
) -> End | None:
    """Import the hand-in; how its worker ended, if the import ended it."""
    assignment = conditions.assignment
    try:
        report = session.load()
        if (lent := loading.to_lend(report, assignment)) is not None:
            session.lent.update(lent)
            draft.findings.append(loading.lending(report, assignment))
            report = session.load()
    except ConversationEndedError as ended:
        draft.stop(_ended_at_import(ended.end, assignment))
        return ended.end
    draft.loading = _loading(report, session, prepared.notes)
    found = loading.findings(
        report,
        assignment,
        prepared.setup.device.kind,
        [*prepared.tried, prepared.setup.runtime.name],
    )
    draft.findings += found
    if not report.function:
        draft.stopped = found[0].code
    return None


def _predict(
    draft: _Draft,
    session: Session,
    order: Sequence[HiddenImage],
    conditions: Conditions,
    tell: Tell,
) -> End | None:
    """Put the images to the hand-in and find out what is behind its answers; how its worker
    ended, if that stopped the asking.
    """
    predictions = ask_all(session, order, lambda done, total: tell(Stage.PREDICT, done, total))
    draft.answers = predictions.answers
    stopped = diagnosing.why_stopped(predictions, conditions.assignment)
    if stopped is not None:
        draft.stop(stopped)
    shown = diagnosing.answer_findings(predictions, conditions.assignment)
    draft.findings += shown
    if shown and all(answer.answer is None for answer in predictions.answers.values()):
        draft.stopped = draft.stopped or shown[0].code  # no working function
    answers = list(predictions.answers.values())
    draft.findings += _missing_records(draft.records, conditions.assignment.policy, answers)
    clock = Clock(min(conditions.assignment.limits.diagnosis, session.clock.left))
    if diagnosing.no_better_than_guessing(predictions, conditions.assignment):
        report = session.loaded or LoadReport()
        unloaded = diagnosing.weights_not_loaded(report)
        if unloaded is not None:
            draft.findings.append(unloaded)
        elif stopped is None and report.frameworks:
            draft.findings = diagnosing.behind_guesses(session, draft.findings, order, clock)
    if stopped is None:
        draft.findings += diagnosing.behind_answers(session, predictions, order, clock)
    draft.findings = diagnosing.without_effects(draft.findings)
    return predictions.end


def _take_apart(draft: _Draft, session: Session) -> None:
    """LeNet5, in a worker of its own where the first is gone."""
    try:
        draft.lenet5, findings = taking_apart.describe(session)
        draft.findings += findings
    except ConversationEndedError as ended:
        draft.lenet5 = LeNet5(error=f"the process ended: {diagnosing.told(ended.end)}")


def _checks(draft: _Draft, session: Session, assignment: Assignment) -> None:
    """The assignment's own checks, whatever it asks for."""
    draft.checks = run_checks(assignment.home, session, draft.answers)
    if draft.lenet5 is not None and draft.lenet5.name and not draft.lenet5.differs_at:
        draft.findings += _failed_checks(draft.checks)


def _failed_checks(checks: Sequence[Check]) -> list[Finding]:
    """One finding for the first check that a LeNet5 with the lecture's layers failed."""
    failed = next((check for check in checks if check.outcome == "failed"), None)
    if failed is None:
        return []
    return [
        find(
            "lenet5-output",
            expected=failed.expected,
            actual=failed.actual or failed.rationale,
            hint=failed.help,
        )
    ]


def _ended_at_import(end: End, assignment: Assignment) -> Finding:
    limits, entry = assignment.limits, assignment.interface.entry
    if end.cause is Cause.TIME:
        seconds = f"{limits.import_:g}"
        return find("timeout-import", entry=entry, seconds=seconds, file=entry, line="?")
    if end.cause is Cause.MEMORY:
        return find("out-of-memory", memory=limits.memory, when=Sentence("at import"))
    return find("crashed", detail=diagnosing.told(end), when=Sentence("at import"))


def _missing_records(records: Records, policy: Policy, answers: Sequence[Answer]) -> list[Finding]:
    """What of a report is missing, where a complete one would change the mark."""
    correct, total = sum(answer.correct for answer in answers), len(answers)
    if not needed(policy.report_from, total) <= correct < needed(policy.full_at, total):
        return []
    if not records.reports:
        return [find("report-missing", low=policy.report_from, high=policy.full_at)]
    return [] if records.records else [find("records-missing")]


def _weight(finding: Finding) -> tuple[int, bool]:
    """Errors first; among equals the order of the examination stays, but what depends on this
    machine's speed comes last.
    """
    return list(Severity).index(finding.severity), finding.code == "slow"


def _loading(report: LoadReport, session: Session, notes: Sequence[str]) -> Loading:
    return Loading(
        entry=report.entry,
        notes=(*notes, *report.notes),
        compatibility=tuple(report.compatibility),
        loaded=report.function,
        seconds=round(session.load_seconds, 3),
    )


def unread(handin: HandIn) -> Submission:
    """What is known of a hand-in before its files are read."""
    student = handin.student
    return Submission(
        id=handin.id,
        name=student.name or handin.id,
        number=student.number,
        source=readable(handin.path),
        digest="",
        size=0,
        files=0,
        origin=handin.origin,
    )
