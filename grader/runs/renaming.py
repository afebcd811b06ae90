"""Which submissions were here before under another name, as their files tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from grader.runs.document import SubmissionEntry


def with_former_names(
    entries: Sequence[SubmissionEntry], before: Collection[str]
) -> tuple[SubmissionEntry, ...]:
    """The entries, those that arrived with the ids that the same files had before.

    Only where the files tell who it is: a decision about one student must never count for another.
    So what was there beside the other one, or has the same files as several, is nobody's new name.

    Args:
        entries: all of the run, as they are now.
        before: ids of those that were there when the run was graded last.
    """
    alike: defaultdict[str, list[SubmissionEntry]] = defaultdict(list)
    for entry in entries:
        if entry.digest:
            alike[entry.digest].append(entry)
    return tuple(
        entry
        if entry.state == "gone" or entry.id in before
        else entry.model_copy(update={"formerly": _names(entry, alike[entry.digest])})
        for entry in entries
    )


def _names(entry: SubmissionEntry, alike: Sequence[SubmissionEntry]) -> tuple[str, ...]:
    """What the entry was called, the last name first; nothing where that is not sure."""
    others = [other for other in alike if other.id != entry.id]
    if any(other.state == "present" for other in others):
        return entry.formerly
    for last in others:
        if {other.id for other in others} <= {last.id, *last.formerly}:
            names = (last.id, *last.formerly)
            return tuple(name for name in names if name != entry.id)
    return entry.formerly
