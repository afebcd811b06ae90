"""Microsoft Teams: a folder for each student, in it the assignment's, in that one "Version N" for
each time that something was handed in; the last counts. Beside the submitted files lie those that
students work on, in folders of the same names. All words but the students' are translated.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias, cast

Tree: TypeAlias = "Mapping[str, Tree | None]"  # names of entries: None for a file

_VERSION = re.compile(
    r"(?:version|versión|versão|versione|versie|versjon|versio|wersja|verze|verzia|verzió|versiune"
    r"|версия|версія|έκδοση|sürüm|phiên bản|バージョン|版本|버전)[ \u00a0_-]?([0-9]{1,4})",
    re.IGNORECASE,
)


def is_students(tree: Tree) -> bool:
    """Whether this is what Teams puts into a student's folder: a folder of versions alone."""
    inner = [below for below in tree.values() if below is not None]
    return len(tree) == len(inner) == 1 and _versions(inner[0]) != {}


def submitted_in(tree: Tree) -> str:
    """The folder of the submitted files, where it is the one folder or lies beside those that
    students work on, at the top or in one folder there ("Student Work"); "" where it does not.
    """
    if found := _beside_working(tree):
        return found
    name, below = next(iter(tree.items()), ("", None))
    inner = _beside_working(below) if below and len(tree) == 1 else ""
    return f"{name}/{inner}" if inner else ""


def _beside_working(tree: Tree) -> str:
    folders = {name: below for name, below in tree.items() if below}
    found = [name for name, below in folders.items() if _holds_students(below)]
    if len(found) != 1 or len(folders) != len(tree):
        return ""
    names = set(folders[found[0]])
    others = [below for name, below in folders.items() if name != found[0]]
    return found[0] if all(names & set(below) for below in others) else ""


def _holds_students(tree: Tree) -> bool:
    handed_in = [below for below in tree.values() if below]
    return bool(handed_in) and all(map(is_students, handed_in))


def latest(folder: Path) -> tuple[Path, int]:
    """The folder of the last version in a student's folder, and how many there are; the folder
    itself and 0 where it is not Teams's.
    """
    inner = _entries(folder)
    versions = _versions(_entries(folder / next(iter(inner)))) if len(inner) == 1 else {}
    if not versions:
        return folder, 0
    return folder / next(iter(inner)) / versions[max(versions)], len(versions)


def student_of(path: Path) -> Path:
    """The student's folder that a version's folder lies in; any other path as it is."""
    return path.parent.parent if _VERSION.fullmatch(path.name) else path


def _versions(tree: Tree) -> dict[int, str]:
    """The folders of versions by their numbers; none where anything else is among them."""
    matches = {name: _VERSION.fullmatch(name) for name in tree}
    if not all(matches.values()) or None in tree.values():
        return {}
    return {int(cast("re.Match[str]", match)[1]): name for name, match in matches.items()}


def _entries(folder: Path) -> dict[str, Tree | None]:
    if not folder.is_dir() or folder.is_symlink():
        return {}
    return {
        entry.name: {} if entry.is_dir() and not entry.is_symlink() else None
        for entry in folder.iterdir()
        if not entry.name.startswith(".")
    }
