"""Pages on their way back to students: as a platform takes them, or by mail. Nothing is sent here.

Moodle ("Upload multiple feedback files in a zip") takes a file whose name begins as in its
download, ``name_participant_assignsubmission_file_`` (mod/assign/feedback/file/importziplib.php);
Canvas ("Upload submissions") finds user and file by the first two numbers between underscores
(app/models/assignment.rb, infer_comment_context_from_filename). What was made for which evidence is
kept in ``sent/``.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import re
import secrets
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Final

from grader.evidence import Submitter
from grader.language import SaidError, Sentence
from grader.report.exports import sent
from grader.report.exports.sent import News, SentPage
from grader.report.files import replacing
from grader.report.pages import ReportPages
from grader.report.phrases import said
from grader.report.text import for_cell, one_line
from grader.report.values import Context, Result
from grader.store import write_atomically

TOKEN: Final = 32  # hexadecimal digits of a page's name: 128 bits

Name = Callable[[Result, Submitter], str]  # of the file for one student; "" where it has none


class NobodyError(SaidError):
    """No student can be reached in this way: says what is missing."""


def moodle_feedback(results: Iterable[Result], path: Path, context: Context | None = None) -> None:
    """A zip for Moodle's upload of feedback files."""

    def name(result: Result, who: Submitter) -> str:
        if result.evidence.submission.origin.platform != "moodle" or not who.key:
            return ""
        person = re.sub(r'[<>:"/\\|?*_\s]+', " ", one_line(who.name, 80)).strip(" .") or "student"
        return f"{person}_{who.key}_assignsubmission_file_feedback.html"

    _packed(results, path, context, "moodle-feedback", name)


def canvas_feedback(results: Iterable[Result], path: Path, context: Context | None = None) -> None:
    """A zip for Canvas's upload of submissions with comments."""

    def name(result: Result, who: Submitter) -> str:
        origin = result.evidence.submission.origin
        if origin.platform != "canvas" or not (who.key.isdigit() and origin.upload.isdigit()):
            return ""
        person = re.sub(r"[\W\d_]+", "", who.name).lower()[:40] or "student"
        return f"{person}_{who.key}_{origin.upload}_feedback.html"

    _packed(results, path, context, "canvas-feedback", name)


def mail(results: Iterable[Result], path: Path, context: Context | None = None) -> None:
    """A zip of messages (.eml) with a page each, the pages under names that nobody guesses, and a
    table for a mail merge.
    """
    lab = _required(context)
    pages, secret = ReportPages(lab), _secret(lab)
    table = io.StringIO()
    rows = csv.writer(table)
    rows.writerow(["name", "number", "email", "score", "page", "news"])
    title = lab.assignment.assignment.title
    subject = said("Your result: {lab}", lab=title.en if lab.language == "en" else title.zh or "")
    with _sending(path, lab, "mail") as (pack, note):
        for result, who in _reached(results):
            if not re.fullmatch(r"[^@\s<>,;:\"]{1,120}@[^@\s<>,;:\"]{1,120}", who.email):
                continue
            page, token = pages.student(result), _token(secret, result)
            message = EmailMessage()
            message["To"] = who.email
            message["Subject"] = one_line(subject[lab.language], 120)
            text = said("Your result is in the attached page. Open it in a browser.")
            message.set_content(text[lab.language])
            data = page.encode("utf-8", "replace")
            message.add_attachment(data, maintype="text", subtype="html", filename=f"{token}.html")
            pack.writestr(f"messages/{token}.eml", message.as_bytes())
            pack.writestr(f"pages/{token}.html", data)
            grade = result.grade
            score = "" if grade.score is None else f"{grade.score:g}"
            news = note(result, f"{token}.eml", pages.told(page))
            cells = [grade.name, grade.number, who.email, score, f"pages/{token}.html", news]
            rows.writerow([for_cell(cell) for cell in cells])
        pack.writestr("merge.csv", table.getvalue().encode("utf-8-sig", "replace"))


def _packed(
    results: Iterable[Result], path: Path, context: Context | None, way: str, name: Name
) -> None:
    pages, taken = ReportPages(_required(context)), set()
    with _sending(path, _required(context), way) as (pack, note):
        for result, who in _reached(results):
            file = name(result, who)
            if file and file not in taken:
                taken.add(file)
                page = pages.student(result)
                pack.writestr(file, page.encode("utf-8", "replace"))
                note(result, file, pages.told(page))


def _reached(results: Iterable[Result]) -> Iterator[tuple[Result, Submitter]]:
    """Each student with a mark of whom it is sure whose it is."""
    for result in results:
        origin = result.evidence.submission.origin
        if result.grade.score is not None and not origin.contested:
            yield result, origin.submitters[0] if origin.submitters else Submitter()


@contextmanager
def _sending(
    path: Path, context: Context, way: str
) -> Iterator[tuple[zipfile.ZipFile, Callable[[Result, str, str], News]]]:
    """A zip to write, and a way to note what is in it; both are kept once all of it is there."""
    out = None if context.kept is None else context.kept.parent
    noted: list[SentPage] = []
    former = sent.before(out, way)

    def note(result: Result, file: str, text: str) -> News:
        noted.append(former.noted(result.grade.id, result.evidence.key, file, text))
        return noted[-1].news

    with replacing(path) as part:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as pack:
            yield pack, note
        if not noted:
            raise NobodyError(_nobody(way))
    if out is not None:
        sent.keep(out, way, noted)


def _nobody(way: str) -> Sentence:
    if way == "mail":
        return Sentence(
            "no student with a mark has an e-mail address here. Name a --roster with a column "
            "email, and grade again."
        )
    return Sentence(
        "{way}: no submission with a mark came from this platform. Grade its download as it is, "
        "so that its own keys are known.",
        {"way": way},
    )


def _token(secret: bytes, result: Result) -> str:
    """A name that follows from the student, and that nobody guesses from it."""
    return hmac.new(secret, result.grade.id.encode(), hashlib.sha256).hexdigest()[:TOKEN]


def _secret(context: Context) -> bytes:
    """The folder's own secret; made when it is first asked for."""
    if context.kept is None:
        return secrets.token_bytes(32)
    path = context.kept.parent / ".names.key"
    if not path.exists():
        write_atomically(path, secrets.token_hex(32))
        path.chmod(0o600)
    return bytes.fromhex(path.read_text(encoding="ascii"))


def _required(context: Context | None) -> Context:
    if context is None:
        raise ValueError("this export needs the context of the run: expected a Context, found None")
    return context
