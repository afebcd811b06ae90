"""Which file of a submission is imported for the required function."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

from . import notebooks, source

MOST_OTHERS = 20  # versions that are told
MOST_FILES = 400  # of one kind that are looked into


class Entry(NamedTuple):
    """The file to import, the file it was handed in as, and what a notebook's lines map to.

    module: the name under which it is imported. others: files called like the one that is wanted,
    which define the function, too. `imports` is False for a file in which nothing
    can define the function, so that there is no sense in running it.
    """

    path: Path
    origin: str
    module: str
    cells: tuple[notebooks.Cell, ...] = ()
    imports: bool = True
    others: tuple[str, ...] = ()


def find_entry(
    work: Path, wanted: str, function: str, marker: str, notes: list[str]
) -> Entry | None:
    """The entry of the submission in `work`; None if no file defines the function.

    `wanted` itself comes first, then the one other file that defines the function, then the one
    notebook, of which a real source file is made. What was decided is added to `notes`.
    """
    main = _as_spelt(work / wanted)
    if main.is_file():
        if source.binds(main, function):
            _compare_notebooks(work, main, function, marker, notes)
            return _entry(work, main)
        if source.parse(source.read_source(main)) is None:
            return _entry(work, main)  # the import will say what is wrong with it
    found = _other_file(work, main, function, notes) or _notebook(
        work, wanted, function, marker, notes
    )
    if found is None and _write_out(work, marker, notes):
        return find_entry(work, wanted, function, marker, notes)
    if found is None and main.is_file():
        sensible = source.may_bind_unseen(source.read_source(main), function)
        if not sensible:
            notes.append(f"{wanted} binds no {function}, so it was not imported")
        return _entry(work, main)._replace(imports=sensible)
    return found


def _as_spelt(wanted: Path) -> Path:
    """The file of that name, or the one whose name differs in its letters' case alone."""
    if wanted.exists() or not wanted.parent.is_dir():
        return wanted
    alike = [path for path in wanted.parent.iterdir() if path.name.lower() == wanted.name.lower()]
    return alike[0] if len(alike) == 1 else wanted


def _entry(work: Path, path: Path) -> Entry:
    return Entry(path, path.relative_to(work).as_posix(), module_name(path))


def module_name(path: Path) -> str:
    """The name a file is imported by; what cannot be said in an import statement becomes "_"."""
    return re.sub(r"\W", "_", path.stem) or "_"


def handed_in(work: Path, pattern: str) -> list[Path]:
    """Files of the submission that match, shallow ones first; hidden folders and packages left
    out.
    """
    found = []
    for path in work.rglob(pattern):
        parts = path.relative_to(work).parts
        hidden = any(part.startswith(".") or part == "site-packages" for part in parts)
        if path.is_file() and not hidden:
            found.append(path)
    return sorted(found, key=lambda path: (len(path.parts), str(path)))[:MOST_FILES]


def _other_file(work: Path, main: Path, function: str, notes: list[str]) -> Entry | None:
    candidates = [
        path for path in handed_in(work, "*.py") if path != main and source.defines(path, function)
    ]
    if not candidates:
        return None
    best = min(candidates, key=lambda path: _likelihood(work, path, main.name, function))
    others = [path.relative_to(work).as_posix() for path in candidates if path != best]
    if others:
        notes.append(f"{function} is also defined in {', '.join(others[:5])}")
    same = (other for other in others if other.rpartition("/")[2].lower() == best.name.lower())
    return _entry(work, best)._replace(others=tuple(same)[:MOST_OTHERS])


def _likelihood(work: Path, path: Path, wanted: str, function: str) -> tuple[bool, int, bool, str]:
    """Smallest for the file that was most likely meant."""
    name = path.name.lower()
    depth = len(path.relative_to(work).parts)
    return name != wanted.lower(), depth, function.lower() not in name, name


def _notebook(
    work: Path, wanted: str, function: str, marker: str, notes: list[str]
) -> Entry | None:
    candidates = []
    for path in handed_in(work, "*.ipynb"):
        converted = notebooks.convert(path, marker)
        if converted and source.function_lines(converted.text, function):
            candidates.append((path, converted))
    if not candidates:
        return None
    candidates.sort(key=lambda item: not item[1].marked)
    path, converted = candidates[0]
    origin = path.relative_to(work).as_posix()
    if len(candidates) > 1:
        notes.append(
            f"{function} is also defined in {candidates[1][0].relative_to(work).as_posix()}"
        )
    made = write_source(path, converted, wanted)
    cells = "the marked cells" if converted.marked else "all cells, as none is marked,"
    notes.append(f"{cells} of {origin} were taken")
    return Entry(made, origin, module_name(made), converted.cells)


def _write_out(work: Path, marker: str, notes: list[str]) -> bool:
    """Write the files that cells of notebooks would write and that are not there: the function may
    be in one of them. Whether there are any.
    """
    before = len(notes)
    for path in handed_in(work, "*.ipynb"):
        converted = notebooks.convert(path, marker)
        for name, text, cell in converted.written if converted else ():
            target = Path(os.path.normpath(str(path.parent / name)))
            if target.suffix == ".py" and work in target.parents and not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8")
                origin = path.relative_to(work).as_posix()
                notes.append(f"{name} was written by {origin} cell {cell}")
    return len(notes) > before


def write_source(path: Path, converted: notebooks.Converted, wanted: str = "") -> Path:
    """Write a converted notebook beside it, as `wanted` if that name is free (graph mode reads
    sources from disk); returns the file.
    """
    made = path.parent / wanted if wanted else path.with_name(module_name(path) + ".py")
    number = 0
    while made.exists():  # a folder may have that name, too
        number += 1
        made = path.with_name(f"{module_name(path)[:40]}_notebook{number if number > 1 else ''}.py")
    made.write_text(converted.text, encoding="utf-8")
    return made


def _compare_notebooks(
    work: Path, main: Path, function: str, marker: str, notes: list[str]
) -> None:
    text = source.read_source(main)
    for path in handed_in(work, "*.ipynb"):
        converted = notebooks.convert(path, marker)
        if converted and notebooks.same_function(text, converted.text, function) is False:
            origin = path.relative_to(work).as_posix()
            notes.append(f"{origin} defines {function} otherwise than {main.name}, which was taken")
