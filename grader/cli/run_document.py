"""The run's document before the first submission: what is asked, on which images, of whom."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from grader.assignment import Assignment, read_assignment
from grader.cli.main import UsageError
from grader.cli.output_folder import (
    DEFAULT_ASSIGNMENT,
    document,
    refuse_foreign_scores,
    require_same_lab,
    settings_of,
    what_differs,
    with_former_results,
    without_settings,
)
from grader.examine.images import HiddenSet, read_hidden
from grader.examine.part_inputs import with_parts
from grader.intake import Submission
from grader.language import Sentence
from grader.readers.paths import path_of, path_text, readable_name
from grader.runs import HiddenImages, Run, Setting, SubmissionEntry
from grader.runs.document import settings_with
from grader.runs.lock import HeldError, grading_lock
from grader.runs.renaming import with_former_names
from grader.store import Store

DISK_BYTES = 4 * 2**20  # bytes that any run's results take
DISK_BYTES_EACH = 256 * 2**10  # bytes of one submission's evidence, log and pages
PROBE_BYTES = 2**20  # bytes that are written to see whether they can be


class Examination(NamedTuple):
    """What the submissions are to be examined by."""

    assignment: Assignment
    settings: tuple[Setting, ...]  # laid over it, now and formerly
    hidden: HiddenSet
    place: Path  # of the hidden images


def asked(
    home: Path | None,
    settings: Sequence[str],
    unset: Sequence[str],
    images: Path | None,
    former: Run | None,
    out: Path,
) -> Examination:
    """What ``--assignment``, ``--set``, ``--unset`` and ``--hidden`` ask for, with the settings
    that the folder's run has kept.

    Raises UsageError for another assignment or other images than the folder's run has, and for an
    assignment that was edited since unless ``--assignment`` says that this is meant.
    """
    folder = home or DEFAULT_ASSIGNMENT
    kept, _ = without_settings(former.settings if former is not None else (), unset)
    everything = settings_with(kept, settings_of(settings))
    assignment = read_assignment(folder, [setting.text for setting in everything])
    if former is None:
        refuse_foreign_scores(out, assignment)
    else:
        require_same_lab(former, assignment, folder, out)
        if home is None:
            _require_unedited(former, folder, out)
    place = images or assignment.hidden
    hidden = with_parts(read_hidden(assignment, place), assignment)
    _require_same_images(former, hidden.digest, out, place)
    return Examination(assignment, everything, hidden, place)


def begun(
    what: Examination, former: Run | None, store: Store, entries: Sequence[SubmissionEntry]
) -> Run:
    """The document of a run that is about to examine `entries`: the former one, with what is
    asked now, or a new one.
    """
    hidden = HiddenImages(
        place=path_text(what.place.resolve()),
        digest=what.hidden.digest,
        images={image.id: image.sha256 for image in what.hidden.images},
    )
    run = document(what.assignment, what.settings, hidden, former)
    if former is None:
        run = with_former_results(run, store)
    known = {entry.id: entry for entry in run.submissions}
    for each in entries:
        formerly = known[each.id].formerly if each.id in known else ()
        known[each.id] = each.model_copy(update={"formerly": formerly})
    return run.model_copy(update={"submissions": tuple(known.values())})


def entries(
    submissions: Sequence[Submission], digests: Mapping[str, str], paths: Sequence[Path]
) -> list[SubmissionEntry]:
    """The submissions as the document names them; `digests` by id, `paths` of the command line."""
    return [
        SubmissionEntry(
            id=submission.id,
            name=submission.student.name or submission.id,
            number=submission.student.number,
            source=readable_name(submission.path),
            digest=digests[submission.id],
            origin=submission.origin,
            **_where(submission, paths),
        )
        for submission in submissions
    ]


def without_gone(
    run: Run, former: Run | None, found: Sequence[SubmissionEntry], paths: Sequence[Path]
) -> tuple[Run, list[SubmissionEntry]]:
    """The run with those submissions left out that are not where they were found, and which these
    are: they lay below one of `paths`, or in a place that is no longer there. What came in place
    of one under another name has its names.
    """
    ids = {entry.id for entry in found}
    named = {path_text(path.resolve()) for path in paths}
    gone = [
        entry
        for entry in run.submissions
        if entry.state == "present" and entry.id not in ids and _is_gone(entry, named)
    ]
    left = {entry.id: entry.model_copy(update={"state": "gone"}) for entry in gone}
    submissions = with_former_names(
        [left.get(entry.id, entry) for entry in run.submissions],
        former.present if former is not None else (),
    )
    return run.model_copy(update={"submissions": submissions}), gone


@contextmanager
def grading_alone(out: Path) -> Iterator[None]:
    """Hold `out` for grading. Raises UsageError where another grader does."""
    with _refused_where_unwritable(out):
        out.mkdir(parents=True, exist_ok=True)
    try:
        with ExitStack() as held:
            with _refused_where_unwritable(out):
                held.enter_context(grading_lock(out, "PATH…"))
            yield
    except HeldError as error:
        raise UsageError(
            Sentence(
                "{out}: another grader works on it: {holder}. Wait until it has ended, or name "
                "another folder with --out.",
                {"out": str(out), "holder": error.holder},
            )
        ) from None


def require_room(out: Path, submissions: int) -> None:
    """Refuse a folder that cannot be written, or that is too full for the results of so many
    submissions, before the first of them runs. Raises UsageError.
    """
    needed = DISK_BYTES + submissions * DISK_BYTES_EACH
    with _refused_where_unwritable(out):
        if shutil.disk_usage(out).free < needed:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        with tempfile.TemporaryFile(dir=out) as probe:
            probe.write(bytes(PROBE_BYTES))
            probe.flush()
            os.fsync(probe.fileno())


@contextmanager
def _refused_where_unwritable(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(
            Sentence(
                "{out}: results cannot be written here: {error}. Make room, mend the folder's "
                "permissions, or name another folder with --out.",
                {"out": str(out), "error": error.strerror or str(error)},
            )
        ) from None


def _is_gone(entry: SubmissionEntry, named: set[str]) -> bool:
    if not entry.given:
        return False  # where it was found is not known
    place = entry.place or entry.given
    return entry.given in named or not path_of(place).exists()


def _where(submission: Submission, paths: Sequence[Path]) -> dict[str, str]:
    """`given` and `place` of an entry."""
    place = submission.path.resolve()
    for path in map(Path.resolve, paths):
        if path == place or path in place.parents:
            return {"given": path_text(path), "place": path_text(place)}
    archives = [path.resolve() for path in paths if path.is_file()]  # unpacked elsewhere
    return {"given": path_text(archives[0]) if len(archives) == 1 else ""}


def _require_unedited(former: Run, home: Path, out: Path) -> None:
    if changed := what_differs(former, home):
        raise UsageError(
            Sentence(
                "{home}: edited since {out} was graded: {changes}. `--assignment {home}` says "
                "that this is meant; another --out keeps both.",
                {"home": str(home), "out": str(out), "changes": "; ".join(changed)},
            )
        )


def _require_same_images(former: Run | None, digest: str, out: Path, place: Path) -> None:
    if former is None or former.hidden.digest in ("", digest):
        return
    raise UsageError(
        Sentence(
            "{out}: its submissions were examined on other hidden images ({before}), not on those "
            "in {now}. Name another folder with --out, or those images with --hidden.",
            {"out": str(out), "before": former.hidden.place, "now": str(place)},
        )
    )
