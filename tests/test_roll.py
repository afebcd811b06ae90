"""Which submissions stand for which before."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from grader.cli import roll


class Entry(NamedTuple):
    id: str
    digest: str
    state: str


@pytest.mark.parametrize(
    ("entries", "renamed"),
    [
        ([("old", "a", "gone"), ("new", "a", "present")], {"new": "old"}),
        ([("old", "a", "gone"), ("new", "b", "present")], {}),
        ([("old", "a", "gone"), ("other", "a", "gone"), ("new", "a", "present")], {}),
        ([("old", "a", "gone"), ("new", "a", "present"), ("copy", "a", "present")], {}),
        ([("one", "a", "present"), ("two", "a", "present")], {}),
        ([("old", "", "gone"), ("new", "", "present")], {}),
    ],
)
def test_a_decision_follows_files_only_where_they_tell_whose_they_are(
    entries: list[tuple[str, str, str]], renamed: dict[str, str]
) -> None:
    class Document:
        submissions = tuple(Entry(*each) for each in entries)

    assert roll._renamed(Document) == renamed  # type: ignore[arg-type]
