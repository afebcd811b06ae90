"""``grade PATH… --only ID…``: which submissions are meant."""

from __future__ import annotations

from collections.abc import Sequence

from grader.cli.main import UsageError
from grader.engine.contract import Task
from grader.language import Sentence


def only(tasks: Sequence[Task], ids: Sequence[str]) -> list[Task]:
    """The tasks of the submissions that are named. Raises UsageError for one that is not there."""
    known = {task.submission.id: task for task in tasks}
    unknown = [name for name in ids if name not in known]
    if unknown:
        raise UsageError(
            Sentence(
                "--only {unknown}: no such submission. Expected ids as grades.csv has them, such "
                "as {some}.",
                {"unknown": ", ".join(unknown), "some": ", ".join(list(known)[:3]) or "–"},
            )
        )
    return [known[name] for name in dict.fromkeys(ids)]
