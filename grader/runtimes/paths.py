"""Places: where runtimes, and what was measured about them, are kept for this user."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import platformdirs

APPLICATION = "lab-grader"
FOLDER_VARIABLE = "GRADE_RUNTIMES"  # a folder for runtimes instead of the usual ones
CHECKOUT = Path(__file__).parents[2]  # of the repository, where the grader runs from one
OF_CHECKOUT = ".runtimes"  # where `make` adds runtimes


def runtimes_folders() -> tuple[Path, ...]:
    """The folders that hold one folder for each runtime that was added; the first takes new ones.

    The one that GRADE_RUNTIMES names, alone. Else that of the checkout that the grader runs from,
    so that what `make` has added is found without it, and the user's own.
    """
    if chosen := os.environ.get(FOLDER_VARIABLE):
        return (Path(chosen).expanduser().absolute(),)
    own = Path(platformdirs.user_data_path(APPLICATION, appauthor=False)) / "runtimes"
    made = CHECKOUT / "Makefile"
    return (CHECKOUT / OF_CHECKOUT, own) if made.is_file() else (own,)


def runtimes_folder() -> Path:
    """The folder that a runtime is added to."""
    return runtimes_folders()[0]


def cache_folder() -> Path:
    """The folder for what can be found out again."""
    return Path(platformdirs.user_cache_path(APPLICATION, appauthor=False))


def recall(name: str) -> dict[str, Any]:
    """A document of the cache; empty where there is none that can be read."""
    try:
        found = json.loads((cache_folder() / name).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def remember(name: str, document: dict[str, Any]) -> None:
    """Keep a document in the cache. Without a place for it, it is found out again next time."""
    path = cache_folder() / name
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(document, indent=1), "utf-8")
        part.replace(path)
    except OSError:
        return
