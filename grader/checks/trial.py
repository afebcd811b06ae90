"""Trying an assignment's checks with the reference, before a class meets them.

What passed with the reference can break later only by what a submission gives; what did not, may be
a fault of the teacher's. Remembered for each runtime until the checks, the assignment's names, the
grader or the runtime change.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pydantic import ValidationError

from grader import __version__
from grader.assignment import Assignment, Limits
from grader.checks import pytest_run, reference
from grader.checks.network_subject import NONE_ASKED
from grader.evidence import Answer
from grader.evidence.document import Document
from grader.examine.clock import Clock
from grader.examine.sandbox_refusals import NeedsStrongError
from grader.examine.session import Session
from grader.examine.setup import Setup
from grader.examine.worker_client import WorkerEndedError
from grader.intake import digest_folder
from grader.language import by_language
from grader.runs.differences import checks_of
from grader.runtimes import detect, paths
from grader.runtimes.choose import choose
from grader.runtimes.detect import Runtime
from grader.runtimes.devices import select
from grader.runtimes.imports import scan
from grader.sandbox.contract import Sandbox
from grader.sandbox.temporary_folders import temporary

CACHE_FILE = "checks.json"
MOST_REMEMBERED = 100
SCHEMA = 4  # raised when a trial says more: what is remembered of an earlier one is tried again
# What of an assignment the reference is made of.
INTERFACE_KEYS = {"entry", "function", "channels", "lenet5", "dataset"}


class TrialFault(Document):
    """A check that did not pass with the reference: where, which, why (in each language that the
    check has).
    """

    place: str
    check: str
    what: str

    def said_in(self, language: str) -> str:
        """All of it in a line."""
        what = by_language(self.what)[language].partition("\n")[0]
        return "  ".join(filter(None, (self.place, self.check, what)))

    def __str__(self) -> str:
        return self.said_in("en")


class ChecksTrial(Document):
    """What came of the checks with the reference in one runtime.

    passed: names of the checks that passed.
    unfit: what breaks by itself: it can't be collected, or raises with the reference.
    failed: assertions that do not hold for the reference.
    skipped: checks that ended without a verdict, as they found nothing to look at.
    left_out: names of checks with marks that are about what the assignment does not ask for.
    untried: names of checks of the teacher's own networks, which the stand-in has none of.
    points: the marks of each check that carries some and is asked of submissions; None where the
    checks could not be tried.
    answers: digest of the right answers that they were tried with; "" where no check asks for any.
    """

    passed: frozenset[str] = frozenset()
    unfit: tuple[TrialFault, ...] = ()
    failed: tuple[TrialFault, ...] = ()
    skipped: tuple[TrialFault, ...] = ()
    left_out: tuple[str, ...] = ()
    untried: tuple[str, ...] = ()
    points: dict[str, float] | None = None
    answers: str = ""


class TrialConditions(NamedTuple):
    """What checks are tried on: a runtime in a sandbox, always on the CPU."""

    assignment: Assignment
    sandbox: Sandbox
    runtime: Runtime


def benches(
    assignment: Assignment, sandbox: Sandbox, runtimes: Sequence[Runtime]
) -> tuple[TrialConditions, ...]:
    """One for each of the runtimes that has a framework; for an assignment with a model answer of
    its own the one that suits it; for one that asks for no network the first.
    """
    if (folder := reference.own(assignment)) is not None:
        interface = assignment.interface
        found = scan(folder, interface.entry, interface.function)
        return (TrialConditions(assignment, sandbox, choose(found, runtimes).runtime),)
    able = [runtime for runtime in runtimes if runtime.framework]
    if not able or not (assignment.interface.lenet5 or assignment.interface.dataset):
        able = list(runtimes[:1])
    return tuple(TrialConditions(assignment, sandbox, runtime) for runtime in able)


def tried(bench: TrialConditions, truths: Mapping[str, str]) -> ChecksTrial:
    """What came of the checks, as remembered for the same images or found out now.

    truths: the right answer to each hidden image, by its id.
    """
    known = _recall(bench)
    if known is not None and known.answers in ("", _digest(sorted(truths.items()))):
        return known
    return _try(bench, truths)


def remembered_or_tried(setup: Setup, truths: Mapping[str, str]) -> ChecksTrial:
    """For a check that raised in the session of `setup`: what came of the checks with the
    reference, with whatever images they were tried.
    """
    assignment, runtime = setup.assignment, setup.runtime
    if reference.own(assignment) is not None:
        (bench,) = benches(assignment, setup.sandbox, detect.runtimes() or [runtime])
    else:
        bench = TrialConditions(assignment, setup.sandbox, runtime)
    return _recall(bench) or _try(bench, truths)


def _try(bench: TrialConditions, truths: Mapping[str, str]) -> ChecksTrial:
    assignment, sandbox, runtime = bench
    # A student's limits are not the grader's: a busy machine is no reason to refuse a check. The
    # stand-in has none of the networks of the teacher's own: their checks are not tried with it.
    networks = assignment.networks if reference.own(assignment) else ()
    roomy = assignment.model_copy(update={"limits": Limits(total=600), "networks": networks})
    setup = Setup(roomy, sandbox, runtime, select("CPU")[0], 1, {})
    answers = {
        image: Answer(image=image, truth=truth, answer=truth) for image, truth in truths.items()
    }
    with temporary("reference") as room:
        room.chmod(0o755)  # the sandbox may run as a user of its own
        folder = reference.own(assignment)
        folder = folder or reference.made(assignment, runtime.framework, room)
        with Session(setup, folder, Clock(roomy.limits.total)) as session:
            if (trouble := _trouble(session, bench)) is not None:
                return trouble
            run = pytest_run.run(assignment.home, session, answers)
    trial = _read(run, assignment)
    if not pytest_run.ABOUT_ANSWERS.isdisjoint(run.fixtures):
        trial = trial.model_copy(update={"answers": _digest(sorted(truths.items()))})
    if not trial.unfit:
        _remember(bench, trial)
    return trial


def _trouble(session: Session, bench: TrialConditions) -> ChecksTrial | None:
    """The trial where the reference itself does not run; None where it does."""
    own = reference.own(bench.assignment) is not None
    place = bench.assignment.interface.entry
    try:
        error = session.load().error
        if error is None:
            return None
        told = TrialFault(place=f"{error.file or place}:{error.line}", check="", what=error.summary)
    except NeedsStrongError as refused:
        told = TrialFault(place=place, check="", what=str(refused))
    except WorkerEndedError as ended:
        told = TrialFault(place=place, check="", what=str(ended))
    told = told.model_copy(update={"place": f"{reference.FOLDER}/{told.place}"})
    # The stand-in is ours: where it does not run, the checks are untried, and the class goes on.
    return ChecksTrial(unfit=(told,)) if own else ChecksTrial(failed=(told,))


def _read(run: pytest_run.PytestRun, assignment: Assignment) -> ChecksTrial:
    def told(outcome: str) -> list[TrialFault]:
        found = [one for one in run.ran if one.asked and one.check.outcome == outcome]
        return [
            TrialFault(
                place=one.place,
                check=one.check.name.rpartition("::")[2],
                what=one.check.fault or one.check.rationale,
            )
            for one in found
        ]

    uncollected = [TrialFault(**fault._asdict()) for fault in run.uncollected]
    return ChecksTrial(
        passed=frozenset(one.check.name for one in run.ran if one.check.outcome == "passed"),
        unfit=(*uncollected, *told("raised")),
        failed=tuple(told("failed")),
        skipped=tuple(told("skipped")),
        left_out=tuple(one.check.name for one in run.ran if _is_left_out(one, assignment)),
        untried=tuple(one.check.name for one in run.ran if _is_untried(one, assignment)),
        points={
            one.check.name: one.check.points
            for one in run.ran
            if one.check.points and (one.asked or _is_untried(one, assignment))
        },
    )


def _is_left_out(one: pytest_run.CheckRun, assignment: Assignment) -> bool:
    """Whether a check with marks is about what the assignment does not ask for."""
    return bool(not one.asked and one.check.points and not _is_untried(one, assignment))


def _is_untried(one: pytest_run.CheckRun, assignment: Assignment) -> bool:
    """Whether a check is about the teacher's own networks, which the stand-in has none of."""
    return bool(assignment.networks) and not one.asked and one.check.rationale == NONE_ASKED


# --- remembered -------------------------------------------------------------------------


def points_of(trials: Sequence[ChecksTrial]) -> float | None:
    """Marks of all checks together; None where none of the trials says."""
    known = [one.points for one in trials if one.points is not None]
    return (
        sum({name: marks for one in known for name, marks in one.items()}.values())
        if known
        else None
    )


def digest_of(assignment: Assignment) -> str:
    """A key of all that the checks of the assignment are made of."""
    return _digest(checks_of(assignment))


def _recall(bench: TrialConditions) -> ChecksTrial | None:
    known = paths.recall(CACHE_FILE).get(_key(bench))
    try:
        return ChecksTrial.model_validate(known) if known else None
    except ValidationError:
        return None


def _remember(bench: TrialConditions, trial: ChecksTrial) -> None:
    known = {**paths.recall(CACHE_FILE), _key(bench): trial.model_dump(mode="json")}
    paths.remember(CACHE_FILE, dict(list(known.items())[-MOST_REMEMBERED:]))


def _key(bench: TrialConditions) -> str:
    assignment, sandbox, runtime = bench
    folder = reference.own(assignment)
    asked = assignment.interface.model_dump_json(include=INTERFACE_KEYS)
    versions = sorted(runtime.frameworks.items())
    return _digest(
        [
            (__version__, SCHEMA, digest_of(assignment), sandbox.level.value),
            (asked, assignment.images.mnist, *assignment.names),
            (digest_folder(folder) if folder else "", str(runtime.python), runtime.version),
            versions,
        ]
    )


def _digest(values: object) -> str:
    return hashlib.sha256(json.dumps(values, ensure_ascii=True).encode()).hexdigest()
