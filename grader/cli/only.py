"""Which submissions of a class are meant: ``--only ID…``, and what a person asked for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from grader.cli.who import NamedStudent, named
from grader.engine.contract import Task
from grader.runs.notes import RowNotes, waits
from grader.store import Store


def only(tasks: Sequence[Task], ids: Sequence[str]) -> list[Task]:
    """The tasks of the submissions that are named, by id, number or name. Raises UsageError for one
    that is not there, or not the only one that is called so.
    """
    known = {task.submission.id: task for task in tasks}
    students = [
        NamedStudent(each.id, each.student.number, each.student.name)
        for each in (task.submission for task in tasks)
    ]
    return [known[name] for name in dict.fromkeys(named(word, students) for word in ids)]


def again(tasks: Sequence[Task], out: Path) -> dict[str, Task]:
    """The tasks that a person wishes to be done again, from the beginning, by id."""
    wished = {name for name, _ in wishes(out)}
    return {
        task.submission.id: task._replace(before=None)
        for task in tasks
        if task.submission.id in wished
    }


def wishes(out: Path, known: Collection[tuple[str, str]] = ()) -> set[tuple[str, str]]:
    """Submissions that are to be examined again and were not since that was said, and when it was;
    without those that are `known`.
    """
    found, store = set(), Store(out)
    for name, note in RowNotes(out, "again").all().items():
        if (name, note.time) in known:
            continue
        evidence = store.read(name)
        if waits(note, evidence.started if evidence is not None else ""):
            found.add((name, note.time))
    return found
