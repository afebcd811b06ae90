"""Opening an output folder: the run that it is about, whatever lies in the present folder."""

from __future__ import annotations

import argparse
import json
import platform
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path

from rich.console import Console

from grader import __version__
from grader.assignment import Assignment, AssignmentError, read_assignment, with_settings
from grader.cli.main import UsageError
from grader.language import Sentence
from grader.report.text import for_rich
from grader.runs import (
    HiddenImages,
    Publication,
    PublishedMark,
    Run,
    RunError,
    RunFolder,
    Setting,
    SubmissionEntry,
)
from grader.runs.differences import changed_files, checks_of, differences
from grader.runs.document import settings_with
from grader.runs.lock import in_turn, user
from grader.scoring import Status
from grader.similarity import handed_out
from grader.store import Store, former_scores, key

DEFAULT_ASSIGNMENT = Path("hidden_tests")

# Tables of the assignment that marks and pages follow from without examining again.
OF_MARKS = ("policy", "pages", "assignment")


@contextmanager
def opened_run(
    out: Path, doing: str, console: Console, language: str
) -> Iterator[tuple[RunFolder, Run | None]]:
    """The run in `out`, held alone for as long as it is read, changed and published.

    Raises UsageError where there is no folder of results, or the document cannot be used.
    """
    require_results(out)

    def waiting(holder: Sentence) -> None:
        told = Sentence("waiting for {holder}", {"holder": holder}).said_in(language)
        console.print(f"[dim]{for_rich(told)}[/]", highlight=False)

    folder = RunFolder(out)
    with in_turn(out, doing, waiting):
        try:
            yield folder, folder.read()
        except RunError as error:
            raise UsageError(error.said) from None


def require_results(out: Path) -> Path:
    """`out` itself. Raises UsageError where nothing was graded into it."""
    if not (out / "evidence").is_dir():
        raise UsageError(
            Sentence(
                "{out}: no results here. Expected a folder that `grade … --out` wrote.",
                {"out": str(out)},
            )
        )
    return out


def meant(arguments: argparse.Namespace, run: Run | None, console: Console) -> Run:
    """The run that a later command works from: as it stands in the folder, with the assignment
    that ``--assignment`` names, if one is named, and the values of ``--set``.

    Where the present folder has something else, that is told and not used. Raises UsageError for
    another assignment, and for settings that only an examination could follow.
    """
    settings = settings_of(arguments.settings)
    kept, back = without_settings(run.settings if run is not None else (), arguments.unset)
    if run is None:
        run = _adopted(arguments)
    elif arguments.assignment is not None:
        run = _reassigned(run, arguments.assignment, arguments.out)
    else:
        _tell_what_differs(run, console, arguments.lang)
    for setting in (*settings, *back):
        if setting.key.partition(".")[0] not in OF_MARKS:
            raise UsageError(
                Sentence(
                    "{key}: decides how submissions are examined, not how they are marked. "
                    "Give it to `grade PATH… --out {out}`, which examines again.",
                    {"key": setting.key, "out": str(arguments.out)},
                )
            )
    below, laid = run.assignment, settings
    if back or run.original is not None:  # what a setting put out of force comes back with it
        below, laid = _original(run), settings_with(kept, settings)
    assignment = with_settings(below, [setting.text for setting in laid])
    return run.model_copy(
        update={"assignment": assignment, "settings": settings_with(kept, settings)}
    )


def _original(run: Run) -> Assignment:
    """The assignment without settings. Raises UsageError where an older grade did not keep it."""
    if run.original is None:
        home = str(run.assignment.home)
        raise UsageError(
            Sentence(
                "--unset: an older grade did not keep what the assignment says by itself. Grade "
                "once more with --assignment {home}, or set the value that is meant with --set.",
                {"home": home},
            )
        )
    return run.original


def document(
    assignment: Assignment, settings: tuple[Setting, ...], hidden: HiddenImages, former: Run | None
) -> Run:
    """A run's document with what is asked now: a new one, or the former one."""
    checks = checks_of(assignment)
    asked = {
        "assignment": assignment,
        "assignment_digest": _digest(assignment, checks),
        "checks": checks,
        "original": read_assignment(assignment.home),
        "settings": settings,
        "hidden": hidden,
        "handed_out": handed_out(assignment.handed_out),
        "versions": {"grader": __version__, "python": platform.python_version()},
    }
    if former is not None:
        return former.model_copy(update=asked)
    return Run(id=uuid.uuid4().hex[:12], started=now(), **asked)


def now() -> str:
    """The time, ISO 8601, UTC."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def settings_of(texts: Sequence[str]) -> tuple[Setting, ...]:
    """What ``--set`` says, with who says it."""
    return tuple(Setting(text=text, author=user(), time=now()) for text in texts)


def without_settings(
    settings: Sequence[Setting], keys: Sequence[str]
) -> tuple[tuple[Setting, ...], tuple[Setting, ...]]:
    """The settings that stay, and those that ``--unset`` takes back. Raises UsageError for a key
    that nobody set.
    """
    known = [setting.key for setting in settings]
    for each in keys:
        if each not in known:
            raise UsageError(
                Sentence(
                    "--unset {key}: nothing is set by this name. Set in this run: {known}",
                    {"key": each, "known": ", ".join(known) or "–"},
                )
            )
    kept = tuple(setting for setting in settings if setting.key not in keys)
    return kept, tuple(setting for setting in settings if setting.key in keys)


def _digest(assignment: Assignment, checks: dict[str, str]) -> str:
    asked = assignment.model_dump_json(by_alias=True, exclude={"home"})
    return key(asked, *(part for check in checks.items() for part in check))


def require_same_lab(former: Run, assignment: Assignment, home: Path, out: Path) -> None:
    """Refuse another assignment than the run's. Raises UsageError."""
    if assignment.id != former.assignment.id:
        raise UsageError(
            Sentence(
                "{out}: holds the results of assignment {before}; {home} is assignment {now}. "
                "Name another folder with --out, or assignment {before} with --assignment.",
                {
                    "out": str(out),
                    "before": former.assignment.id,
                    "home": str(home),
                    "now": assignment.id,
                },
            )
        )


def what_differs(run: Run, home: Path) -> list[str]:
    """What the assignment in `home`, with the run's settings, has otherwise than the run."""
    assignment = read_assignment(home, [setting.text for setting in run.settings])
    files = changed_files(run.checks, checks_of(assignment)) if run.checks else []
    return [*differences(run.assignment, assignment), *files]


def _reassigned(run: Run, home: Path, out: Path) -> Run:
    """The run with what `home` says about marks and pages; how submissions were examined stays."""
    assignment = read_assignment(home, [setting.text for setting in run.settings])
    require_same_lab(run, assignment, home, out)
    if assignment.names != run.assignment.names:
        raise UsageError(
            Sentence(
                "{home}: other classes than the submissions were examined on. Examine them again: "
                "`grade PATH… --assignment {home}`.",
                {"home": str(home)},
            )
        )
    return run.model_copy(
        update={
            "assignment": _with_marks_of(run.assignment, assignment),
            "original": _with_marks_of(run.original or run.assignment, read_assignment(home)),
        }
    )


def _with_marks_of(assignment: Assignment, other: Assignment) -> Assignment:
    """The assignment with what the other says about marks and pages."""
    return assignment.model_copy(update={name: getattr(other, name) for name in OF_MARKS})


def _tell_what_differs(run: Run, console: Console, language: str) -> None:
    """Say where the present folder, or the folder of the assignment itself, has another one."""
    for home in dict.fromkeys((run.assignment.home, DEFAULT_ASSIGNMENT.resolve())):
        try:
            changed = what_differs(run, home)
        except AssignmentError:
            continue  # there is none, or none that could be meant
        if changed:
            told = Sentence(
                "{home} is not what this run was marked by ({changes}); the run's own assignment "
                "is used. `--assignment {home}` says that the other is meant.",
                {"home": str(home), "changes": "; ".join(changed[:5])},
            )
            console.print(f"[yellow]![/] {for_rich(told.said_in(language))}", highlight=False)


def _adopted(arguments: argparse.Namespace) -> Run:
    """A document for a folder that an older grade wrote without one.

    Raises UsageError unless ``--assignment`` says what it was graded by.
    """
    out = arguments.out
    if arguments.assignment is None:
        raise UsageError(
            Sentence(
                "{out}: written by an older grade, which did not keep what it graded by. Say once "
                "which assignment it was: --assignment DIR, and --set as it was then.",
                {"out": str(out)},
            )
        )
    assignment = read_assignment(arguments.assignment)
    refuse_foreign_scores(out, assignment)
    run = document(assignment, (), HiddenImages(place=str(assignment.hidden), digest=""), None)
    return with_former_results(run, Store(out))


def with_former_results(run: Run, store: Store) -> Run:
    """The run with what an older grade left in the folder: submissions, and their marks."""
    entries, marks = [], {}
    former = former_scores(store.out)
    for name in store.ids():
        evidence = store.read(name)
        if evidence is None:
            continue
        submission = evidence.submission
        entries.append(
            SubmissionEntry(
                id=submission.id,
                name=submission.name,
                number=submission.number,
                source=submission.source,
                digest=submission.digest,
                given="",
                origin=submission.origin,
            )
        )
        if name in former:
            marks[name] = PublishedMark(
                score=former[name],
                possible=run.assignment.policy.points,
                status=Status.UNGRADED if former[name] is None else Status.GRADED,
                key=evidence.key,
                digest=submission.digest,
                examined=evidence.started,
            )
    publication = Publication(
        number=1,
        time=now(),
        author=user(),
        why="grade",
        grader="0.1.0",
        policy=run.assignment.policy,
        marks=marks,
    )
    return run.model_copy(
        update={"submissions": tuple(entries), "publication": publication if marks else None}
    )


def refuse_foreign_scores(out: Path, assignment: Assignment) -> None:
    """Refuse a folder in which an older grade wrote the marks of another assignment. Raises
    UsageError.
    """
    try:
        graded = json.loads((out / "grades.json").read_text(encoding="utf-8"))["assignment"]
    except (OSError, ValueError, KeyError, TypeError):
        return
    if graded != assignment.id:
        raise UsageError(
            Sentence(
                "{out}: holds the results of assignment {before}; {home} is assignment {now}. "
                "Name another folder with --out, or assignment {before} with --assignment.",
                {
                    "out": str(out),
                    "before": str(graded),
                    "home": str(assignment.home),
                    "now": assignment.id,
                },
            )
        )
