"""Whether what a student hands in is small enough for the platform that takes it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from grader.assignment import Assignment
from grader.cli import packing
from grader.cli.checklist import SelfCheckLine
from grader.language import Translate

MAX_NAMED = 4  # of the largest files


def upload_line(
    folder: Path, packed: packing.Packed | None, assignment: Assignment, say: Translate
) -> list[SelfCheckLine]:
    """The line about the size of what was `packed`, or would be of `folder`; none where the
    assignment knows no limit of its platform, or a folder that was not packed is below it as it is.
    """
    limit = assignment.platform.upload * packing.MIB
    if not limit:
        return []
    if packed is None:
        if not folder.is_dir():
            packed = packing.Packed((), (), folder.stat().st_size)
        elif _size(folder) <= limit:
            return []
        else:
            with TemporaryDirectory(prefix="pack-") as temporary:
                packed = packing.pack(folder, Path(temporary) / "submission.zip", assignment, ())
    size, most = packing.size_text(packed.size), packing.size_text(limit)
    if packed.size <= limit:
        text = say("As a zip it has {size}; the platform takes {limit}.")
        return [SelfCheckLine(True, text.format(size=size, limit=most))]
    text = say("As a zip it has {size}, and the platform takes {limit}: it would refuse it.")
    return [SelfCheckLine(False, text.format(size=size, limit=most), _cure(packed.files, say))]


def _cure(files: Sequence[tuple[str, int]], say: Translate) -> str:
    """The largest files, and what can be done without."""
    largest = sorted(files, key=lambda one: -one[1])[:MAX_NAMED]
    named = ", ".join(f"{path} ({packing.size_text(size)})" for path, size in largest)
    largest_text = say("The largest files: {files}.").format(files=named) if named else ""
    advice = say(
        "Move out of the folder what the code does not open when it is imported or asked: other "
        "checkpoints, states of optimizers, images, videos. Weights can be saved in half precision."
    )
    return f"{largest_text} {advice}".strip()


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
