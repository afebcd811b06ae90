"""Folders of ours in the folder for temporary files, which a later grader removes if a killed one
could not.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

TEMPORARY_PREFIX = "grade-temporary-"


@contextlib.contextmanager
def temporary(purpose: str) -> Iterator[Path]:
    """A new folder of this user alone for as long as the block lasts. What killed graders of this
    user left, for whatever purpose, goes first.

    purpose: a word in its name, for who finds it. Raises OSError where it cannot be made.
    """
    if sys.platform == "win32":
        with tempfile.TemporaryDirectory(prefix=f"{TEMPORARY_PREFIX}{purpose}-") as folder:
            yield Path(folder)
        return
    from grader.sandbox import locked_folder, scratch

    parent = Path(tempfile.gettempdir())
    for left in locked_folder.abandoned(parent, TEMPORARY_PREFIX, {os.getuid()}):
        with contextlib.suppress(OSError):
            scratch.remove(left)
    place = locked_folder.LockedFolder(parent, f"{TEMPORARY_PREFIX}{purpose}-")
    try:
        yield place.folder
    finally:
        with contextlib.suppress(OSError):  # the next grader tries again
            scratch.remove(place.folder)
        place.release()
