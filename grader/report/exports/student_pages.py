"""The students' pages in one zip, one file each, named for mailing."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path

from grader.report.files import replacing
from grader.report.text import file_name
from grader.report.values import Context, Result


def student_pages_zip(
    results: Iterable[Result], path: Path, context: Context | None = None
) -> None:
    """``<number>_<name>.html`` for each submission; each page stands alone."""
    from grader.report.pages import ReportPages

    if context is None:
        raise ValueError("this export needs the context of the run: expected a Context, found None")
    pages, taken = ReportPages(context), set()
    with (
        replacing(path) as part,
        zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as pack,
    ):
        for result in results:
            name = mail_name(result)
            if name.casefold() in taken:
                name = file_name(f"{name}_{result.grade.id}")
            taken.add(name.casefold())
            pack.writestr(f"{name}.html", pages.student(result))


def mail_name(result: Result) -> str:
    """Number and name as a file name; the id where neither is known."""
    grade = result.grade
    known = [text for text in (grade.number, grade.name) if text]
    return file_name("_".join(dict.fromkeys(known)) or grade.id)
