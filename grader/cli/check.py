"""``grade check``: all that could go wrong with a lab, before a class meets it. One line each."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from grader import resources
from grader.assignment import FILE_NAME, Assignment, AssignmentError, read_assignment
from grader.checks import reference, trial
from grader.checks.pytest_run import files_of
from grader.checks.trial import ChecksTrial, TrialFault
from grader.cli import machine
from grader.cli.device_check import prove_all
from grader.cli.exposure import require_unexposed
from grader.cli.main import OK, SOMETHING_LEFT, UsageError
from grader.cli.terminal import terminal
from grader.cli.words.check import add_arguments
from grader.engine.examiner import examine
from grader.evidence import Evidence, Severity
from grader.examine.images import HiddenSet, read_hidden
from grader.examine.network_reference import Benches, evaluated
from grader.examine.part_inputs import read_parts
from grader.examine.prepare import Conditions
from grader.intake import find
from grader.labs.given_survey import given_away
from grader.labs.image_survey import Line, survey
from grader.labs.part_survey import about_parts
from grader.labs.student_survey import about_texts
from grader.language import Sentence, TroubleError, by_language, translator
from grader.report.text import for_rich
from grader.runtimes import detect
from grader.runtimes.choose import RuntimeMissingError
from grader.runtimes.detect import Runtime
from grader.runtimes.devices import select
from grader.sandbox.contract import Sandbox, SandboxUnavailableError
from grader.scoring import PART, Grade, grade

__all__ = ["add_arguments", "run"]

CLOSE = 0.5  # share of a limit from which on a submission that is no slower is in danger
OR_THEIRS = Sentence(
    "It asks for what only a submission of this lab has, or it is wrong: a model answer of "
    "yours in reference/ is tried in its place."
)
HAVE_ONE = Sentence("Put a submission that works there, in the form that students submit.")
NO_BETTER = Sentence("No student will do better: correct it, or the assignment.")
PASS_EVERY = Sentence("The reference has to pass every check: correct the check, or the reference.")


def run(arguments: argparse.Namespace) -> int:
    """Say what there is and what is wrong; 1 where something is."""
    console, bad = terminal(), 0
    if not (arguments.folder / FILE_NAME).is_file() and list(arguments.folder.glob("*.py")):
        raise UsageError(
            Sentence(
                "{folder} holds no {file}, so it is no lab. Did you mean `grade --self-check "
                "{folder}`, which examines what a student hands in?",
                {"folder": str(arguments.folder), "file": FILE_NAME},
            )
        )
    for line in _lines(arguments.folder, arguments.hidden, arguments.lang):
        bad += line.fine is False
        _print(console, line, arguments.lang)
    if arguments.device is not None:
        bad += not _proven(console, arguments.device, arguments.lang)
    say = translator(arguments.lang)
    verdict = say("Ready for a class.") if not bad else say("Things to mend: {count}.")
    console.print(f"\n[bold]{verdict.format(count=bad)}[/]", highlight=False)
    return SOMETHING_LEFT if bad else OK


def _proven(console: Console, kind: str, language: str) -> bool:
    """Whether every device of a kind computes what it should, as `grade doctor --device` says."""
    try:
        devices = machine.devices(kind)
        sandbox = machine.sandbox(None, unsafe=False, accelerator=kind != "CPU")
    except UsageError as error:
        said = Sentence("device {kind}: {why}", {"kind": kind, "why": error.said_in(language)})
        _print(console, Line(False, said), language)
        return False
    return prove_all(console, devices, machine.runtimes(None), sandbox, language)


def _print(console: Console, line: Line, language: str) -> None:
    mark = {True: "[green]✓[/]", False: "[red]✗[/]", None: "[yellow]![/]"}[line.fine]
    text = for_rich(line.text.said_in(language))
    console.print(f"{mark} {text}", highlight=False, soft_wrap=True)
    if line.cure is not None:
        cure = for_rich(line.cure.said_in(language))
        console.print(f"    → {cure}", style="dim", highlight=False, soft_wrap=True)


def _lines(home: Path, images: Path | None, language: str) -> Iterator[Line]:
    assignment = read_assignment(home)  # what is wrong with a key is told by the error itself
    yield Line(True, _about(assignment))
    hidden = None
    try:
        hidden = read_hidden(assignment, images or assignment.hidden)
    except AssignmentError as error:
        yield from (Line(False, said) for said in error.said)
    if hidden is not None:
        yield from (Line(None, said) for said in hidden.told)
        yield from survey(assignment, hidden)
    parts, wrong = read_parts(assignment)
    yield from (Line(False, said) for said in wrong)
    yield from about_parts(assignment, parts)
    # The reference is asked about those parts that can be.
    hidden = hidden and hidden._replace(parts=parts)
    yield from about_texts(assignment)
    yield from given_away(assignment)
    yield from _machine(assignment, hidden, language)


def _about(assignment: Assignment) -> Sentence:
    """What the keys ask for, in a sentence."""
    interface, policy = assignment.interface, assignment.policy
    facts = {
        "function": interface.function,
        "channels": interface.channels,
        "entry": interface.entry,
        "classes": str(len(assignment.classes)),
        "full": str(policy.full_at),
        "points": f"{policy.points:g}",
    }
    if policy.rule == "formula":
        return Sentence(
            "assignment.toml: {function}(image) in {entry}, {channels}, names one of {classes} "
            "classes; marks by a formula, up to {points}",
            facts,
        )
    return Sentence(
        "assignment.toml: {function}(image) in {entry}, {channels}, names one of {classes} "
        "classes; {full} % right is {points} marks",
        facts,
    )


def _machine(assignment: Assignment, hidden: HiddenSet | None, language: str) -> Iterator[Line]:
    """What has to run: sandbox, runtimes, checks, the reference."""
    device = select("auto")[0]
    found = tuple(detect.runtimes())
    names = ", ".join(runtime.name for runtime in found)
    facts = {"runtimes": names, "device": device.kind}
    if found:
        yield Line(True, Sentence("runtimes: {runtimes}; device {device}", facts))
    else:
        yield Line(
            False, Sentence("runtimes: none"), Sentence("`grade runtime add torch` installs one.")
        )
        return
    try:
        sandbox = machine.sandbox(None, unsafe=False, accelerator=False)
    except UsageError as error:
        yield Line(False, Sentence("confinement: {why}", {"why": error.said_in(language)}))
        return
    try:
        require_unexposed([assignment.home, assignment.hidden], found)
    except UsageError as error:
        yield Line(False, Sentence("confinement: {why}", {"why": error.said_in(language)}))
        return
    yield from _networks(Benches(assignment, sandbox, found))
    if hidden is not None:
        try:
            trials = _trials(assignment, hidden, sandbox, found)
            yield from _checks(assignment, trials, language)
            told = {fault.check for one in trials for fault in (*one.unfit, *one.failed)}
            yield from _reference(assignment, hidden, sandbox, found, language, told)
        except (SandboxUnavailableError, RuntimeMissingError) as error:
            yield Line(False, Sentence("runtimes: {why}", {"why": error.said}), _cure(error))


def _networks(benches: Benches) -> Iterator[Line]:
    """The references of the networks that are asked for, each run once."""
    for asked in benches.assignment.networks:
        facts: dict[str, str | Sentence] = {"name": asked.name, "layers": str(len(asked.layers))}
        if not asked.reference:
            yield Line(True, Sentence("network {name}: a table of {layers} layers", facts))
            continue
        try:
            made = evaluated(asked, benches)
        except TroubleError as error:
            facts["why"] = error.said
            yield Line(False, Sentence("network {name}: {why}", facts), _cure(error))
            continue
        facts |= {"framework": made.framework, "layers": str(len(made.layers))}
        yield Line(True, Sentence("network {name}: {layers} layers, {framework}", facts))
        if not made.outputs:
            yield Line(
                None,
                Sentence(
                    "network {name}: it has weights of a kind that cannot be drawn, so that what "
                    "it computes is not compared",
                    facts,
                ),
            )


def _cure(error: TroubleError) -> Sentence:
    return Sentence("{error}", {"error": error.mended})


def _trials(
    assignment: Assignment, hidden: HiddenSet, sandbox: Sandbox, runtimes: Sequence[Runtime]
) -> list[ChecksTrial]:
    """What came of the checks with the reference, or a stand-in of ours."""
    if not files_of(assignment.home):
        return []
    truths = {image.id: image.truth for image in hidden.images}
    return [trial.tried(bench, truths) for bench in trial.benches(assignment, sandbox, runtimes)]


def _checks(assignment: Assignment, trials: Sequence[ChecksTrial], language: str) -> Iterator[Line]:
    """The checks, collected and tried."""
    if not trials:
        yield Line(True, Sentence("checks: none (files test_*.py)"))
        return
    own = reference.own(assignment) is not None

    def named(faults: Iterable[TrialFault]) -> list[dict[str, str]]:
        """Each once, whatever number of runtimes say it."""
        said = dict.fromkeys(fault.said_in(language) for fault in faults)
        return [{"fault": fault} for fault in said]

    wrong = named(fault for one in trials for fault in (*one.unfit, *(one.failed if own else ())))
    for facts in wrong:
        yield Line(False, Sentence("checks: {fault}", facts), PASS_EVERY)
    for facts in named(fault for one in trials for fault in (() if own else one.failed)):
        yield Line(None, Sentence("checks: a stand-in does not pass: {fault}", facts), OR_THEIRS)
    for facts in named(fault for one in trials for fault in one.skipped):
        said = Sentence("checks: skipped, so not tried: {fault}", facts)
        yield Line(False if own else None, said, PASS_EVERY if own else None)
    for name in dict.fromkeys(name for one in trials for name in one.left_out):
        yield Line(
            None,
            Sentence("checks: {name} is about what is not asked for, and left out", {"name": name}),
        )
    if untried := {name for one in trials for name in one.untried}:
        facts = {"count": str(len(untried))}
        yield Line(
            None,
            Sentence(
                "checks: {count} are about networks, and not tried without a model answer", facts
            ),
        )
    passed = frozenset[str]().union(*(one.passed for one in trials))
    facts = {"count": str(len(passed))}
    if passed and own and not wrong:
        yield Line(True, Sentence("checks: {count} tried with the reference, and passed", facts))
    elif passed and not own:
        text = Sentence("checks: {count} can be run; no model answer was there to pass them", facts)
        yield Line(None, text)


def _reference(
    assignment: Assignment,
    hidden: HiddenSet,
    sandbox: Sandbox,
    runtimes: tuple[Runtime, ...],
    language: str,
    told: Collection[str],
) -> Iterator[Line]:
    """The assignment's own model answer, graded as a submission is. told: checks of which it was
    said already that they do not pass.
    """
    folder = reference.own(assignment)
    if folder is None:
        yield Line(
            None,
            Sentence("reference/: there is none, so nothing was graded"),
            HAVE_ONE,
        )
        return
    with TemporaryDirectory(prefix="check-") as workspace:
        Path(workspace).chmod(0o755)  # the sandbox may run as a user of its own
        conditions = Conditions(
            assignment=assignment,
            sandbox=sandbox,
            runtimes=runtimes,
            device=select("CPU")[0],
            threads=resources.processors(),
            workspace=Path(workspace),
            language=language,
            tuning=machine.tuning(runtimes),
        )
        (submission,) = find([folder])
        evidence, _ = examine(submission, "", conditions, hidden, lambda *step: None)
    mark = grade(evidence, assignment.policy, len(assignment.classes))
    whole = len(evidence.parts) == len(assignment.parts)
    yield from _marked(evidence, mark, language, whole)
    yield from _not_passed(evidence, told, language)
    yield from _times(evidence, assignment)


def _marked(evidence: Evidence, mark: Grade, language: str, whole: bool) -> Iterator[Line]:
    """Its marks, and what was found. whole: every part was asked, so that there is a sum."""
    if evidence.trouble is not None:
        facts = {"why": evidence.trouble.message}
        yield Line(False, Sentence("reference/: not graded: {why}", facts))
        return
    fine = bool(mark.score) and not evidence.stopped
    facts = {
        "correct": str(mark.correct),
        "total": str(mark.total),
        "score": f"{mark.parts[0].earned:g}",
        "possible": f"{mark.parts[0].possible:g}",
        "runtime": evidence.runtime.name if evidence.runtime else "",
    }
    text = Sentence(
        "reference/: {correct} of {total} right, {score} of {possible} marks ({runtime})", facts
    )
    yield Line(fine, text, None if fine else NO_BETTER)
    parts = [each for each in mark.parts if each.name.startswith(PART)]
    for part, answered in zip(parts, evidence.parts, strict=True):
        facts = {
            "part": answered.id,
            "correct": str(answered.correct),
            "total": str(len(answered.answers)),
            "score": f"{part.earned:g}",
            "possible": f"{part.possible:g}",
        }
        text = Sentence(
            "reference/: part {part}: {correct} of {total} right, {score} of {possible} marks",
            facts,
        )
        yield Line(part.earned > 0, text, None if part.earned else NO_BETTER)
    if whole and len(mark.parts) > 1:
        facts = {"score": f"{mark.score or 0:g}", "possible": f"{mark.possible:g}"}
        yield Line(True, Sentence("reference/: {score} of {possible} marks in all", facts))
    for finding in evidence.findings:
        said = finding.said_in(language)
        yield Line(
            None if fine and finding.severity is not Severity.ERROR else False,
            Sentence("reference/: {finding}", {"finding": f"{said.message} ({said.code})"}),
        )


def _not_passed(evidence: Evidence, told: Collection[str], language: str) -> Iterator[Line]:
    for check in evidence.checks:
        if check.outcome in ("failed", "broken") and check.name.rpartition("::")[2] not in told:
            why = by_language(check.rationale)[language].partition("\n")[0]
            facts = {"check": check.name, "why": why}
            yield Line(
                False,
                Sentence("reference/: the check {check} does not pass: {why}", facts),
                PASS_EVERY,
            )


def _times(evidence: Evidence, assignment: Assignment) -> Iterator[Line]:
    """What it took beside what there is."""
    limits = assignment.limits
    asked = [answer.seconds for answer in evidence.answers if answer.seconds > 0]
    memory = evidence.confinement.peak_memory if evidence.confinement else 0
    took = {
        "limits.import": (evidence.loading.seconds, limits.import_),
        "limits.answer": (sorted(asked)[-2] if len(asked) > 1 else 0.0, limits.answer),
        "limits.first_answer": (max(asked, default=0.0), limits.first_answer),
        "limits.total": (evidence.loading.seconds + sum(asked), limits.total),
        "limits.memory": (float(memory), float(limits.memory)),
    }
    close = {name: pair for name, pair in took.items() if pair[0] > CLOSE * pair[1]}
    for name, (used, limit) in close.items():
        yield Line(
            False if used > limit else None,
            Sentence(
                "{key}: the reference took {used} of {limit}",
                {"key": name, "used": f"{used:.3g}", "limit": f"{limit:g}"},
            ),
            Sentence("Raise the limit: students' machines and networks are slower."),
        )
    if not close:
        facts = {"seconds": f"{took['limits.total'][0]:.1f}", "memory": str(memory)}
        yield Line(
            True,
            Sentence("limits: the reference took {seconds} s and {memory} MiB, well within", facts),
        )
