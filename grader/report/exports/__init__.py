"""Marks for other programs: spreadsheets, gradebooks, test reports, and a zip for mailing.

Each export takes results one by one, the path to write, and (where it needs one) the context of
the run. Text of submissions is made safe by `grader.report.text` for where it goes.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

from grader.report.exports.gradebooks import blackboard, brightspace, canvas, moodle, sakai
from grader.report.exports.machines import gradescope, gradescope_result, junit
from grader.report.exports.sending import NobodyError, canvas_feedback, mail, moodle_feedback
from grader.report.exports.student_pages import student_pages_zip
from grader.report.exports.tables import COLUMNS, grades_csv, grades_json
from grader.report.exports.workbook import xlsx
from grader.report.values import Context, Result

Export = Callable[[Iterable[Result], Path, Context | None], None]

EXPORTS: dict[str, Export] = {
    "csv": grades_csv,
    "json": grades_json,
    "xlsx": xlsx,
    "canvas": canvas,
    "moodle": moodle,
    "blackboard": blackboard,
    "brightspace": brightspace,
    "sakai": sakai,
    "gradescope": gradescope,
    "junit": junit,
    "student-pages": student_pages_zip,
    "moodle-feedback": moodle_feedback,
    "canvas-feedback": canvas_feedback,
    "mail": mail,
}

# Those that give marks to persons of a platform.
GRADEBOOKS = frozenset({"canvas", "moodle", "blackboard", "brightspace", "sakai"})

# File, or folder, that each export writes where none is named.
FILE_NAMES: dict[str, str] = {
    "csv": "grades.csv",
    "json": "grades.json",
    "xlsx": "grades.xlsx",
    "canvas": "canvas.csv",
    "moodle": "moodle.csv",
    "blackboard": "blackboard.txt",
    "brightspace": "brightspace.csv",
    "sakai": "sakai.csv",
    "gradescope": "gradescope",
    "junit": "junit.xml",
    "student-pages": "student-pages.zip",
    "moodle-feedback": "moodle-feedback.zip",
    "canvas-feedback": "canvas-feedback.zip",
    "mail": "mail.zip",
}

__all__ = [
    "COLUMNS",
    "EXPORTS",
    "FILE_NAMES",
    "GRADEBOOKS",
    "Export",
    "NobodyError",
    "blackboard",
    "brightspace",
    "canvas",
    "canvas_feedback",
    "grades_csv",
    "grades_json",
    "gradescope",
    "gradescope_result",
    "junit",
    "moodle",
    "sakai",
    "student_pages_zip",
    "xlsx",
]
