"""Clutter: what never belongs to a submission and is left out before anything is counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

# Folders: rebuilt by tools, foreign to the submission, or (pyc files) possibly other than the
# source.
IGNORED_FOLDERS = frozenset(
    {
        "__pycache__",
        "__macosx",
        ".git",
        ".svn",
        ".hg",
        ".idea",
        ".vscode",
        ".venv",
        ".conda",
        "venv",
        "node_modules",
        ".ipynb_checkpoints",
        ".pytest_cache",
        ".mypy_cache",
        ".ruff_cache",
        ".trash",
        "@eadir",
        "$recycle.bin",
        "system volume information",
    }
)
IGNORED_FILES = frozenset(
    {".ds_store", "thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "icon\r"}
)
# ":Zone.Identifier": where Windows keeps that a file was downloaded, a file of its own elsewhere.
IGNORED_SUFFIXES = (".pyc", ".pyo", ":zone.identifier")


def is_ignored(parts: Sequence[str]) -> bool:
    """Whether a path (its parts, the last one a file or folder) is left out."""
    if any(part.lower() in IGNORED_FOLDERS for part in parts):
        return True
    last = parts[-1].lower() if parts else ""
    # "._name" is what macOS keeps beside "name" where the file system has no place for it.
    return last in IGNORED_FILES or last.startswith("._") or last.endswith(IGNORED_SUFFIXES)


CODE_SUFFIXES = (".py", ".ipynb")


def code(name: str) -> bool:
    """Whether a file of this name holds code of the submission."""
    return name.lower().endswith(CODE_SUFFIXES) and not name.startswith(".")


ENVIRONMENT_MARKER = (
    "pyvenv.cfg"  # what every virtual environment has at its top, whatever it is called
)
ENVIRONMENT_FOLDERS = (
    "bin",
    "include",
    "lib",
    "lib64",
    "scripts",
    "share",
    "etc",
)  # of an environment


def environments(paths: Iterable[Sequence[str]]) -> frozenset[tuple[str, ...]]:
    """Folders (their parts) that are virtual environments, told from the paths of all files.

    Where code lies beside the marker, a project was made inside its environment, as some editors
    do: then only the environment's own folders are named.
    """
    tops: set[tuple[str, ...]] = set()
    with_code: set[tuple[str, ...]] = set()
    folders: set[tuple[str, ...]] = set()
    for path in paths:
        parts = tuple(path)
        if parts[-1] == ENVIRONMENT_MARKER:
            tops.add(parts[:-1])
        if code(parts[-1]):
            with_code.add(parts[:-1])
        if len(parts) > 1:
            folders.update(parts[:depth] for depth in range(1, len(parts)))
    found = {top for top in tops if top and top not in with_code}
    found |= {
        folder
        for folder in folders
        if folder[:-1] in tops - found and folder[-1].lower() in ENVIRONMENT_FOLDERS
    }
    return frozenset(found)


def inside(path: Sequence[str], folders: frozenset[tuple[str, ...]]) -> bool:
    """Whether `path` lies in one of `folders`."""
    return any(tuple(path[:depth]) in folders for depth in range(1, len(path) + 1))
