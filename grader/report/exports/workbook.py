"""The class as an Excel workbook: marks, findings, and by class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from grader.report.exports.tables import COLUMNS, cells
from grader.report.files import replacing
from grader.report.text import visible
from grader.report.values import Context, Result

WIDTHS = (22, 18, 11, 9, 9, 9, 11, 12, 60, 16, 9, 40, 11, 13, 40, 10, 20)
MAX_CELL_CHARS = 32_000  # characters of a cell; Excel takes 32,767


def xlsx(results: Iterable[Result], path: Path, context: Context | None = None) -> None:
    """Sheets "Marks", "Findings" and "Classes"; texts are texts, never formulas.

    Needs openpyxl (the extra `staff`); raises RuntimeError that says so where it is missing.
    """
    try:
        from openpyxl import Workbook  # type: ignore[import-untyped, unused-ignore]
        from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped, unused-ignore]
        from openpyxl.styles import Font  # type: ignore[import-untyped, unused-ignore]
        from openpyxl.utils import get_column_letter  # type: ignore[import-untyped, unused-ignore]
    except ImportError:
        raise RuntimeError(
            "openpyxl is missing. Install it: pip install 'lab-grader[staff]'"
        ) from None

    book = Workbook(write_only=True)
    marks = book.create_sheet("Marks")
    found = book.create_sheet("Findings")
    classes = book.create_sheet("Classes")

    def cell(sheet: Any, value: Any, bold: bool = False) -> Any:
        if isinstance(value, str):
            made = WriteOnlyCell(sheet, value=visible(value)[:MAX_CELL_CHARS])
            made.data_type = "s"  # a text, whatever it looks like: a formula, a number, a date
            made.number_format = "@"  # and still one after somebody has edited it
            if visible(value)[:1] in ("=", "+", "-", "@"):
                made.quotePrefix = True
        else:
            made = WriteOnlyCell(sheet, value=value)
        if bold:
            made.font = Font(bold=True)
        return made

    def line(sheet: Any, values: Iterable[Any], bold: bool = False) -> None:
        sheet.append([cell(sheet, value, bold) for value in values])

    for place, width in enumerate(WIDTHS, 1):
        marks.column_dimensions[get_column_letter(place)].width = width
    for sheet in (marks, found, classes):
        sheet.freeze_panes = "A2"
    line(marks, COLUMNS, bold=True)
    line(found, ("id", "name", "severity", "code", "message", "hint"), bold=True)
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    count = 1
    for result in results:
        grade, evidence = result.grade, result.evidence
        count += 1
        values = [cell(marks, value) for value in cells(result, context).values()]
        values[COLUMNS.index("accuracy")].number_format = "0.0%"
        marks.append(values)
        for finding in evidence.findings:
            said = finding
            told = (finding.severity.value, said.code, said.message, said.hint)
            line(found, (grade.id, grade.name, *told))
        asked.update(answer.truth for answer in evidence.answers)
        right.update(answer.truth for answer in evidence.answers if answer.correct)
    marks.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{count}"
    line(classes, ("class", "correct", "total", "accuracy"), bold=True)
    for name, total in asked.items():
        share = WriteOnlyCell(classes, value=right[name] / total)
        share.number_format = "0.0%"
        classes.append([cell(classes, name), right[name], total, share])
    with replacing(path) as part:
        book.save(part)
