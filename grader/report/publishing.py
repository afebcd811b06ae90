"""All that a run publishes: tables and pages, each result read once, by several processes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple, Protocol

from grader.evidence import Severity
from grader.parallel import shares, spread
from grader.report import files, pages
from grader.report.aggregates import Aggregates
from grader.report.class_summary import ClassAggregates
from grader.report.exports import tables
from grader.report.text import file_name
from grader.report.values import Context, MarkedResult, Result


class ResultSource(Protocol):
    """Where results are read; picklable, as each process reads its own."""

    @property
    def ids(self) -> Sequence[str]:
        """The submissions, in the order of all tables; each has a result."""

    def results(self, ids: Sequence[str]) -> Iterator[Result]:
        """The results of some submissions, one at a time."""


class PublishedSlice(NamedTuple):
    """What tables and class page keep of some submissions in a row."""

    rows: list[tables.Row]
    entries: list[str]
    sums: Aggregates
    marked: list[MarkedResult]


def publish(source: ResultSource, context: Context, out: Path) -> list[MarkedResult]:
    """Write ``grades.csv``, ``grades.json`` and the pages in ``report`` below `out`; what is to be
    kept in mind of each submission. Memory grows by a line a submission.

    Raises OSError; then what was there before is whole.
    """
    marked: list[MarkedResult] = []
    gathering = ClassAggregates(context)
    with (
        tables.csv_table(out / "grades.csv") as add_row,
        tables.json_table(out / "grades.json", context) as add_entry,
        pages.folder(out / "report") as folder,
    ):
        begin = partial(_Publisher, source, context, folder)
        for part in spread(begin, shares(source.ids), len(source.ids)):
            for row, entry in zip(part.rows, part.entries, strict=True):
                add_row(row)
                add_entry(entry)
            gathering.sums.absorb(part.sums)
            marked += part.marked
        files.put(folder / "index.html", pages.ReportPages(context).whole_class(gathering))
    return marked


class _Publisher:
    """What one process needs to write the pages of some submissions."""

    def __init__(self, source: ResultSource, context: Context, folder: Path) -> None:
        self._source = source
        self._context = context
        self._folder = folder
        self._pages = pages.ReportPages(context)
        names = [file_name(name) for name in source.ids]
        beside = zip(["", *names[:-1]], [*names[1:], ""], strict=True) if names else ()
        self._beside = dict(zip(source.ids, beside, strict=True))

    def __call__(self, ids: Sequence[str]) -> PublishedSlice:
        gathering = ClassAggregates(self._context)
        rows, entries, marked = [], [], []
        for result in self._source.results(ids):
            before, after = self._beside[result.evidence.submission.id]
            name = file_name(result.evidence.submission.id)
            page = f"{name}.html"
            files.put(self._folder / "staff" / page, self._pages.staff(result, before, after))
            files.put(self._folder / "student" / page, self._pages.student(result))
            gathering.add(result, name)
            rows.append(tables.row(result, self._context))
            entries.append(tables.entry(result))
            marked.append(_marked(result))
        return PublishedSlice(rows, entries, gathering.sums, marked)


def _marked(result: Result) -> MarkedResult:
    findings = result.evidence.findings
    codes = tuple(each.code for each in findings if each.severity is not Severity.INFO)
    return MarkedResult(result.grade, result.evidence.key, codes)
