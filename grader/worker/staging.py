"""The private, writable copy of a submission in which its code runs."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path, PureWindowsPath
from typing import Any

from .source import MAX_SOURCE_BYTES, cure_encoding
from .workdir import is_there

LINK_ABOVE = 16 * 1024 * 1024  # bytes; larger files are linked, since scratch space is memory
_SKIPPED_FOLDERS = {"__pycache__", "__MACOSX", ".git", ".ipynb_checkpoints", ".idea", ".vscode"}


def stage(
    submission: Path, work: Path, provided: Path | None = None, plain: Path | None = None
) -> list[str]:
    """Copy the submission to `work`, lay `provided` under what is missing and `plain` over what is
    there; notes on what was changed.

    Sources that Python could not decode are written anew in UTF-8. Only plain files and folders
    are copied. Raises OSError when `work` cannot be written (no fault of the submission).
    """
    notes: list[str] = []
    work.mkdir(parents=True, exist_ok=True)
    if submission != work:
        _copy(submission, work, notes)
    if provided is not None:
        _copy(provided, work, [], only_missing=True)
    if plain is not None:
        _copy(plain, work, [])
    _cure_sources(work, notes)
    return notes


def _copy(source: Path, target: Path, notes: list[str], only_missing: bool = False) -> None:
    for entry in sorted(os.scandir(str(source)), key=lambda item: item.name):
        destination = target / entry.name
        if entry.is_dir(follow_symlinks=False):
            if entry.name in _SKIPPED_FOLDERS or (only_missing and destination.is_file()):
                continue  # what was handed in is never replaced, not even by a folder
            destination.mkdir(exist_ok=True)
            _copy(Path(entry.path), destination, notes, only_missing)
        elif not entry.is_file(follow_symlinks=False):
            notes.append(f"{entry.name} is no plain file and was left out")
        elif not (only_missing and destination.exists()):
            _copy_file(entry, destination)


def _copy_file(entry: os.DirEntry[str], destination: Path) -> None:
    if destination.is_symlink():
        destination.unlink()
    if entry.stat().st_size > LINK_ABOVE and destination.suffix != ".py":
        destination.symlink_to(Path(entry.path).resolve())
        return
    shutil.copyfile(entry.path, str(destination))


def _cure_sources(work: Path, notes: list[str]) -> None:
    for path in sorted(work.rglob("*.py")):
        if not path.is_file() or path.stat().st_size > MAX_SOURCE_BYTES:
            continue
        cured = cure_encoding(path.read_bytes())
        if cured is not None:
            data, encoding = cured
            path.write_bytes(data)
            notes.append(f"{path.relative_to(work).as_posix()} was read as {encoding}")


def lend(work: Path, lent: dict[str, str]) -> list[str]:
    """Copy files of the submission to where its code looks for them, below `work` only; the paths
    for which that was done.

    For a path of another machine that place is below `work`, too, and the texts in the sources that
    begin such a path are changed to lead there.
    """
    root, done = work.resolve(), []
    for asked, found in lent.items():
        plain = asked.replace("\\", "/")
        absolute = bool(PureWindowsPath(asked).drive) or plain.startswith("/")
        inside = re.sub(r"^([A-Za-z]:)?/+", "", plain) if absolute else plain
        target = Path(os.path.normpath(str(root / inside)))
        if root not in target.parents or is_there(target):
            continue
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(str(root / found), str(target))
        except OSError:  # no file or folder can have that name, or another one has it
            continue
        if absolute and not _redirect(root, asked, str(root) + "/"):
            target.unlink()
            continue
        done.append(asked)
    return done


def _redirect(root: Path, asked: str, to: str) -> bool:
    """Let the texts in sources and notebooks with which the path `asked` begins begin with `to`
    in place of its root; whether there are any.
    """
    pattern = re.compile(r"(['\"])((?:[A-Za-z]:)?[/\\]+)([^'\"\n]*)(?=\1)")
    plain, changed = asked.replace("\\", "/"), False

    def inside(match: Any) -> str:
        text = re.sub(r"[/\\]+", "/", match.group(2) + match.group(3))
        if plain != text and not plain.startswith(text.rstrip("/") + "/"):
            return str(match.group())
        return str(match.group(1)) + to + re.sub(r"^([A-Za-z]:)?/+", "", text)

    for path in [*root.rglob("*.py"), *root.rglob("*.ipynb")]:
        if path.is_file() and not path.is_symlink() and path.stat().st_size <= MAX_SOURCE_BYTES:
            text = path.read_bytes().decode("utf-8", "surrogateescape")
            other = pattern.sub(inside, text)
            if other != text:
                path.write_bytes(other.encode("utf-8", "surrogateescape"))
                changed = True
    return changed
