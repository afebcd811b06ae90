"""The private, writable copy of a hand-in in which its code runs."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from .source import LARGEST, cure_encoding

LINK_ABOVE = 16 * 1024 * 1024  # bytes; larger files are linked, since scratch space is memory
_SKIPPED_FOLDERS = {"__pycache__", "__MACOSX", ".git", ".ipynb_checkpoints", ".idea", ".vscode"}


def stage(
    handin: Path, work: Path, provided: Path | None = None, plain: Path | None = None
) -> list[str]:
    """Copy the hand-in to `work`, lay `provided` under what is missing and `plain` over what is
    there; notes on what was changed.

    Sources that Python could not decode are written anew in UTF-8. Only plain files and folders
    are copied. Raises OSError when `work` cannot be written (no fault of the hand-in).
    """
    notes: list[str] = []
    work.mkdir(parents=True, exist_ok=True)
    if handin != work:
        _copy(handin, work, notes)
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
        if not path.is_file() or path.stat().st_size > LARGEST:
            continue
        cured = cure_encoding(path.read_bytes())
        if cured is not None:
            data, encoding = cured
            path.write_bytes(data)
            notes.append(f"{path.relative_to(work).as_posix()} was read as {encoding}")


def lend(work: Path, lent: dict[str, str]) -> None:
    """Copy files of the hand-in to where its code looks for them, below `work` only."""
    root = work.resolve()
    for asked, found in lent.items():
        target = Path(os.path.normpath(str(root / asked.replace("\\", "/"))))
        if root not in target.parents or target.exists():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(str(root / found), str(target))
