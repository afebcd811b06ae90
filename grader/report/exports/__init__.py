"""Marks for other programs: spreadsheets, gradebooks, test reports, and a zip for mailing.

Each export takes results one by one, the path to write, and (where it needs one) the context of
the run. Text of submissions is made safe by `grader.report.text` for where it goes.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

from grader.report.exports.gradebooks import blackboard, brightspace, canvas, moodle, sakai
from grader.report.exports.handing_back import NobodyError
from grader.report.exports.machines import gradescope, gradescope_result, junit
from grader.report.exports.sending import canvas_feedback, mail, moodle_feedback, student_pages
from grader.report.exports.sent import MadePages
from grader.report.exports.tables import COLUMNS, grades_csv, grades_json
from grader.report.exports.workbook import xlsx
from grader.report.values import Context, Result

Export = Callable[[Iterable[Result], Path, Context | None], None]
WayBack = Callable[[Iterable[Result], Path, Context | None], MadePages]

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
}

# Those that hand pages back to students: each tells what is new in it.
WAYS_BACK: dict[str, WayBack] = {
    "student-pages": student_pages,
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
    "WAYS_BACK",
    "Export",
    "NobodyError",
    "WayBack",
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
    "student_pages",
    "xlsx",
]
