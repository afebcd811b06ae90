"""Names that files got on their way, put back: what the file is called where its code was written.

Canvas calls what is uploaded again "main-1.py". Windows hides known endings, and platforms and
mail programs refuse some, so that "main.py.txt" is handed in. A notebook is renamed to "main.py"
because that is what is asked for, or a source to "lab.ipynb".
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path

from grader.intake.layers import upload_name
from grader.readers.ignored_files import code
from grader.readers.notices import Notice, notice

HEAD = 64 * 1024  # bytes by which a source and a notebook are told apart
_HIDDEN = re.compile(r"(?P<name>.+\.(?:py|ipynb))\.txt", re.IGNORECASE)
_NOTEBOOK = re.compile(rb'^\s*\{[^\0]*"(?:cell_type|nbformat)"\s*:')
_SOURCE = re.compile(rb"^\s*(?:[#\"'@]|(?:import|from|def|class|async|if|try|with)\b|\w+\s*=)")


def true_names(content: Path, loose: Collection[str]) -> Iterator[Notice]:
    """Give files below `content` their names back where nothing else has them and the code itself
    does not call them so. `loose`: names of files that were handed in one by one.
    """
    for path in sorted(content.rglob("*")):
        if not path.is_file():
            continue
        first = path.with_name(_true_name(path, path.parent == content and path.name in loose))
        if first != path and not first.exists() and not _named(content, path.name):
            path.rename(first)
            yield notice("{name} was taken for {first}", name=path.name, first=first.name)


def _true_name(path: Path, loose: bool) -> str:
    name, lower = path.name, path.name.lower()
    if hidden := _HIDDEN.fullmatch(name):
        return hidden["name"]
    if loose and (first := upload_name(name).first) != name:
        return first
    if lower.endswith((".py", ".ipynb")):
        with path.open("rb") as file:
            head = file.read(HEAD).removeprefix(b"\xef\xbb\xbf")
        if lower.endswith(".py") and _NOTEBOOK.match(head):
            return path.with_suffix(".ipynb").name
        if lower.endswith(".ipynb") and _SOURCE.match(head):
            return path.with_suffix(".py").name
    return name


def _named(content: Path, name: str) -> bool:
    """Whether code at the top of the submission names a file so."""
    return any(
        name.encode() in path.read_bytes()
        for path in content.iterdir()
        if path.is_file() and code(path.name) and path.name != name
    )
