"""The zip that students of a lab get: all that they need, and no hidden image."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from grader.assignment import FILE_NAME, Assignment
from grader.language import SaidError, Sentence

FOLDERS = ("public", "starter", "provided")  # that students get whole
TEXTS = ("README*", "LICENSE*")
CHECKS = ("test_*.py", "*_test.py", "conftest.py")
README = """# {title}

```sh
pip install lab-grader
grade --self-check --assignment {id}
```

Before you hand in, in the folder that you hand in: it runs your code as the grader will and says
what to mend.

提交之前，在要提交的文件夹中运行以上命令：它会像评分程序一样运行你的代码，并指出需要修改之处。
"""


class HandOutError(SaidError):
    """The zip would give away what is hidden: says which file."""


class HandOut(NamedTuple):
    """What the zip holds, and its size in bytes."""

    files: tuple[str, ...]
    size: int


def write(assignment: Assignment, target: Path, *, checks: bool) -> HandOut:
    """Write the zip for the students of `assignment` to `target`, everything in one folder.

    checks: with the checks, so that a self-check tries them.
    Raises HandOutError for a file that is a hidden image, whatever it is called, and OSError.
    """
    hidden = {_digest(path): path for path in _files(assignment.hidden)}
    files = sorted({path for path in _public(assignment, checks=checks) if path != target})
    for path in files:
        if twin := hidden.get(_digest(path)):
            raise HandOutError(
                Sentence(
                    "{path} is the hidden image {hidden}: take it out of one of both. Nothing was "
                    "written.",
                    {"path": str(path), "hidden": str(twin)},
                )
            )
    names = {path.relative_to(assignment.home).as_posix(): path for path in files}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in names.items():
            archive.write(path, f"{assignment.id}/{name}")
        if not any(name.startswith("README") for name in names):
            text = README.format(title=assignment.assignment.title.en, id=assignment.id)
            archive.writestr(f"{assignment.id}/README.md", text)
        written = tuple(archive.namelist())
    return HandOut(written, target.stat().st_size)


def _public(assignment: Assignment, *, checks: bool) -> Iterator[Path]:
    """What students get; nothing below the hidden images, wherever those lie."""
    home = assignment.home
    yield home / FILE_NAME
    for pattern in (*TEXTS, *(CHECKS if checks else ())):
        yield from (path for path in home.glob(pattern) if path.is_file())
    for folder in FOLDERS:
        for path in _files(home / folder):
            if not path.is_relative_to(assignment.hidden):
                yield path


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink() and "__pycache__" not in path.parts:
            yield path


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
