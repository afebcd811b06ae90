"""Finding hand-ins: what the paths of a command line hold, each a hand-in or a whole class.

A path is taken for a class when its entries look like hand-ins of several students; `judge` says
how that is told. Inside a class every folder and archive is somebody's hand-in, also an empty one:
a student must not be missing from the grades for having handed in nothing that runs.
"""

from __future__ import annotations

import atexit
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from grader.evidence import Origin
from grader.intake.gradescope import students_of
from grader.intake.identify import (
    Student,
    id_for,
    identify,
    names_work,
    recognised,
    safe_id,
    unique,
)
from grader.readers.archive import names, unpack
from grader.readers.clutter import clutter, code
from grader.readers.kinds import Kind, kind_of, named_archive, stem
from grader.readers.limits import CLASS_LIMITS, IntakeLimits
from grader.readers.notices import ArchiveRefusedError, IntakeError, Notice, notice
from grader.readers.paths import readable


@dataclass(frozen=True)
class Part:
    """A further file, folder or archive of one submission, laid beside the first."""

    path: Path
    kind: Kind
    name: str  # what the student called it: the platform's own name around it is cut off


@dataclass(frozen=True)
class HandIn:
    """One hand-in as it lies on disk."""

    id: str  # unique in the class, safe as a file name on Linux and Windows
    student: Student
    path: Path
    kind: Kind
    origin: Origin = field(default_factory=Origin)
    beside: tuple[Part, ...] = ()  # what else the platform has of the same upload


@dataclass(frozen=True)
class Found(Sequence[HandIn]):
    """The hand-ins, in natural order of their ids, and what is worth telling about them."""

    handins: tuple[HandIn, ...]
    notices: tuple[Notice, ...] = ()

    def __getitem__(self, index):  # type: ignore[no-untyped-def]
        return self.handins[index]

    def __len__(self) -> int:
        return len(self.handins)


def find(
    paths: Sequence[Path],
    *,
    workspace: Path | None = None,
    limits: IntakeLimits = CLASS_LIMITS,
) -> Found:
    """All hand-ins of `paths`, each a hand-in or a class (folder or archive).

    workspace: where an archive that holds a whole class is unpacked; by default a temporary
    folder that is removed when the interpreter ends. limits: of such an archive.
    Raises IntakeError where there is nothing to grade.
    """
    candidates: list[_Candidate] = []
    notices: list[Notice] = []
    for path in paths:
        candidates += _in_path(path, workspace, limits, notices)
    handins = _named(candidates, notices)
    return Found(tuple(sorted(handins, key=lambda h: natural(h.id))), tuple(notices))


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """A key that sorts "lab2" before "lab10"."""
    pieces = re.split(r"([0-9]+)", text.casefold())
    keys = [(1, int(p), "") if i % 2 else (0, 0, p) for i, p in enumerate(pieces)]
    return (*keys, (-1, 0, text))  # last, that equal names in other capitals keep an order


# --- paths ------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Candidate:
    """A hand-in before it has its id."""

    path: Path
    kind: Kind
    student: Student


def _in_path(
    path: Path, workspace: Path | None, limits: IntakeLimits, notices: list[Notice]
) -> Iterator[_Candidate]:
    if not path.exists():
        raise IntakeError(
            notice(
                "{path} is not there; give a folder or archive with hand-ins (the current folder "
                "is {here})",
                path=path,
                here=Path.cwd(),
            )
        )
    if path.is_dir():
        yield from _in_folder(path, notices)
        return
    kind = kind_of(path)
    if kind is Kind.UNKNOWN and not named_archive(path.name):
        raise IntakeError(
            notice(
                "{path} is neither a folder nor an archive; give the folder that holds it",
                path=path,
            )
        )
    if _holds_class(path, limits):
        folder = _unpacked(path, workspace, limits, notices)
        yield from _entries(_sole_folder(folder), notices)
    else:
        yield _candidate(path, kind, {})


def _in_folder(path: Path, notices: list[Notice]) -> Iterator[_Candidate]:
    verdict = judge(path.resolve().name, read_tree(path))
    if verdict is Verdict.NOTHING:
        raise IntakeError(
            notice(
                "{path} holds no hand-ins; folders or archives of students, or main.py, are "
                "expected; found: {found}",
                path=path,
                found=", ".join(sorted(entry.name for entry in path.iterdir())[:5]) or "nothing",
            )
        )
    if verdict is Verdict.HANDIN:
        yield _candidate(path, Kind.FOLDER, {})
    else:
        yield from _entries(path, notices)


def _entries(folder: Path, notices: list[Notice]) -> Iterator[_Candidate]:
    """The hand-ins of a class."""
    known = students_of(folder)
    loose = []
    for entry in sorted(folder.iterdir(), key=lambda entry: natural(entry.name)):
        if entry.is_symlink() or _passed_over(entry.name):
            continue
        if entry.is_dir():
            if not _our_output(entry):
                yield _candidate(entry, Kind.FOLDER, known)
        elif entry.is_file():
            kind = kind_of(entry) if named_archive(entry.name) else None
            if kind is not None:
                yield _candidate(entry, kind, known)
            elif code(entry.name):
                loose.append(entry.name)
    if loose:
        notices.append(
            notice(
                "{count} loose files were passed over, such as {name}; a hand-in is a folder or an "
                "archive",
                count=len(loose),
                name=loose[0],
            )
        )


def _candidate(path: Path, kind: Kind, known: dict[str, Student]) -> _Candidate:
    name = readable(path.resolve())
    name = stem(name) if kind.archive else name
    return _Candidate(path, kind, known.get(name) or identify(name))


def _named(candidates: Sequence[_Candidate], notices: list[Notice]) -> Iterator[HandIn]:
    """Gives ids; tells of students with several hand-ins."""
    taken: dict[str, HandIn] = {}
    seen: set[Path] = set()
    for candidate in candidates:
        path = candidate.path.resolve()
        if path in seen:
            continue
        seen.add(path)
        name = stem(readable(path)) if candidate.kind.archive else readable(path)
        wanted = id_for(candidate.student, name)
        student = candidate.student
        if wanted == safe_id(name) and not student.number:
            student = Student(name=wanted)  # no name for sure: people see what the folder says
        handin = HandIn(unique(wanted, taken), student, candidate.path, candidate.kind)
        if handin.id != wanted:
            notices.append(
                notice(
                    "{first} and {second} seem to be of one student; both are graded, as {one} and "
                    "{two}",
                    first=taken[wanted.casefold()].path.name,
                    second=path.name,
                    one=wanted,
                    two=handin.id,
                )
            )
        taken[handin.id.casefold()] = handin
        yield handin


# --- folders and archives by their names only -------------------------------------------

# Names of entries: None for a file, a tree for a folder.
Tree = dict[str, "Tree | None"]


class Verdict(Enum):
    """What a folder or archive is."""

    HANDIN = "hand-in"
    CLASS = "class"
    NOTHING = "nothing"


def judge(name: str, tree: Tree) -> Verdict:
    """Whether what is called `name` and holds `tree` is one hand-in or a class of them.

    In this order:
    1. main.py at its top: a hand-in.
    2. Two entries whose names are surely students' (a number, a Chinese name, a platform's
       pattern), folders or archives: a class.
    3. Other code at its top: a hand-in.
    4. Two or more entries that could be hand-ins (archives, folders with code at most two levels
       down): a class; but a hand-in where they are all named after work ("lenet5", "实验二"), or
       where its own name is a student's and theirs are not.
    5. One such entry, alone: a class of one, unless named after work or below a student's name;
       beside other folders or files that belong to a hand-in: a hand-in.
    6. No such entry: a hand-in without code if its name, or what it holds, says so; else nothing.
    """
    files = [entry for entry, below in tree.items() if below is None and not _passed_over(entry)]
    folders = {
        entry: below
        for entry, below in tree.items()
        if below is not None and not _passed_over(entry)
    }
    archives = [entry for entry in files if named_archive(entry)]
    if any(entry.lower() == "main.py" for entry in files):
        return Verdict.HANDIN
    sure = [entry for entry in (*folders, *map(stem, archives)) if recognised(entry)]
    if len(sure) >= 2:
        return Verdict.CLASS
    if any(code(entry) for entry in files):
        return Verdict.HANDIN
    with_code = [entry for entry, below in folders.items() if _has_code(below, 2)]
    candidates = [*with_code, *map(stem, archives)]
    if not candidates:
        if sure:
            return Verdict.CLASS
        return Verdict.HANDIN if recognised(name) or _has_work(tree) else Verdict.NOTHING
    if recognised(name) and not sure:
        return Verdict.HANDIN
    if len(candidates) == 1 and not sure:
        beside = len(folders) + len(archives) > 1 or any(_work(entry) for entry in files)
        if beside and not archives:
            return Verdict.HANDIN
    if with_code and all(names_work(candidate) for candidate in candidates):
        return Verdict.HANDIN
    return Verdict.CLASS


def _has_code(tree: Tree, levels: int) -> bool:
    if any(below is None and code(entry) for entry, below in tree.items()):
        return True
    return levels > 0 and any(
        below is not None and not _passed_over(entry) and _has_code(below, levels - 1)
        for entry, below in tree.items()
    )


_WORK = (
    ".ckpt",
    ".pth",
    ".pt",
    ".h5",
    ".keras",
    ".onnx",
    ".mindir",
    ".pdf",
    ".docx",
    ".doc",
    ".md",
)


def _work(name: str) -> bool:
    return name.lower().endswith(_WORK) and not _passed_over(name)


def _has_work(tree: Tree) -> bool:
    return any(
        _work(entry) if below is None else any(_work(name) for name in below)
        for entry, below in tree.items()
    )


_NOT_STUDENTS = re.compile(r"readme.*|expected\.toml|index\.html?|license.*", re.IGNORECASE)


def _passed_over(name: str) -> bool:
    """Whether an entry of a class is nobody's: hidden, a platform's index, our own."""
    return name.startswith(".") or clutter((name,)) or _NOT_STUDENTS.fullmatch(name) is not None


def _our_output(folder: Path) -> bool:
    return (folder / "grades.csv").is_file() and (folder / "evidence").is_dir()


LEVELS = 4  # of folders that are looked at
ENTRIES = 5_000  # in one folder


def read_tree(folder: Path, levels: int = LEVELS) -> Tree:
    """The names below `folder`, some levels down; links are passed over."""
    tree: Tree = {}
    try:
        entries = list(os.scandir(folder))[:ENTRIES]
    except PermissionError:
        return tree
    for entry in entries:
        if entry.is_symlink():
            continue
        if not entry.is_dir(follow_symlinks=False):
            tree[entry.name] = None
        elif not _passed_over(entry.name):
            tree[entry.name] = read_tree(Path(entry.path), levels - 1) if levels > 1 else {}
    return tree


def tree_of(names: Sequence[str]) -> Tree:
    """The tree of the names in an archive."""
    top: Tree = {}
    for name in names:
        parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]
        here: Tree | None = top
        for part in parts[:LEVELS]:
            if here is None:
                break
            last = part is parts[-1]
            here = here.setdefault(part, None if last else {})
    return top


# --- archives of a class ----------------------------------------------------------------


def _holds_class(archive: Path, limits: IntakeLimits) -> bool:
    """Whether an archive holds the hand-ins of several students: as `judge` tells of a folder."""
    try:
        tree = tree_of(names(archive, limits))
    except ArchiveRefusedError:
        return False  # one hand-in, to be refused with its reason when it is staged
    name = stem(archive.name)
    for _ in range(3):
        visible = {entry: below for entry, below in tree.items() if not _passed_over(entry)}
        if len(visible) != 1:
            break
        inner, below = next(iter(visible.items()))
        if below is None:
            return False  # one archive or file in an archive
        name, tree = inner, below
    entries = [
        entry
        for entry, below in tree.items()
        if not _passed_over(entry) and (below is not None or named_archive(entry))
    ]
    return len(entries) > 1 and judge(name, tree) is Verdict.CLASS


def _unpacked(
    archive: Path, workspace: Path | None, limits: IntakeLimits, notices: list[Notice]
) -> Path:
    if workspace is None:
        folder = Path(tempfile.mkdtemp(prefix="grade-class-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    else:
        workspace.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix="class-", dir=workspace))
    try:
        notices.extend(unpack(archive, folder, limits))
    except ArchiveRefusedError as error:
        raise IntakeError(
            notice("{path} cannot be unpacked: {reason}", path=archive, reason=error.said)
        ) from error
    notices.append(notice("{path} was taken for an archive of a whole class", path=archive.name))
    return folder


def _sole_folder(folder: Path) -> Path:
    while True:
        visible = [entry for entry in folder.iterdir() if not _passed_over(entry.name)]
        if len(visible) != 1 or not visible[0].is_dir():
            return folder
        folder = visible[0]
