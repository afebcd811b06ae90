"""Clutter: what never belongs to a hand-in and is left out before anything is counted."""

from __future__ import annotations

from collections.abc import Sequence

# Folders: rebuilt by tools, foreign to the hand-in, or (pyc files) possibly other than the source.
FOLDERS = frozenset(
    {
        "__pycache__",
        "__macosx",
        ".git",
        ".svn",
        ".hg",
        ".idea",
        ".vscode",
        ".venv",
        "venv",
        "node_modules",
        ".ipynb_checkpoints",
        ".pytest_cache",
        ".mypy_cache",
        ".ruff_cache",
        ".trash",
        "$recycle.bin",
        "system volume information",
    }
)
FILES = frozenset({".ds_store", "thumbs.db", "desktop.ini", "icon\r"})
SUFFIXES = (".pyc", ".pyo")


def clutter(parts: Sequence[str]) -> bool:
    """Whether a path (its parts, the last one a file or folder) is left out."""
    if any(part.lower() in FOLDERS for part in parts):
        return True
    last = parts[-1].lower() if parts else ""
    # "._name" is what macOS keeps beside "name" where the file system has no place for it.
    return last in FILES or last.startswith("._") or last.endswith(SUFFIXES)


CODE = (".py", ".ipynb")


def code(name: str) -> bool:
    """Whether a file of this name holds code of the hand-in."""
    return name.lower().endswith(CODE) and not name.startswith(".")
