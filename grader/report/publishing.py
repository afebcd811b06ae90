"""All that a run publishes, in one pass over its results."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from grader.report import pages
from grader.report.exports.tables import through_csv, through_json
from grader.report.values import Context, Result


def publish(results: Iterable[Result], context: Context, out: Path) -> Path:
    """Write ``grades.csv``, ``grades.json`` and the pages in ``report`` below `out`; the path of
    the class page. Each result is read once and forgotten.

    Raises OSError; then what was there before is whole.
    """
    with (
        closing(through_csv(results, out / "grades.csv")) as first,
        closing(through_json(first, out / "grades.json", context)) as second,
    ):
        return pages.write(second, context, out / "report")
