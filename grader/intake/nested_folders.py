"""Folders of a submission around and within each other: what is the top, and what goes where."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from grader.readers.ignored_files import code

FOR_PEOPLE = (".md", ".txt", ".pdf", ".doc", ".docx", ".wps", ".odt", ".rtf", ".html", ".url")


def below(place: Path, opened: Sequence[str]) -> Path:
    """The folder in `place` in which what belongs to the code lies, if folders of these names,
    around each other, were opened around the code.
    """
    for name in opened:
        if [entry.name for entry in place.iterdir()] != [name]:
            break
        place = place / name
    return place


def holds_code(folder: Path) -> bool:
    """Whether code lies anywhere in `folder`."""
    return any(code(path.name) and path.is_file() for path in folder.rglob("*"))


def is_reading(name: str) -> bool:
    """Whether a file is for people: no code opens it."""
    return name.lower().endswith(FOR_PEOPLE)


def lift(content: Path) -> Path:
    """The folder that is to be the top: single folders that hold all code are opened.

    Files beside such a folder are in it, too, then, unless a name is there twice. Where one of them
    may be opened by the code, by its place beside the folder, that stays, and is the top.
    """
    while True:
        entries = list(content.iterdir())
        folders = [entry for entry in entries if entry.is_dir()]
        files = [entry for entry in entries if not entry.is_dir()]
        if len(folders) != 1 or any(code(file.name) for file in files):
            return content
        inner = folders[0]
        if files and not holds_code(inner):
            return content
        if any((inner / file.name).exists() for file in files):
            return content
        if not all(is_reading(file.name) for file in files):
            for file in files:
                os.link(file, inner / file.name)
            return content
        for file in files:
            file.rename(inner / file.name)
        content = inner


def merge(source: Path, target: Path) -> None:
    """Move what `source` holds into `target`; what is there already makes place for it."""
    for entry in list(source.iterdir()):
        place = target / entry.name
        if place.exists() and entry.is_dir() and place.is_dir():
            merge(entry, place)
        elif not place.exists():
            entry.rename(place)
        else:
            place.rename(_free(place))
            entry.rename(place)


def _free(place: Path) -> Path:
    """A name beside `place` that nothing has."""
    free, number = place.with_name(f"{place.name}.beside"), 1
    while free.exists():
        number += 1
        free = place.with_name(f"{place.name}.beside{number}")
    return free
