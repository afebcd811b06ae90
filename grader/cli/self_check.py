"""``grade --self-check``: the same examination of a student's own folder, before submitting it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from grader import __version__, resources
from grader.assignment import Assignment, read_assignment
from grader.cli import machine, own_python, packing
from grader.cli.checklist import SelfCheckLine, check_lines
from grader.cli.main import OK, SOMETHING_LEFT, UsageError
from grader.cli.notices import tell_notices
from grader.cli.printing import printing_line
from grader.cli.terminal import terminal
from grader.cli.trial_inputs import (
    is_about_made_up,
    made_up_images,
    part_lines,
    trial_parts,
)
from grader.cli.upload_size import upload_line
from grader.cli.waiting import Waiting
from grader.engine.examiner import examine
from grader.evidence import Evidence, Finding, Severity
from grader.examine.images import HiddenSet, read_hidden
from grader.examine.near_duplicates import near_duplicates, pictures
from grader.examine.prepare import Conditions
from grader.intake import FileKind, IntakeError, IntakeLimits, Reading, Submission, find, stage
from grader.language import Sentence, Translate, translator
from grader.report import Context, Result, files, pages
from grader.report.text import for_rich
from grader.runtimes.imports import ImportScan, scan_of
from grader.runtimes.offered import not_offered, suiting
from grader.sandbox import canary
from grader.sandbox.contract import Level, Sandbox, SandboxUnavailableError
from grader.sandbox.unconfined import Unconfined
from grader.scoring import grade
from grader.scoring.counts import better_than_guessing

PUBLIC = Path(__file__).parents[1] / "public"  # the assignment without its hidden part, packed

MAX_MEANT = 3  # folders that a sentence names as what was probably meant


def run(arguments: argparse.Namespace) -> int:
    """Examine the folder and say what to mend."""
    say = translator(arguments.lang)
    console = terminal()
    home = arguments.assignment or (PUBLIC if PUBLIC.is_dir() else Path("hidden_tests"))
    assignment = _started_once(read_assignment(home, arguments.settings))
    packed = _packed(arguments, assignment, console, say)
    submission = _submission(arguments, assignment)
    with TemporaryDirectory(prefix="self-check-") as temporary:
        workspace = Path(temporary)
        data = _own_images(assignment, arguments.data) if arguments.data else None
        tell_notices(console, data.told if data else (), arguments.lang)
        trial = data or made_up_images(assignment, workspace / "images")
        parts = trial_parts(assignment, arguments.data, workspace / "parts")
        trial = trial._replace(parts=parts)
        conditions = _conditions(arguments, assignment, submission, workspace, console)
        with Waiting(console, assignment, len(trial.images), arguments.lang) as waiting:
            evidence, log = examine(submission, "", conditions, trial, waiting)
    lines = upload_line(arguments.folder, packed, assignment, say)
    lines += _checklist(evidence, assignment, arguments.data, arguments.lang)
    lines += printing_line(arguments.folder, evidence, log, assignment, say)
    if data is not None:
        lines += _twins(arguments.data, say)
    for line in lines:
        _print(console, line)
    _expect(console, evidence, assignment, arguments.lang)
    if data is None:
        evidence = evidence.model_copy(update={"answers": ()})
    evidence = evidence.model_copy(update={"parts": ()})
    _write_page(arguments, assignment, evidence, log)
    bad = sum(line.fine is False for line in lines)
    verdict = say("Things to mend: {count}.")
    if not bad:
        verdict = (
            say("Nothing to mend in how it runs.") if data is None else say("Nothing to mend.")
        )
    console.print(f"\n[bold]{verdict.format(count=bad)}[/]  {arguments.page.resolve()}")
    return SOMETHING_LEFT if bad else OK


def _started_once(assignment: Assignment) -> Assignment:
    """The assignment for who waits: of a process that is started anew, to hang again, they learn
    nothing more.
    """
    once = assignment.limits.model_copy(update={"restarts": 0})
    return assignment.model_copy(update={"limits": once})


def _packed(
    arguments: argparse.Namespace, assignment: Assignment, console: Console, say: Translate
) -> packing.Packed | None:
    """Make the zip, where one is asked for, and say what is in it."""
    folder, pack = arguments.folder, arguments.pack
    if not folder.is_dir() and not folder.is_file():
        raise UsageError(
            Sentence(
                "{folder}: not found. Expected the folder that you hand in.",
                {"folder": str(folder)},
            )
        )
    if pack is None:
        return None
    try:
        packed = packing.pack(folder, pack, assignment, made=(pack, arguments.page))
    except IntakeError as error:
        raise UsageError(error.said) from None
    packing.tell(packed, pack, assignment, console, say)
    return packed


def _submission(arguments: argparse.Namespace, assignment: Assignment) -> Submission:
    folder, pack = arguments.folder, arguments.pack
    try:
        found = find([pack or folder], sandbox=Unconfined(own_code=True))
    except IntakeError as error:
        raise UsageError(error.said) from None
    if len(found) > 1 and folder.is_dir() and not any(path.is_dir() for path in folder.iterdir()):
        # Archives beside each other: one student has one submission, and that of two may be code.
        return replace(found.submissions[0], path=folder, kind=FileKind.FOLDER, name="", beside=())
    if len(found) != 1:
        entry, count = assignment.interface.entry, str(len(found))
        raise UsageError(
            Sentence(
                "{folder}: expected one submission with {entry} at its top, found {count}. Go into "
                "the folder that you hand in.{meant}",
                {
                    "folder": str(folder),
                    "entry": entry,
                    "count": count,
                    "meant": _below(folder, entry),
                },
            )
        )
    return found.submissions[0]


def _below(folder: Path, entry: str) -> Sentence | str:
    """What was probably meant where the folders below are submissions."""
    inner = sorted(path.parent for path in folder.glob(f"*/{entry}"))[:MAX_MEANT]
    meant = ", ".join(f"`grade --self-check {path}`" for path in inner)
    return Sentence(" Did you mean {meant}?", {"meant": meant}) if meant else ""


def _own_images(assignment: Assignment, folder: Path) -> HiddenSet:
    """The student's own images. Raises UsageError where their folders of classes lie deeper."""
    classes = {label.folder for label in assignment.classes}
    example = assignment.classes[0].folder
    if not folder.is_dir():
        raise UsageError(
            Sentence(
                "--data {folder}: not found. Expected a folder with images of your own, one folder "
                "for each class, such as {example}.",
                {"folder": str(folder), "example": example},
            )
        )
    inner = [folder, *sorted(path for path in folder.glob("*") if path.is_dir())]
    inner += sorted(path for path in folder.glob("*/*") if path.is_dir())
    inner.append(folder.resolve().parent)
    fitting = [path for path in inner if classes & {below.name for below in path.glob("*")}]
    if fitting and fitting[0] != folder:
        raise UsageError(
            Sentence(
                "--data {folder}: expected one folder for each class, such as {example}. Did you "
                "mean {meant}?",
                {
                    "folder": str(folder),
                    "example": example,
                    "meant": ", ".join(f"`--data {path}`" for path in fitting[:MAX_MEANT]),
                },
            )
        )
    return read_hidden(assignment, folder)


def _conditions(
    arguments: argparse.Namespace,
    assignment: Assignment,
    submission: Submission,
    workspace: Path,
    console: Console,
) -> Conditions:
    say = translator(arguments.lang)
    scan = _imports(submission, assignment, workspace / "imports")
    if arguments.python is not None:
        runtime = own_python.named(arguments.python)
    else:
        runtime = own_python.suiting(scan, arguments.folder, console, say)
    own_python.require_packages(scan, runtime)
    console.print(for_rich(own_python.runtime_line(runtime, say)), highlight=False)
    device = machine.devices(arguments.device)[0]
    with console.status(say("Measuring how this machine computes fastest, once …")):
        tuning = machine.tuning([runtime])
    return Conditions(
        assignment=assignment,
        sandbox=_sandbox(),
        runtimes=(runtime,),
        device=device,
        threads=resources.processors(),
        workspace=workspace,
        language=arguments.lang,
        forced=runtime.name,
        tuning=tuning,
        concealed=not_offered,
        graders=suiting,
        made_up=arguments.data is None,
    )


def _imports(submission: Submission, assignment: Assignment, folder: Path) -> ImportScan:
    """What the submission imports; nothing where it can't be read, which is told later."""
    folder.mkdir()
    clean, interface = folder / "submission", assignment.interface
    limits = IntakeLimits(total=assignment.limits.submission * packing.MIB)
    try:
        with Reading(folder, Unconfined(own_code=True)) as reading:
            stage(submission, clean, limits, reading=reading)
            found = reading.scan(clean, interface.entry, interface.function)
        return scan_of(found.model_dump())
    except IntakeError:
        return ImportScan()


def _sandbox() -> Sandbox:
    """Where this machine has one, that of level strong, in which nothing is seen but the folder and
    Python: as when it is graded.
    """
    try:
        return canary.choose(Level.STRONG).sandbox
    except SandboxUnavailableError:
        return Unconfined(own_code=True)


def _checklist(
    evidence: Evidence, assignment: Assignment, data: Path | None, language: str
) -> Iterator[SelfCheckLine]:
    """The lines in the order in which a student mends things. data: the folder of their own."""
    say = translator(language)
    if evidence.trouble is not None:
        yield SelfCheckLine(False, evidence.trouble.message, evidence.trouble.cure)
        return
    function = assignment.interface.function
    if evidence.loading.loaded:
        text = say("{entry} is imported in {seconds} s and defines {function}.")
        loading = evidence.loading
        yield SelfCheckLine(
            True,
            text.format(entry=loading.entry, seconds=f"{loading.seconds:.1f}", function=function),
        )
    answered = [answer for answer in evidence.answers if answer.answer is not None]
    if evidence.answers and len(answered) == len(evidence.answers):
        text = say("{function} returned a class name for each of {count} images.")
        yield SelfCheckLine(True, text.format(function=function, count=len(answered)))
    yield from (_finding(finding) for finding in _shown(evidence, assignment, data))
    yield from part_lines(evidence, assignment, data, language)
    yield from check_lines(evidence.checks, language)
    if data is None:
        yield _unmeasured(say)
    elif answered or not evidence.findings:  # else nothing came back, for a reason that is told
        yield _estimate(evidence, assignment, say)


def _shown(evidence: Evidence, assignment: Assignment, data: Path | None) -> Sequence[Finding]:
    """Findings, but for those that a check says as well, and those that inputs without a meaning
    cannot show.
    """
    left_out = {"lenet5-missing"} if evidence.checks else set()
    if data is None:
        left_out |= {"constant-answers", "channel-order", "label-order"}
    return [
        finding
        for finding in evidence.findings
        if finding.code not in left_out
        and not is_about_made_up(finding, evidence, assignment, data)
    ]


def _finding(finding: Finding) -> SelfCheckLine:
    fine = None if finding.severity is Severity.INFO else False
    return SelfCheckLine(fine, f"{finding.message} ({finding.code})", finding.hint)


def _unmeasured(say: Translate) -> SelfCheckLine:
    text = say("How many images are read right was not tried: the pictures here are made up.")
    cure = say("Name images of your own, one folder a class: --data DIR")
    return SelfCheckLine(None, text, cure)


def _estimate(evidence: Evidence, assignment: Assignment, say: Translate) -> SelfCheckLine:
    """What is to be expected; something to mend where guessing would do as well."""
    classes, policy = len(assignment.classes), assignment.policy
    mark = grade(evidence, policy, classes)
    low, high = mark.interval or (0.0, 1.0)
    if not better_than_guessing(mark.correct, mark.total, classes, policy.guessing):
        text = say(
            "{correct} of {total} of your images are right: no better than guessing among "
            "{classes} classes, which earns no marks."
        ).format(correct=mark.correct, total=mark.total, classes=classes)
        cure = say(
            "Try what trained the network: the weights that are loaded, the order of the classes, "
            "and what is done to an image before the network are the usual reasons."
        )
        few = mark.total < classes  # too few to tell
        return SelfCheckLine(None if few else False, text, cure)
    text = say(
        "{correct} of {total} of your images are right: band {band} %. On other images of the "
        "same kind expect {low} to {high} % (95 %)."
    ).format(
        correct=mark.correct,
        total=mark.total,
        band=mark.band,
        low=f"{100 * low:.0f}",
        high=f"{100 * high:.0f}",
    )
    return SelfCheckLine(None, text)


def _twins(data: Path, say: Translate) -> list[SelfCheckLine]:
    """A line where the folder `train` beside `data` holds images of `data`."""
    train = data.resolve().parent / "train"
    if not train.is_dir() or train == data.resolve():
        return []
    found = near_duplicates(pictures(data), pictures(train))
    if not found:
        return []
    text = say(
        "{count} of these images are in {train} too, all but for a crop or a filter ({image} and "
        "{other}): the estimate is too good."
    ).format(
        count=len(found),
        train=train.name,
        image="/".join(found[0][0].parts[-2:]),
        other="/".join(found[0][1].parts[-2:]),
    )
    return [SelfCheckLine(None, text)]


def _print(console: Console, line: SelfCheckLine) -> None:
    mark = {True: "[green]✓[/]", False: "[red]✗[/]", None: "[blue]•[/]"}[line.fine]
    console.print(f"{mark} {for_rich(line.text)}", highlight=False)
    if line.cure and line.fine is not True:
        console.print(f"    → {for_rich(line.cure)}", style="dim", highlight=False)


def _expect(console: Console, evidence: Evidence, assignment: Assignment, language: str) -> None:
    """What the grader will do with this submission."""
    say = translator(language)
    limits, interface = assignment.limits, assignment.interface
    text = say(
        "The grader gives {function} uint8 arrays (height, width, 3) in {channels}, and waits "
        "{load:g} s for the import, {first:g} s for the first image, {answer:g} s for each other, "
        "{total:g} s in all."
    ).format(
        function=interface.function,
        channels=interface.channels,
        load=limits.import_,
        first=limits.first_answer,
        answer=limits.answer,
        total=limits.total,
    )
    console.print(f"\n{text}", style="dim", highlight=False)
    if evidence.runtime is not None:
        reason = evidence.runtime.reason.get(language, "")
        told = say("Runtime {name}: {reason}").format(name=evidence.runtime.name, reason=reason)
        console.print(for_rich(told), style="dim", highlight=False)


def _write_page(
    arguments: argparse.Namespace, assignment: Assignment, evidence: Evidence, log: str
) -> None:
    context = Context(
        assignment=assignment,
        language=arguments.lang,
        confinement="none",
        started=evidence.started,
        version=__version__,
        hidden=arguments.data,
        self_check=True,
    )
    mark = grade(evidence, assignment.policy, len(assignment.classes))
    files.write(arguments.page, pages.ReportPages(context).staff(Result(evidence, mark, log)))
