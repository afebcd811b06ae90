"""The zip that students of a lab get: all that they need, and nothing that is hidden."""

from __future__ import annotations

import contextlib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from grader.assignment import FILE_NAME, Assignment
from grader.checks import reference
from grader.labs import student_text
from grader.labs.leaks import (
    Compared,
    Leak,
    answers,
    compare,
    hidden_folders,
    is_hidden,
    plain_files,
)
from grader.language import SaidError, Sentence

FOLDERS = ("public", "starter", "provided")  # that students get whole
TEXTS = ("README*", "LICENSE*")
CHECKS = ("test_*.py", "*_test.py", "conftest.py")
README = "README.md"  # is written where the lab has none


class HandOutError(SaidError):
    """The zip would give away what is hidden: says which file."""


class HandOut(NamedTuple):
    """What the zip holds, its size in bytes, what came of comparing it with what is hidden, and the
    texts in it that are made of the assignment and are not as they lie in the lab.
    """

    files: tuple[str, ...]
    size: int
    compared: Compared
    renewed: tuple[str, ...] = ()


def write(assignment: Assignment, target: Path, *, checks: bool, likeness: bool = False) -> HandOut:
    """Write the zip for the students of `assignment` to `target`, everything in one folder.

    checks: with the checks, so that a self-check tries them. likeness: even though pictures look
    like hidden ones.
    Raises HandOutError where it would give away what is hidden, in whatever form, and OSError.
    """
    files = [path for path in given(assignment, checks=checks) if path != target]
    compared = compare(assignment, files)
    for leak in sorted(compared.leaks, key=lambda leak: not leak.exact):
        if leak.exact or not likeness:
            raise HandOutError(_given_away(leak, assignment))
    names = {path.relative_to(assignment.home).as_posix(): path for path in files}
    texts = renewed_texts(assignment)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in names.items():
            if name not in texts:
                archive.write(path, f"{assignment.id}/{name}")
        for name, text in texts.items():
            archive.writestr(f"{assignment.id}/{name}", text)
        written = tuple(sorted(archive.namelist()))
    return HandOut(written, target.stat().st_size, compared, tuple(texts))


def renewed_texts(assignment: Assignment) -> dict[str, str]:
    """Texts for students that are not in the lab as they have to be, by name: a README that says
    what the assignment asked for before it was changed, or that is not there at all.
    """
    texts = readmes(assignment)
    if not texts:
        return {README: student_text.readme(assignment)}
    now = {name: student_text.renewed(text, assignment) for name, text in texts.items()}
    return {name: text for name, text in now.items() if text != texts[name]}


def readmes(assignment: Assignment) -> dict[str, str]:
    """The texts called README that students get, by name; those that are no texts are left out."""
    found = {}
    for path in sorted(assignment.home.glob(TEXTS[0])):
        with contextlib.suppress(OSError, UnicodeDecodeError):
            found[path.name] = path.read_text(encoding="utf-8")
    return found


def _given_away(leak: Leak, assignment: Assignment) -> Sentence:
    hidden = leak.hidden
    if hidden.is_relative_to(assignment.home):
        hidden = hidden.relative_to(assignment.home)
    facts = {"path": leak.given, "hidden": hidden.as_posix()}
    if leak.exact:
        return Sentence(
            "{path} is the hidden {hidden}: take it out of one of both. Nothing was written.", facts
        )
    return Sentence(
        "{path} looks like the hidden {hidden}: take it out of one of both, or, where they are two "
        "pictures, add --likeness. Nothing was written.",
        facts,
    )


def given(assignment: Assignment, *, checks: bool = True) -> list[Path]:
    """The files that students get; nothing that is hidden, wherever it lies."""
    found = set(_public(assignment, checks=checks))
    return sorted(path for path in found if not is_hidden(path, assignment))


def kept_out(assignment: Assignment) -> list[Path]:
    """What is hidden, and lies in a folder that students get."""
    return sorted(path for path in _public(assignment, checks=True) if is_hidden(path, assignment))


def not_given(assignment: Assignment) -> list[str]:
    """Names of the lab's folders of which students get nothing, but for those of what is hidden."""
    hidden = [one.resolve() for one in (*hidden_folders(assignment), *answers(assignment))]
    return [
        path.name
        for path in sorted(assignment.home.iterdir())
        if path.name not in (*FOLDERS, reference.FOLDER)
        and not path.name.startswith((".", "__"))
        and any(plain_files(path))
        and not any(one.is_relative_to(path.resolve()) for one in hidden)
    ]


def _public(assignment: Assignment, *, checks: bool) -> Iterator[Path]:
    """What lies where students get it."""
    home = assignment.home
    yield home / FILE_NAME
    for pattern in (*TEXTS, *(CHECKS if checks else ())):
        yield from (path for path in home.glob(pattern) if path.is_file())
    for folder in FOLDERS:
        yield from plain_files(home / folder)
