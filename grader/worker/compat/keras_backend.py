"""Keras on the backend that is here: what a model of Keras answers does not hang on it."""

from __future__ import annotations

import os
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Callable, Sequence

VARIABLE, HERE = "KERAS_BACKEND", "tensorflow"


class BackendFinder(MetaPathFinder):
    """Finds nothing: has Keras, when it is first looked for, take the backend of this runtime where
    the code names one that is not installed. Code that uses that one itself still misses it.
    """

    def __init__(self, use: Callable[[str], None]) -> None:
        self._use = use

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """See the class."""
        wanted = os.environ.get(VARIABLE, "")
        named = fullname == "keras" and wanted not in ("", HERE) and wanted.isidentifier()
        if named and not _is_here(wanted) and _is_here(HERE):
            os.environ[VARIABLE] = HERE
            self._use(f"{VARIABLE}={wanted} → {HERE}")
        return None


def _is_here(package: str) -> bool:
    return PathFinder.find_spec(package) is not None
