"""Making one submission ready: a clean copy, a runtime that suits it, a setup for its session."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from grader.assignment import Assignment, read_assignment
from grader.evidence import Finding, Fingerprint, Records, Runtime, SubmissionRecord
from grader.evidence.findings import make_finding as find_finding
from grader.examine.clock import Clock
from grader.examine.session import Session
from grader.examine.setup import Setup, plain_of
from grader.intake import (
    Allowance,
    IntakeLimits,
    LeftOut,
    Notice,
    Reading,
    Submission,
    find,
    stage,
)
from grader.intake.layers import TWICE
from grader.language import Sentence
from grader.runtimes.choose import RuntimeMissingError, choose
from grader.runtimes.detect import Runtime as Interpreter
from grader.runtimes.detect import runtimes
from grader.runtimes.devices import Device, select
from grader.runtimes.imports import ImportScan, scan_of
from grader.sandbox.canary import choose as choose_sandbox
from grader.sandbox.contract import Sandbox
from grader.sandbox.temporary_folders import temporary

MIB = 1024 * 1024


def none_concealed(scan: ImportScan) -> tuple[str, ...]:
    """Conceal no package: a runtime of this machine is what it is."""
    return ()


class Conditions(NamedTuple):
    """What all examinations of one run have in common; device and workspace may differ by slot.

    threads: that frameworks are told to compute with. processors: those on which the slot's
        examiner and all that it starts run, empty for any.
    workspace: a folder of ours in which private copies are made, one a submission.
    forced: name of the runtime to use for every submission, or None.
    tuning: runtime name -> environment variables that make it fast on this machine.
    concealed: installed packages that a submission with these imports is not to find.
    graders: the grader's runtimes for a submission with these imports, and the packages of each,
        where it runs in another; None where it runs in one of them.
    made_up: whether the images stand for hidden ones and show nothing: no check is about them.
    """

    assignment: Assignment
    sandbox: Sandbox
    runtimes: tuple[Interpreter, ...]
    device: Device
    threads: int
    workspace: Path
    fallback: Device | None = (
        None  # with --device auto: for submissions no runtime of `device` fits
    )
    language: str = "en"
    forced: str | None = None
    tuning: dict[str, dict[str, str]] = {}  # noqa: RUF012 - a NamedTuple's default is immutable use
    concealed: Callable[[ImportScan], tuple[str, ...]] = none_concealed
    graders: Callable[[ImportScan], Mapping[str, Container[str]]] | None = None
    made_up: bool = False
    processors: frozenset[int] = frozenset()


class Prepared(NamedTuple):
    """A submission that is ready to run: its clean copy, what is in it, what it runs in."""

    submission: SubmissionRecord
    folder: Path
    records: Records
    fingerprint: Fingerprint
    runtime: Runtime
    setup: Setup
    notes: tuple[str, ...]  # what was left out or unpacked on the way
    twice: tuple[Notice, ...]  # of files that several parts of it have, see `layers.TWICE`
    left_out: tuple[LeftOut, ...]  # what could not be read within its limits
    log: str  # what the readers had to say of themselves


def prepare(submission: Submission, folder: Path, conditions: Conditions) -> Prepared:
    """Copy `submission` into `folder` and choose a runtime for it.

    Raises ArchiveRefusedError for an archive that cannot be unpacked (the student's fault);
    UnpackerMissingError, RuntimeMissingError and OSError where this machine fails (ours).
    """
    assignment = conditions.assignment
    clean = folder / "submission"
    notices: list[Notice] = []
    limits = IntakeLimits(total=assignment.limits.submission * MIB)
    interface = assignment.interface
    with reading_of(folder, conditions) as reading:
        record = stage(submission, clean, limits, notices, reading)
        overlay = plain_of(clean)
        overlay.mkdir()
        notices += reading.plain(clean, overlay, limits)
        found = scan_of(reading.scan(clean, interface.entry, interface.function).model_dump())
        records, prints = reading.records(clean), reading.fingerprint(clean)
    device = conditions.device
    try:
        choice = choose(found, conditions.runtimes, conditions.forced, device.kind)
    except RuntimeMissingError:
        if conditions.fallback is None:
            raise
        device = conditions.fallback
        choice = choose(found, conditions.runtimes, conditions.forced, device.kind)
    tuning = conditions.tuning.get(choice.runtime.name, {})
    names = (*choice.tried, choice.runtime.name)
    tried = tuple(runtime for runtime in conditions.runtimes if runtime.name in names)
    setup = Setup(
        assignment=assignment,
        sandbox=conditions.sandbox,
        runtime=choice.runtime,
        device=device,
        threads=conditions.threads,
        tuning=tuning,
        concealed=conditions.concealed(found),
        tried=conditions.graders(found)
        if conditions.graders is not None
        else {runtime.name: runtime.modules for runtime in tried},
        made_up=conditions.made_up,
    )
    told = Runtime(
        name=choice.runtime.name,
        python=choice.runtime.version,
        packages=dict(choice.runtime.frameworks),
        device=device.kind,
        tuning=tuning,
        reason=choice.reason.in_each(),
    )
    twice = tuple(notice for notice in notices if notice.text == TWICE)
    told_so = (notice for notice in notices if notice.text != TWICE)
    notes = tuple(notice.said_in(conditions.language) for notice in told_so)
    return Prepared(
        record,
        clean,
        records,
        prints,
        told,
        setup,
        notes,
        twice,
        tuple(reading.left_out),
        reading.log,
    )


def handed_in_twice(twice: Sequence[Notice]) -> list[Finding]:
    """Findings about files that several parts of a submission have, one unlike the other."""
    return [find_finding("handed-in-twice", notice.facts) for notice in twice]


# What a reading is called where the whole of it was stopped, and how a limit reads.
_READINGS = {
    "scan": Sentence("the source code"),
    "plain": Sentence("what only notebooks understand in the source code"),
    "records": Sentence("reports and records of training"),
    "prints": Sentence("weights and code, to compare them with others'"),
    "weights": Sentence("weights and code, to compare them with others'"),
}
_LIMITS: Mapping[str, Sentence] = {
    "time": Sentence("it took too long"),
    "memory": Sentence("it needs too much memory"),
    "count": Sentence("there are too many files of the kind"),
    "parts": Sentence("not all that it holds can be looked at"),
}


def left_out(found: Sequence[LeftOut]) -> list[Finding]:
    """Findings about what could not be read within its limits; one for several files of a kind."""
    by_limit: dict[str, list[str | Sentence]] = {}
    for what, limit in found:
        by_limit.setdefault(limit, []).append(_READINGS.get(what, what))
    return [
        find_finding(
            "reading-stopped",
            what=named[0],
            others=f" (+{len(named) - 1})" if len(named) > 1 else "",
            reason=_LIMITS.get(limit, Sentence("reading it failed")),
        )
        for limit, named in by_limit.items()
    ]


def reading_of(folder: Path, conditions: Conditions) -> Reading:
    """A reader of what lies in `folder`, within the assignment's limits."""
    limits = conditions.assignment.limits
    allowance = Allowance(limits.reading, limits.reading_memory, limits.reading_output)
    return Reading(folder, conditions.sandbox, allowance)


@contextmanager
def open_session(path: Path, home: Path, device: str) -> Iterator[tuple[Session, str]]:
    """A session with the one submission at `path`, and its digest, for a teacher who tries a check:
    strongest sandbox of this machine, default runtime and device.
    """
    (submission,) = find([path])
    with temporary("session") as folder:
        folder.chmod(0o755)  # the sandbox may run as a user of its own
        conditions = Conditions(
            assignment=read_assignment(home),
            sandbox=choose_sandbox().sandbox,
            runtimes=tuple(runtimes()),
            device=select(device)[0],
            threads=1,
            workspace=folder,
        )
        prepared = prepare(submission, folder, conditions)
        with Session(prepared.setup, prepared.folder, Clock(600)) as session:
            session.load()
            yield session, prepared.submission.digest
