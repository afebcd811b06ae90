"""The ways back to students: as a platform takes pages, by mail, or as a folder.

Moodle ("Upload multiple feedback files in a zip") takes a file whose name begins as in its
download, ``name_participant_assignsubmission_file_`` (mod/assign/feedback/file/importziplib.php);
Canvas ("Upload submissions") finds user and file by the first two numbers between underscores
(app/models/assignment.rb, infer_comment_context_from_filename).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from email.message import EmailMessage
from pathlib import Path
from typing import Final

from grader.evidence import Submitter
from grader.language import Sentence
from grader.report.exports.handing_back import Parcel, Way, hand_back
from grader.report.exports.sent import MadePages, Unreached
from grader.report.phrases import said
from grader.report.text import file_name, one_line
from grader.report.values import Context, Result

Page = Callable[[], bytes]

# What mail carries as it is written: no quotes, comments or literals, and none of "=?" and "?=",
# between which a header holds words in code, that are decoded to another address. No sign before
# the first letter: in the table it would be taken for a formula.
_WORD: Final = r"[A-Za-z0-9_'+-]+"
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
ADDRESS: Final = re.compile(
    rf"(?=[^@]{{1,64}}@.{{1,190}}\Z)(?=[A-Za-z0-9_]){_WORD}(?:\.{_WORD})*@{_LABEL}(?:\.{_LABEL})*"
)
_ID: Final = re.compile("[0-9]{1,20}")  # of a person or a file on a platform


def moodle_feedback(
    results: Iterable[Result], path: Path, context: Context | None = None
) -> MadePages:
    """A zip for Moodle's upload of feedback files."""

    def wrapped(result: Result, page: Page, token: str) -> Parcel | None:
        who = _reached(result, "moodle")
        if who is None or not _ID.fullmatch(who.key):
            return None
        name = re.sub(r'[<>:"/\\|?*_\s]+', " ", one_line(who.name, 80)).strip(" .") or "student"
        key = str(int(who.key))
        return Parcel(key, {f"{name}_{key}_assignsubmission_file_feedback.html": page()})

    return hand_back(results, path, context, _platform("moodle-feedback", wrapped))


def canvas_feedback(
    results: Iterable[Result], path: Path, context: Context | None = None
) -> MadePages:
    """A zip for Canvas's upload of submissions with comments."""

    def wrapped(result: Result, page: Page, token: str) -> Parcel | None:
        who, upload = _reached(result, "canvas"), result.evidence.submission.origin.upload
        if who is None or not (_ID.fullmatch(who.key) and _ID.fullmatch(upload)):
            return None
        name = re.sub(r"[\W\d_]+", "", who.name).lower()[:40] or "student"
        key = str(int(who.key))
        return Parcel(key, {f"{name}_{key}_{upload}_feedback.html": page()})

    return hand_back(results, path, context, _platform("canvas-feedback", wrapped))


def mail(results: Iterable[Result], path: Path, context: Context | None = None) -> MadePages:
    """A zip of messages (.eml) with a page each, the pages under names that nobody guesses, and a
    table for a mail merge.
    """
    language = context.language if context is not None else "en"
    subject = _subject(context)

    def wrapped(result: Result, page: Page, token: str) -> Parcel | Unreached | None:
        who, grade = _reached(result), result.grade
        if who is None or not who.email:
            return None
        if not ADDRESS.fullmatch(who.email):
            return "address"
        data, message = page(), EmailMessage()
        message["To"] = who.email
        message["Subject"] = subject
        text = said("Your result is in the attached page. Open it in a browser.")
        message.set_content(text[language])
        message.add_attachment(data, maintype="text", subtype="html", filename=f"{token}.html")
        files = {f"messages/{token}.eml": message.as_bytes(), f"pages/{token}.html": data}
        cells = (grade.name, grade.number, who.email, f"{grade.score:g}", f"pages/{token}.html")
        return Parcel(who.email.lower(), files, cells)

    nobody = Sentence(
        "no student with a mark has an e-mail address here. Name a --roster with a column "
        "email, and grade again."
    )
    heads = ("name", "number", "email", "score", "page")
    return hand_back(results, path, context, Way("mail", wrapped, nobody, heads))


def student_pages(
    results: Iterable[Result], path: Path, context: Context | None = None
) -> MadePages:
    """A zip of ``<number>_<name>_<token>.html`` for each student: who has one of these names can
    guess no other one.
    """

    def wrapped(result: Result, page: Page, token: str) -> Parcel | None:
        return Parcel(token, {f"{_known_name(result)}_{token}.html": page()})

    nobody = Sentence("there is no submission here yet")
    return hand_back(results, path, context, Way("student-pages", wrapped, nobody))


def _platform(way: str, wrapped: Callable[[Result, Page, str], Parcel | None]) -> Way:
    nobody = Sentence(
        "{way}: no submission with a mark came from this platform. Grade its download as it is, "
        "so that its own keys are known.",
        {"way": way},
    )
    return Way(way, wrapped, nobody)


def _reached(result: Result, platform: str = "") -> Submitter | None:
    """The student of a result with a mark, of whom it is sure whose it is; of a platform alone
    where one is named.
    """
    origin = result.evidence.submission.origin
    if result.grade.score is None or origin.contested or platform not in ("", origin.platform):
        return None
    return next(iter(origin.submitters), None)


def _subject(context: Context | None) -> str:
    if context is None:
        return ""
    title = context.assignment.assignment.title
    lab = title.en if context.language == "en" else title.zh or title.en
    return one_line(said("Your result: {lab}", lab=lab)[context.language], 120)


def _known_name(result: Result) -> str:
    """Number and name as a file name; the id where neither is known."""
    grade = result.grade
    known = [text for text in (grade.number, grade.name) if text]
    return file_name("_".join(dict.fromkeys(known)) or grade.id)
