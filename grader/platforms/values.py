"""What a learning platform says and reads, as values; each platform is one module beside this."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from grader.evidence import Submitter


@dataclass(frozen=True)
class Claim:
    """What a platform's own part of an entry's name says: nothing in it but `file` was chosen by
    the student.
    """

    submitters: tuple[Submitter, ...]
    owner: str  # the platform's key of who handed in: the same for all that is theirs
    file: str = ""  # what the student called the upload; "" for a folder of the platform's own
    upload: str = ""  # the platform's key of the upload
    time: str = ""  # of the attempt, ISO 8601 without a zone; "" where the name has none
    late: bool = False
    aside: bool = False  # a comment or a receipt, which is no submission beside files
    perhaps: tuple[Submitter, ...] = ()  # of the submitters whom one of them could have typed
    denied: tuple[Submitter, ...] = ()  # who is named so too, but is no submitter by other entries

    @property
    def attempt(self) -> tuple[str, str]:
        """What is the same for all entries of one attempt, which are put together."""
        return self.owner, self.time


@dataclass(frozen=True)
class Mark:
    """One person's mark on the way back into a platform."""

    submitter: Submitter
    id: str  # of the submission here
    score: str  # as people write it; "" where there is none, and the platform keeps what it has
    feedback: str = ""
    upload: str = ""
    changed: str = ""  # when the mark was changed last there, as the platform wrote it


@dataclass(frozen=True)
class Sheet:
    """What a grade file is called and out of how many points."""

    title: str
    possible: str
    titles: tuple[str, ...] = ()  # what else the lab is called, in other languages
    columns: tuple[str, ...] = ()  # the headings of the platform's own file, where one was given
    words: Mapping[str, str] = field(default_factory=dict)  # as in `grader.evidence.Roster`

    def column(self, pattern: re.Pattern[str]) -> str:
        """The platform's own column of this lab, as it stands in its file: `pattern` has its title
        as "title". "" where none, or not one alone, is called so.
        """
        own = {_folded(title) for title in (self.title, *self.titles)} - {""}
        found = [
            column
            for column in self.columns
            if (match := pattern.fullmatch(column)) and _folded(match["title"]) in own
        ]
        return found[0] if len(found) == 1 else ""


def _folded(title: str) -> str:
    return "".join(c for c in title.casefold() if c.isalnum())


Row: TypeAlias = list[str]
# The entries' names and the texts of documents among them -> what the names say.
Reader: TypeAlias = Callable[[Sequence[str], Mapping[str, str]], dict[str, Claim]]

Worksheet: TypeAlias = Callable[[Sequence[str], Sequence[Sequence[str]]], "dict[str, int] | None"]


@dataclass(frozen=True)
class Platform:
    """One platform: its vocabulary as data, its naming rule and its grade file as functions.

    headings: part of a person (a field of `Submitter`, or "first" and "last" of a name) -> words
        that head such a column in its tables, in small letters.
    marks: how far into a name the platform's own mark goes; 0 where the name is none of its.
    read: what the names of a class say.
    other_headings: as `headings`, of its other tables of people (of groups).
    worksheet: where a table's heading row and rows are a grade file that wants its own words back,
    whatever their language: part of it -> column; None where they are none.
    documents: whether a file of this name is the platform's own, to be read for `read`.
    table: the rows of the file that its importer takes; None where it takes none.
    """

    name: str
    title: str
    marks: Callable[[str], int]
    read: Reader
    headings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    other_headings: tuple[Mapping[str, tuple[str, ...]], ...] = ()
    worksheet: Worksheet = lambda heads, rows: None
    documents: Callable[[str], bool] = lambda name: False
    table: Callable[[Iterable[Mark], Sheet], Iterable[Row]] | None = None
    encoding: str = "utf-8"
    delimiter: str = ","

    def rows(self, marks: Iterable[Mark], sheet: Sheet) -> Iterable[Row]:
        """The rows of the grade file. Raises ValueError where the platform takes none."""
        if self.table is None:
            raise ValueError(f"{self.title} takes no grade file")
        return self.table(marks, sheet)
