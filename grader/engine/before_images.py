"""What comes before the first hidden image: the import, networks and the checks.

All of it is said by workers that have seen no hidden image, so that the student may read it.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from grader.assignment import Assignment
from grader.checks.pytest_run import CheckSelection
from grader.checks.verdicts import run_checks
from grader.evidence import Answer, Check, Finding, Loading, Network
from grader.evidence.findings import make_finding
from grader.examine import exported_models, further_questions, loading, network_report
from grader.examine.clock import Clock
from grader.examine.images import HiddenImage
from grader.examine.network_reference import benches_of, with_reference
from grader.examine.outside_kills import KilledError
from grader.examine.prepare import Prepared
from grader.examine.replies import LoadReport
from grader.examine.session import Session
from grader.examine.worker_client import WorkerEndedError
from grader.language import Sentence, TroubleError
from grader.sandbox.contract import Cause, End, SandboxUnavailableError


class LoadOutcome(NamedTuple):
    """How the import went. `stopped`: the code of the finding that leaves nothing to ask."""

    report: LoadReport
    loading: Loading
    findings: tuple[Finding, ...] = ()
    stopped: str = ""
    end: End | None = None  # of a worker that the import ended


class Described(NamedTuple):
    """The networks and the checks. Faults of ours on the way are in `mishaps` and cost nothing
    else.
    """

    networks: tuple[Network, ...] = ()
    checks: tuple[Check, ...] = ()
    findings: tuple[Finding, ...] = ()
    mishaps: tuple[str, ...] = ()


def load(session: Session, prepared: Prepared, assignment: Assignment) -> LoadOutcome:
    """Import the submission, once more where a worker was killed from outside."""
    lent: tuple[Finding, ...] = ()
    while True:
        try:
            report = session.load()
            wanted = loading.to_lend(report, assignment)
            if wanted is not None and not session.lent:
                session.lent.update(wanted)
                lent = (loading.lending(report, assignment),)
                continue
            lent = lent if report.lent else ()  # told only where it has happened
            break
        except WorkerEndedError as ended:
            if ended.end.cause is not Cause.KILLED:
                stopping = _ended_at_import(ended.end, assignment)
                findings = (*lent, stopping)
                return LoadOutcome(LoadReport(), Loading(), findings, stopping.code, ended.end)
    found = loading.findings(
        report,
        assignment,
        prepared.setup.device.kind,
        prepared.setup.tried,
    )
    told = Loading(
        entry=report.entry,
        notes=(*prepared.notes, *report.notes),
        compatibility=tuple(report.compatibility),
        loaded=report.function,
        seconds=round(session.load_seconds, 3),
    )
    stopped = "" if report.function else found[0].code
    return LoadOutcome(report, told, (*lent, *found), stopped)


def describe(
    session: Session,
    assignment: Assignment,
    unanswered: Mapping[str, Answer],
    part: CheckSelection,
) -> Described:
    """Networks and the checks of `part`, within `limits.checks`. `unanswered`: the
    hidden images, by id.

    All over again where a worker was killed from outside meanwhile. Raises KilledError where that
    happens too often, and SandboxUnavailableError.
    """
    session.clock = Clock(assignment.limits.checks)
    while True:
        kills = session.kills
        described = _described(session, assignment, unanswered, part)
        if session.kills == kills:
            return described
        session.require_unkilled()


class LookedAtExports(NamedTuple):
    """What is told of exported models. A fault of ours, in `mishaps`, costs nothing else."""

    findings: tuple[Finding, ...] = ()
    mishaps: tuple[str, ...] = ()


def look_at_exports(
    session: Session, prepared: Prepared, report: LoadReport, hidden: Sequence[HiddenImage]
) -> LookedAtExports:
    """The exported models of the submission, opened where its function is there to compare with,
    within `limits.checks` once more.
    """
    models = exported_models.exported(prepared.folder)
    if not report.function:
        return LookedAtExports(tuple(exported_models.named(models)))
    session.clock = Clock(session.setup.assignment.limits.checks)
    try:
        models += (
            exported_models.traced(prepared.folder, session) if "torch" in report.frameworks else []
        )
        return LookedAtExports(tuple(exported_models.compared(models, session, hidden)))
    except Exception as error:
        session.close()
        told = tuple(exported_models.named(models))
        return LookedAtExports(told, (mishap("exported models", error),))


def _described(
    session: Session,
    assignment: Assignment,
    unanswered: Mapping[str, Answer],
    part: CheckSelection,
) -> Described:
    networks: list[Network] = []
    findings: list[Finding] = []
    mishaps: list[str] = []
    for asked in assignment.asked_networks:
        try:
            wanted, reference = with_reference(asked, benches_of(session.setup))
        except TroubleError as error:  # then it is looked at without
            wanted, reference = asked, None
            mishaps.append(mishap(asked.name, error))
        try:
            network, found = network_report.describe(session, wanted, reference)
            findings += found
        except WorkerEndedError as ended:
            told = f"the process ended: {further_questions.end_in_words(ended.end)}"
            network = Network(asked=asked.name, error=told)
        except (KilledError, SandboxUnavailableError):
            raise
        except Exception as error:
            network = Network(asked=asked.name, error="a fault of the grader; staff see it")
            mishaps.append(mishap(asked.name, error))
        networks.append(network)
    checks = run_checks(assignment.home, session, unanswered, part)
    if any(one.asked == assignment.interface.lenet5 and _is_right(one) for one in networks):
        findings += _failed_checks(checks)
    return Described(tuple(networks), checks, tuple(findings), tuple(mishaps))


def _is_right(network: Network) -> bool:
    return bool(network.name) and not network.differs_at and not network.error


def mishap(where: str, error: Exception) -> str:
    """A fault of ours that changes no mark, for staff."""
    *_, place = traceback.extract_tb(error.__traceback__) or [None]
    at = f" ({place.filename.rpartition('/')[2]}, line {place.lineno})" if place else ""
    return f"{where}: {type(error).__name__}: {error}{at}"[:500]


def _failed_checks(checks: Sequence[Check]) -> list[Finding]:
    """One finding for the first check that a LeNet5 with the lecture's layers failed."""
    failed = next((check for check in checks if check.outcome == "failed"), None)
    if failed is None:
        return []
    return [
        make_finding(
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
        return make_finding("timeout-import", entry=entry, seconds=seconds, file=entry, line="?")
    if end.cause is Cause.MEMORY:
        return make_finding("out-of-memory", memory=limits.memory, when=Sentence("at import"))
    return further_questions.process_ended(end, Sentence("at import"))
