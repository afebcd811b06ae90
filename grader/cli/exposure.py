"""What every submission can read, held against what none may: before the first of them runs.

A sandbox shows a submission the folders of its interpreter and the system's programs. Where the
hidden images, the results or the class lie in one of these (an environment made in the folder of
the course, packages installed with ``pip install -e``), no sandbox keeps them secret.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from grader.cli.main import UsageError
from grader.language import Sentence
from grader.readers.paths import path_text
from grader.runtimes.detect import Runtime
from grader.sandbox.landlock import READABLE


def require_unexposed(private: Iterable[Path], runtimes: Sequence[Runtime]) -> None:
    """Refuse to run submissions that could read what is private.

    Args:
        private: folders and files that no submission may read: the assignment's, hidden images,
            results, the class, rosters. They need not exist.
        runtimes: those in which submissions may run.

    Raises UsageError that names the first of them with the folder that shows it, and the cures.
    """
    shown = [(Path(os.path.realpath(folder)), "") for folder in READABLE]
    shown += [
        (Path(os.path.realpath(mount.outside)), str(runtime.python))
        for runtime in runtimes
        for mount in runtime.mounts
    ]
    for path in private:
        place = Path(os.path.realpath(path))
        for folder, python in shown:
            if place.is_relative_to(folder):
                raise UsageError(_exposed(place, folder, python))


def _exposed(place: Path, folder: Path, python: str) -> Sentence:
    facts = {"place": path_text(place), "folder": path_text(folder), "python": python}
    if not python:
        return Sentence(
            "{place} lies in {folder}, which every submission can read, as it is the system's. "
            "Move it to another folder.",
            facts,
        )
    return Sentence(
        "{place} lies in {folder}, which every submission can read, as {python} finds its packages "
        "there. Move it to another folder; or make the virtual environment in a folder of its own "
        "and install the packages without -e.",
        facts,
    )
