"""Finding submissions: what the paths of a command line hold, each a submission or a whole class.

A path is taken for a class when its entries look like submissions of several students; `layout`
says how that is told. Inside a class every folder and archive is somebody's submission, also an
empty one: a student must not be missing from the grades for having handed in nothing that runs.
"""

from __future__ import annotations

import atexit
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from grader.intake.layout import (
    LayoutKind,
    Tree,
    classes_in,
    innermost,
    is_nobodys,
    judge,
    of_students,
    our_output,
    read_tree,
    tree_of,
)
from grader.intake.ownership import named, without_contested_numbers
from grader.intake.reading import Allowance, Reading
from grader.intake.submissions import FoundSubmissions, natural
from grader.intake.teams import perhaps_submitted, submitted_in
from grader.intake.uploads import Upload, single_upload, uploads_in
from grader.platforms import is_told
from grader.readers.file_kinds import FileKind, kind_of, named_archive, stem
from grader.readers.ignored_files import code
from grader.readers.limits import CLASS_LIMITS, IntakeLimits
from grader.readers.notices import (
    ArchiveRefusedError,
    IntakeError,
    Notice,
    UnpackerMissingError,
    notice,
)
from grader.readers.paths import readable_name
from grader.sandbox.contract import Sandbox
from grader.sandbox.temporary_folders import temporary

# What reading an archive that the teacher gives may take: it can hold a whole class.
MOST_DOWNLOADS = 12  # archives of nobody in a folder that are looked into: more are students'
OF_CLASS = Allowance(seconds=120, memory=2048, output=64)


def find(
    paths: Sequence[Path],
    *,
    workspace: Path | None = None,
    limits: IntakeLimits = CLASS_LIMITS,
    sandbox: Sandbox | None = None,
) -> FoundSubmissions:
    """All submissions of `paths`, each a submission or a class (folder or archive).

    workspace: where an archive that holds a whole class is unpacked; by default a temporary
    folder that is removed when the interpreter ends. limits: of such an archive. sandbox: in which
    archives are looked into, None for the strongest of this machine.
    Raises IntakeError where there is nothing to grade.
    """
    uploads: list[Upload] = []
    notices: list[Notice] = []
    one = len({path.resolve() for path in paths}) == 1
    for path in paths:
        uploads += _in_path(path, workspace, limits, notices, sandbox, alone=one)
    submissions = without_contested_numbers(named(uploads, notices), notices)
    return FoundSubmissions(tuple(sorted(submissions, key=lambda h: natural(h.id))), tuple(notices))


# --- paths ------------------------------------------------------------------------------


def _in_path(
    path: Path,
    workspace: Path | None,
    limits: IntakeLimits,
    notices: list[Notice],
    sandbox: Sandbox | None,
    *,
    alone: bool,
) -> Iterator[Upload]:
    if not path.exists():
        raise IntakeError(
            notice(
                "{path} is not there; give a folder or archive with submissions (the current "
                "folder is {here})",
                path=path,
                here=Path.cwd(),
            )
        )
    if path.is_dir() and our_output(path):
        raise IntakeError(
            notice(
                "{path} is a folder of results; give the folder of the submissions, and name this "
                "one with --out",
                path=path,
            )
        )
    a_students = not alone and is_told(_name(path))  # whatever the student laid into it
    if path.is_dir() and a_students:
        if _like_class(path):
            notices.append(_several(path))
        yield single_upload(path, FileKind.FOLDER)
        return
    if path.is_dir():
        uploads = list(_in_folder(path, notices))
        for download in (downloads := _downloads(uploads, limits, notices, sandbox)):
            folder = _unpacked(download, workspace, limits, notices, sandbox)
            yield from uploads_in(_class_folder(folder), notices)
        if not downloads:
            yield from uploads
        return
    kind = kind_of(path)
    if kind is FileKind.UNKNOWN and not named_archive(path.name):
        raise IntakeError(
            notice(
                "{path} is neither a folder nor an archive; give the folder that holds it",
                path=path,
            )
        )
    several = _holds_class(path, limits, sandbox)
    if several and not a_students:
        folder = _unpacked(path, workspace, limits, notices, sandbox)
        yield from uploads_in(_class_folder(folder), notices)
        return
    if several:
        notices.append(_several(path))
    yield single_upload(path, kind)


def _name(path: Path) -> str:
    name = readable_name(path.resolve())
    return name if path.is_dir() else stem(name)


def _like_class(folder: Path) -> bool:
    name, tree = folder.resolve().name, read_tree(folder)
    return bool(submitted_in(tree)) or judge(name, tree) is LayoutKind.CLASS


def _several(path: Path) -> Notice:
    return notice(
        "{name} holds what looks like the work of several students, but is called as one "
        "student's, and is taken for one submission; if it is a class, rename it",
        name=readable_name(path.resolve()),
    )


def _in_folder(path: Path, notices: list[Notice]) -> Iterator[Upload]:
    name, tree = path.resolve().name, read_tree(path)
    visible = {entry: below for entry, below in tree.items() if not is_nobodys(entry)}
    _refuse_doubtful(path, visible)
    submitted = submitted_in(visible)
    if several := [submitted] if submitted else classes_in(name, tree):
        notices.append(
            notice("in {path}, submissions are looked for in {names}", path=path, names=several)
        )
        for each in several:
            yield from uploads_in(path / each, notices)
        return
    verdict = judge(name, tree)
    if verdict is LayoutKind.NOTHING:
        raise IntakeError(
            notice(
                "{path} holds no submissions; folders or archives of students, or code of one, "
                "are expected; found: {found}",
                path=path,
                found=", ".join(sorted(entry.name for entry in path.iterdir())[:5]) or "nothing",
            )
        )
    if verdict is LayoutKind.SUBMISSION:
        yield single_upload(path, FileKind.FOLDER)
    else:
        if is_told(name):
            notices.append(
                notice(
                    "{path} is called as a student's folder, but was taken for a class, since it "
                    "holds the work of several; if it is one student's, lay it into a folder "
                    "beside others",
                    path=path,
                )
            )
        yield from uploads_in(path, notices)


def _refuse_doubtful(path: Path, tree: Tree) -> None:
    if perhaps := perhaps_submitted(tree):
        raise IntakeError(
            notice(
                "{path} can be a download of Teams, with submitted files in {one} and files that "
                "students work on in {other}, or what two students handed in; give the folder of "
                "the submitted files alone, or each student's folder by itself",
                path=path,
                one=perhaps[0],
                other=perhaps[1],
            )
        )


def _downloads(
    uploads: Sequence[Upload],
    limits: IntakeLimits,
    notices: list[Notice],
    sandbox: Sandbox | None,
) -> list[Path]:
    """The archives that are all that a folder holds, where each is a whole class; of several, what
    is in each must surely be of several students. Beside other submissions such an archive could be
    a student's, made to hand in for others: it is told, and taken for one submission.
    """
    parts = [part for upload in uploads for part in upload.parts]
    archives = [part.path for part in parts if part.kind.archive]
    if len(parts) == 1 and archives:
        if not _holds_class(archives[0], limits, sandbox):
            return []
        if is_told(_name(archives[0])):
            notices.append(_several(archives[0]))
            return []
        return archives
    nobodys = [path for path in archives if not is_told(stem(readable_name(path)))]
    if not nobodys or len(nobodys) > MOST_DOWNLOADS:
        return []
    classes = []
    for path in nobodys:
        inner = _inner_tree(path, limits, sandbox)
        if inner is not None and of_students(*inner):
            classes.append(path)
    if len(classes) == len(parts):
        return classes
    if classes:
        notices.append(
            notice(
                "{names} look like whole classes, but lie beside other submissions and are taken "
                "for one submission each; name each by itself, after the folder with the others: "
                "grade FOLDER CLASS.zip",
                names=[readable_name(path) for path in classes],
            )
        )
    return []


# --- archives of a class ----------------------------------------------------------------


def _holds_class(archive: Path, limits: IntakeLimits, sandbox: Sandbox | None) -> bool:
    """Whether an archive holds the submissions of several students: as `layout` tells of a
    folder.
    """
    inner = _inner_tree(archive, limits, sandbox)
    if inner is None:
        return False
    name, tree = inner
    entries = [
        entry
        for entry, below in tree.items()
        if not is_nobodys(entry) and (below is not None or named_archive(entry) or code(entry))
    ]
    return len(entries) > 1 and judge(name, tree) is LayoutKind.CLASS


def _inner_tree(
    archive: Path, limits: IntakeLimits, sandbox: Sandbox | None
) -> tuple[str, Tree] | None:
    """The names in an archive, below folders that hold one folder alone, and what that is called.
    None where it cannot be read (one submission, told with its reason when it is staged) or holds
    one file.
    """
    try:
        with _reading(sandbox) as reading:
            tree = tree_of(reading.names(archive, limits))
    except (ArchiveRefusedError, UnpackerMissingError):
        return None
    inner, below = innermost(tree)
    if [below[entry] for entry in below if not is_nobodys(entry)] == [None]:
        return None
    return inner.rpartition("/")[2] or stem(archive.name), below


@contextmanager
def _reading(sandbox: Sandbox | None) -> Iterator[Reading]:
    with temporary("names") as room:
        room.chmod(0o755)  # the sandbox may run as a user of its own
        with Reading(room, sandbox, OF_CLASS) as reading:
            yield reading


def _unpacked(
    archive: Path,
    workspace: Path | None,
    limits: IntakeLimits,
    notices: list[Notice],
    sandbox: Sandbox | None,
) -> Path:
    if workspace is None:
        until_exit = ExitStack()
        folder = until_exit.enter_context(temporary("class"))
        atexit.register(until_exit.close)
    else:
        workspace.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix="class-", dir=workspace))
    try:
        with _reading(sandbox) as reading:
            notices.extend(reading.unpack(archive, folder, limits))
    except ArchiveRefusedError as error:
        raise IntakeError(
            notice("{path} cannot be unpacked: {reason}", path=archive, reason=error.said)
        ) from error
    notices.append(notice("{path} was taken for an archive of a whole class", path=archive.name))
    return folder


def _class_folder(folder: Path) -> Path:
    """Where an unpacked class lies: below folders that hold one folder alone. Raises IntakeError
    where names do not tell.
    """
    inner, tree = innermost(read_tree(folder))
    _refuse_doubtful(folder, tree)
    return folder / inner
