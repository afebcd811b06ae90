"""What a folder or archive is by its names alone: one submission, a class of them, nothing."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from enum import Enum
from pathlib import Path, PurePath

from grader.intake import teams
from grader.platforms import FOLDERS, is_told, platform_of
from grader.platforms.folders import Student, identify, names_work, recognised
from grader.readers.file_kinds import named_archive, stem
from grader.readers.ignored_files import code, is_ignored
from grader.readers.paths import readable_name

LOOSE_NAMES = 3  # sources called by different Chinese names that are students' and no modules

# Names of entries: None for a file, a tree for a folder.
Tree = dict[str, "Tree | None"]


class LayoutKind(Enum):
    """What a folder or archive is."""

    SUBMISSION = "submission"
    CLASS = "class"
    NOTHING = "nothing"


def judge(name: str, tree: Tree) -> LayoutKind:
    """Whether what is called `name` and holds `tree` is one submission or a class of them.

    In this order:
    1. main.py at its top: a submission.
    2. Most entries have names that one platform gives, or two that are surely students' (a
       number, a Chinese name), folders or archives: a class; so are loose sources that are called
       by several students, and folders that are all as Teams lays them.
    3. Other code at its top: a submission.
    4. Two or more entries that could be submissions (archives, folders with code at most two levels
       down): a class; but a submission where they are all named after work ("lenet5", "实验二"), or
       where its own name is a student's and theirs are not.
    5. One such entry, alone: a class of one, unless named after work or below a student's name;
       beside other folders or files that belong to a submission: a submission.
    6. No such entry: a submission without code if its name, or what it holds, says so; else
    nothing.
    """
    files = [entry for entry, below in tree.items() if below is None and not is_nobodys(entry)]
    folders = {
        entry: below for entry, below in tree.items() if below is not None and not is_nobodys(entry)
    }
    archives = [entry for entry in files if named_archive(entry)]
    if any(entry.lower() == "main.py" for entry in files):
        return LayoutKind.SUBMISSION
    as_teams = teams.holds_students({**folders, **dict.fromkeys(files)}, 2 if is_told(name) else 1)
    if _exported(folders, files) or as_teams:
        return LayoutKind.CLASS
    sure = [entry for entry in (*folders, *map(stem, archives)) if recognised(entry)]
    if len(sure) >= 2 or (not is_told(name) and len(sure) + len(_loose_students(files)) >= 2):
        return LayoutKind.CLASS
    if any(code(entry) for entry in files):
        return LayoutKind.SUBMISSION
    with_code = [entry for entry, below in folders.items() if _has_code(below, 2)]
    candidates = [*with_code, *map(stem, archives)]
    if not candidates:
        if sure:
            return LayoutKind.CLASS
        return LayoutKind.SUBMISSION if is_told(name) or _has_work(tree) else LayoutKind.NOTHING
    if is_told(name) and not sure:
        return LayoutKind.SUBMISSION
    if len(candidates) == 1 and not sure:
        beside = len(folders) + len(archives) > 1 or any(_work(entry) for entry in files)
        if beside and not archives:
            return LayoutKind.SUBMISSION
    if with_code and all(names_work(candidate) for candidate in candidates):
        return LayoutKind.SUBMISSION
    return LayoutKind.CLASS


def innermost(tree: Tree) -> tuple[str, Tree]:
    """Where a class lies in what was unpacked: below folders that hold one folder alone, and are
    not called by a student. The path to there ("" for the top), and what it holds.
    """
    path: list[str] = []
    for _ in range(3):
        visible = {entry: below for entry, below in tree.items() if not is_nobodys(entry)}
        if submitted := teams.submitted_in(visible):
            for part in submitted.split("/"):
                tree = tree[part] or {}
            return "/".join([*path, submitted]), tree
        entry, below = next(iter(visible.items()), ("", None))
        if len(visible) != 1 or below is None or is_told(entry):
            break
        path, tree = [*path, entry], below
    return "/".join(path), tree


def classes_in(name: str, tree: Tree) -> list[str]:
    """The folders of what is called `name` and holds `tree` that are each a class, where nothing
    else is: as a teacher keeps "1班" beside "2班". What is in each must surely be of several
    students, and its own name of none. An empty folder beside them is somebody's submission.
    """
    visible = {entry: below for entry, below in tree.items() if not is_nobodys(entry)}
    found = [entry for entry, below in visible.items() if below and of_students(entry, below)]
    work = [entry for entry, below in visible.items() if below is not None or _could_be_work(entry)]
    return found if found == work and not is_told(name) else []


def _could_be_work(entry: str) -> bool:
    return code(entry) or named_archive(entry)


def of_students(name: str, tree: Tree) -> bool:
    """Whether what is called `name`, which is no student's name, surely holds what several did."""
    files = [entry for entry, below in tree.items() if below is None and not is_nobodys(entry)]
    folders = [entry for entry in tree if tree[entry] is not None and not is_nobodys(entry)]
    if is_told(name) or any(entry.lower() == "main.py" for entry in files):
        return False
    sure = [*folders, *map(stem, filter(named_archive, files))]
    told = {identify(entry) for entry in sure if recognised(entry)}
    laid = sum(teams.is_students(below) for below in tree.values() if below)
    several = max(len(told), len(_loose_students(files)), laid) > 1
    return several or _exported(folders, files)


def _exported(folders: Iterable[str], files: Sequence[str]) -> bool:
    """Whether a platform gave the entries their names, and some hold what students hand in."""
    platform = platform_of([label(entry) for entry in (*folders, *files)])
    held = [*folders, *(entry for entry in files if named_archive(entry) or code(entry))]
    return platform is not FOLDERS and any(platform.marks(label(entry)) for entry in held)


def _loose_students(files: Iterable[str]) -> set[Student]:
    """Whom the sources at the top are called by: those with a number; else, where each is called by
    somebody, by more names than modules have that begin as family names do ("张量.py").
    """
    stems = [PurePath(entry).stem for entry in files if code(entry)]
    told = {identify(each) for each in stems if recognised(each)}
    numbered = {student for student in told if student.number}
    named = len(told) >= LOOSE_NAMES and all(map(recognised, stems))
    return told if named or len(numbered) > 1 else numbered


def label(name: str) -> str:
    """An entry's name as platforms' rules see it: without the suffix of an archive that somebody
    made of a platform's folder.
    """
    named = named_archive(name) and platform_of([name]) is FOLDERS
    return stem(name) if named else name


def _has_code(tree: Tree, levels: int) -> bool:
    if any(below is None and code(entry) for entry, below in tree.items()):
        return True
    return levels > 0 and any(
        below is not None and not is_nobodys(entry) and _has_code(below, levels - 1)
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
    return name.lower().endswith(_WORK) and not is_nobodys(name)


def _has_work(tree: Tree) -> bool:
    return any(
        _work(entry) if below is None else any(_work(name) for name in below)
        for entry, below in tree.items()
    )


_BESIDE = ("._", ".~")  # of macOS and of office programs
_ZONE = ":zone.identifier"
_NOT_STUDENTS = re.compile(r"readme.*|expected\.toml|index\.html?|license.*", re.IGNORECASE)


def is_nobodys(name: str) -> bool:
    """Whether an entry of a class is nobody's: hidden, a platform's index, our own. What is called
    as a student's is that student's ("readme_3210000001.zip", "doe_4211_9_main.pyc"), but for what
    systems and editors keep beside a file.
    """
    if name.startswith(_BESIDE) or name.lower().endswith(_ZONE):
        return True
    nobodys = name.startswith(".") or is_ignored((name,)) or _NOT_STUDENTS.fullmatch(name)
    return bool(nobodys) and not is_told(name)


def our_output(folder: Path) -> bool:
    """Whether the folder is a grader's own, which lies beside the submissions by chance. A student
    can lay the same: what is called as a student's is none, and any other is told.
    """
    if is_told(readable_name(folder.resolve())):
        return False
    return (folder / "grades.csv").is_file() and (folder / "evidence").is_dir()


LEVELS = 5  # of folders that are looked at: Teams's versions lie that deep
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
        elif not is_nobodys(entry.name):
            tree[entry.name] = read_tree(Path(entry.path), levels - 1) if levels > 1 else {}
    return tree


def tree_of(names: Sequence[str]) -> Tree:
    """The tree of the names in an archive."""
    top: Tree = {}
    for name in names:
        parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]
        here: Tree | None = top
        for place, part in enumerate(parts[:LEVELS], 1):
            if here is None:
                break
            here = here.setdefault(part, None if place == len(parts) else {})
    return top
