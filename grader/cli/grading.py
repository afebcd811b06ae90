"""``grade PATH…``: examine a class, mark it, write the report."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil
from rich.console import Console

from grader import __version__
from grader.assignment import Assignment
from grader.checks import trial
from grader.cli import checks_trial, engines, machine, publishing
from grader.cli.exposure import require_unexposed
from grader.cli.live_view import LiveView
from grader.cli.main import OK, SOMETHING_LEFT, UsageError
from grader.cli.notices import tell_changes, tell_notices
from grader.cli.only import again, only
from grader.cli.output_folder import opened_run
from grader.cli.progress import Progress
from grader.cli.reviewed import Reviewed
from grader.cli.run_document import (
    Examination,
    asked,
    begun,
    entries,
    grading_alone,
    require_room,
    without_gone,
)
from grader.cli.summary import summarise
from grader.cli.terminal import terminal
from grader.cli.workplace import RunRequest, Workplace
from grader.decisions import DecisionError, Decisions
from grader.engine.contract import Engine, Event, Task
from grader.engine.expected import expected_seconds
from grader.evidence import Roster
from grader.evidence.evidence import SCHEMA
from grader.examine.mnist import read_mnist
from grader.intake import IntakeError, Submission, digest, digest_folder, find
from grader.intake.roster_matching import call_by_roster
from grader.intake.roster_merging import read_rosters
from grader.intake.roster_zeros import with_zeros
from grader.language import Sentence, translator
from grader.readers.notices import notice
from grader.runs import Run, RunError, RunFolder, SubmissionEntry
from grader.sandbox.contract import Sandbox
from grader.scoring import Status
from grader.store import Store, key


def run(arguments: argparse.Namespace) -> int:
    """Grade what the arguments name."""
    with Reviewed(arguments) as pages, engines.chosen(arguments) as workplace:
        code = _graded(arguments, workplace, pages)
        while pages.wish():
            code = _graded(_once_more(arguments), workplace, pages)
        return code


def _once_more(arguments: argparse.Namespace) -> argparse.Namespace:
    """The same command for what was wished on the pages meanwhile, and not for all of it."""
    return argparse.Namespace(**{**vars(arguments), "fresh": False, "only": []})


def _graded(arguments: argparse.Namespace, workplace: Workplace, pages: Reviewed) -> int:
    console = terminal()
    folder = RunFolder(arguments.out)
    former = _former(folder)
    what = _asked(arguments, former)
    tell_notices(console, what.hidden.told, arguments.lang)
    _require_mnist(what.assignment)
    sandbox = machine.sandbox(
        arguments.require, arguments.unsafe_no_sandbox, accelerator=workplace.kind != "CPU"
    )
    submissions, roster = _submissions(console, arguments, former, sandbox)
    runtimes = machine.runtimes(arguments.runtime)
    used = [one for one in runtimes if arguments.runtime in (None, one.name)]
    require_unexposed(_private(arguments, what), used)
    workplace.prove(console, runtimes, sandbox)
    with grading_alone(arguments.out):
        require_room(arguments.out, len(submissions))
        store = Store(arguments.out)
        _require_decisions(store)  # what cannot be read is said before the class runs, not after
        digests = {submission.id: digest(submission) for submission in submissions}
        listed = entries(submissions, digests, arguments.paths)
        # Read again, now that nobody else changes it: another grader may have ended meanwhile.
        former = _former(folder)
        what = _asked(arguments, former)
        new = begun(what, former, store, listed).model_copy(update={"roster": roster})
        new, gone = without_gone(new, former, listed, arguments.paths)
        tasks = _tasks(submissions, digests, what, arguments, store)
        wished = again(tasks, arguments.out)
        todo = (
            only(tasks, arguments.only)
            if arguments.only
            else [
                wished.get(task.submission.id, task)
                for task in tasks
                if task.submission.id in wished or arguments.fresh or not _is_done(store, task)
            ]
        )
        _tell_done(console, len(tasks) - len(todo), len(tasks), arguments.lang)
        if todo:
            points = checks_trial.require_sound(
                what.assignment, what.hidden, sandbox, used, console, arguments.lang
            )
            new = new.model_copy(update={"check_points": points})
        folder.write(new)
        _tell_beginning(console, new, gone, arguments.lang)
        pages.open()
        interrupted = False
        with _workspace(arguments.out) as workspace, _stoppable() as stop:
            work = RunRequest(
                assignment=what.assignment,
                hidden=what.hidden,
                store=store,
                sandbox=sandbox,
                runtimes=runtimes,
                submissions=len(todo),
                workspace=workspace,
            )
            engine = workplace.engine(work)
            try:
                with Progress(arguments.out, len(todo)) as progress:
                    troubles = _examine(console, todo, engine, arguments.lang, stop, progress)
            except KeyboardInterrupt:
                interrupted, troubles = True, []
        return _publish(console, arguments, tasks, troubles, interrupted=interrupted)


def _former(folder: RunFolder) -> Run | None:
    try:
        return folder.read()
    except RunError as error:
        raise UsageError(error.said) from None


def _private(arguments: argparse.Namespace, what: Examination) -> list[Path]:
    """What no submission may read, but for itself."""
    rosters = arguments.roster or ()
    return [what.place, what.assignment.home, arguments.out, *arguments.paths, *rosters]


def _asked(arguments: argparse.Namespace, former: Run | None) -> Examination:
    return asked(
        arguments.assignment,
        arguments.settings,
        arguments.unset,
        arguments.hidden,
        former,
        arguments.out,
    )


def _submissions(
    console: Console, arguments: argparse.Namespace, former: Run | None, sandbox: Sandbox
) -> tuple[list[Submission], Roster | None]:
    """The submissions, called by the roster that is named now or was named before."""
    roster = former.roster if former is not None else None
    try:
        found = find(arguments.paths, sandbox=sandbox)
        submissions, notices = list(found.submissions), list(found.notices)
        if arguments.roster is not None:
            roster = read_rosters(arguments.roster)
        if roster is not None:
            roster, zeros = with_zeros(submissions, roster)
            submissions, more = call_by_roster(submissions, roster)
            notices += [*zeros, *more]
    except IntakeError as error:
        raise UsageError(error.said) from None
    tell_notices(console, notices, arguments.lang)
    return submissions, roster


def _tell_beginning(
    console: Console, run: Run, gone: Sequence[SubmissionEntry], language: str
) -> None:
    """Settings that hold from an earlier command, and submissions that are no longer there."""
    told = []
    if run.settings:
        kept = "; ".join(f"{setting.text} ({setting.author})" for setting in run.settings)
        told.append(Sentence("set in this run: {settings}", {"settings": kept}))
    if gone:
        ids = [entry.id for entry in gone]
        told.append(notice("no longer submitted, and left out of the marks: {ids}", ids=ids))
    tell_notices(console, told, language)


def _tell_done(console: Console, done: int, total: int, language: str) -> None:
    if done:
        told = translator(language)(
            "{done} of {total} are already examined and unchanged; --fresh repeats them."
        )
        console.print(told.format(done=done, total=total), style="dim")


def _publish(
    console: Console,
    arguments: argparse.Namespace,
    tasks: Sequence[Task],
    troubles: Sequence[str],
    *,
    interrupted: bool,
) -> int:
    """Publish what is stored by now, and say what came of it."""
    language = arguments.lang
    with opened_run(arguments.out, "grade", console, language) as (folder, former):
        if former is None:
            raise OSError(f"{arguments.out}: the document of the run went while it was going on")
        store = Store(arguments.out)
        made = publishing.draft(former, store, Decisions(store.out).all(), "grade")
        marked = publishing.publish(folder, made, language)
    summarise(console, marked, arguments.out, language)
    tell_notices(console, made.told, language)
    if changed := [change for change in made.changes if change.before is not None]:
        tell_changes(console, changed, len(marked), language)
    for trouble in troubles:
        console.print(f"[red]✗[/] {trouble}", highlight=False)
    there = {(one.grade.id, one.key) for one in marked if one.grade.status is not Status.UNGRADED}
    left = sum(
        (task.submission.id, task.key) not in there and not _is_stored(store, task)
        for task in tasks
    )
    if interrupted:
        note = translator(language)(
            "Interrupted. {left} submissions are left; the same command goes on from here."
        )
        console.print(note.format(left=left), style="yellow")
    return SOMETHING_LEFT if left or troubles else OK


def _require_decisions(store: Store) -> None:
    try:
        Decisions(store.out).all()
    except DecisionError as error:
        raise UsageError(error.said) from None


def _require_mnist(assignment: Assignment) -> None:
    """MNIST's test images are there, where the assignment names them."""
    if assignment.mnist is not None:
        try:
            read_mnist(assignment.mnist)
        except (OSError, ValueError) as error:
            raise UsageError(f"images.mnist: {error}") from None


def _tasks(
    submissions: Sequence[Submission],
    digests: Mapping[str, str],
    what: Examination,
    arguments: argparse.Namespace,
    store: Store,
) -> list[Task]:
    """What to examine, each with the key of all that determines its evidence: not the policy,
    which only turns evidence into marks.
    """
    assignment = what.assignment
    asked = assignment.model_dump_json(
        exclude={"policy", "pages", "run", "platform", "home", "images"}
    )
    checks = trial.digest_of(assignment)
    common = [__version__, str(SCHEMA), asked, assignment.images.mnist, checks, what.hidden.digest]
    common += [arguments.device, arguments.runtime or ""]
    common += [name for name in (assignment.images.train, assignment.images.validation) if name]
    common += [digest_folder(assignment.provided)] if assignment.provided else []
    images = len(what.hidden.images)
    tasks = []
    for submission in submissions:
        task_key, former = key(*common, digests[submission.id]), store.read(submission.id)
        ours = former is not None and former.key == task_key and former.trouble is not None
        before = former if ours and not arguments.fresh else None
        seconds = (
            float(round(former.seconds))  # as the last time
            if former is not None
            else expected_seconds(submission, assignment.interface.function, images)
        )
        tasks.append(Task(submission, task_key, seconds, before, digests[submission.id]))
    return tasks


def _is_stored(store: Store, task: Task) -> bool:
    """Whether it was examined without trouble, also where another one of its student counts."""
    evidence = store.read(task.submission.id)
    return evidence is not None and evidence.key == task.key and evidence.trouble is None


def _is_done(store: Store, task: Task) -> bool:
    """Whether there is nothing to do again: no trouble of ours, no package that may have come.

    What is stored gets the name and number that are known now, as from a roster that came later.
    """
    evidence = store.read(task.submission.id)
    if evidence is None:
        return False
    student = task.submission.student
    known = {
        "name": student.name or task.submission.id,
        "number": student.number,
        "origin": task.submission.origin,
    }
    record = evidence.submission.model_copy(update=known)
    if record != evidence.submission:
        renamed = evidence.model_copy(update={"submission": record})
        store.write(renamed, store.log(task.submission.id))
    return (
        evidence.key == task.key
        and evidence.trouble is None
        and evidence.stopped != "package-missing"
    )


def _examine(
    console: Console,
    tasks: Sequence[Task],
    engine: Engine,
    language: str,
    stop: threading.Event,
    progress: Progress,
) -> list[str]:
    """Run the tasks under a live view; what kept some of them from being stored."""
    troubles: list[str] = []
    if not tasks:
        return troubles
    with LiveView(console, len(tasks), language) as live:

        def watch(event: Event) -> None:
            live.event(event)
            progress.event(event)

        ended_tasks = engine.run(tasks, watch, stop)
        try:
            for ended in ended_tasks:
                live.ended(ended)
                progress.ended(ended.submission.id)
                if ended.trouble:
                    troubles.append(f"{ended.submission.id}: {ended.trouble}")
        finally:
            ended_tasks.close()
    return troubles


@contextmanager
def _workspace(out: Path) -> Iterator[Path]:
    """A folder for private copies; what killed runs left beside it goes with it."""
    parent = out.resolve() / ".work"
    parent.mkdir(parents=True, exist_ok=True)
    for left in parent.iterdir():
        if not psutil.pid_exists(int(left.name)):
            shutil.rmtree(left, ignore_errors=True)
    folder = parent / str(os.getpid())
    folder.mkdir()
    # Traversable for the sandbox's own user; the copies inside belong to this run alone.
    parent.chmod(0o755)
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _stoppable() -> Iterator[threading.Event]:
    """An event that Ctrl-C and SIGTERM set; a second one interrupts at once."""
    stop = threading.Event()

    def note(number: int, frame: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
