"""A zip of pages that go back to students, each to one addressee. Nothing is sent here.

What was made for which evidence is kept in ``sent/`` once all of it is there.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import secrets
import zipfile
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from grader.evidence import Submitter
from grader.language import SaidError, Sentence
from grader.report.exports import sent
from grader.report.exports.sent import MadePages, SentPage, SentPages, Unreached
from grader.report.files import replacing
from grader.report.pages import ReportPages
from grader.report.text import for_cell
from grader.report.values import Context, Result
from grader.report.view import view

TOKEN_DIGITS: Final = 32  # hexadecimal digits of a page's name: 128 bits
KEY_BYTES: Final = 32  # of the folder's secret
TABLE: Final = "merge.csv"


class NobodyError(SaidError):
    """No student can be reached in this way: says what is missing."""


class Parcel(NamedTuple):
    """What goes to one addressee."""

    addressee: str  # what a platform or the mail knows the person by
    files: Mapping[str, bytes]  # by their names in the zip; the first one is kept in mind
    cells: Sequence[str] = ()  # of a table for a mail merge


class Way(NamedTuple):
    """A way back to students."""

    name: str  # of the export
    # Of a result, its page, and a name for that which nobody guesses; else why it is not reached,
    # None where that follows from the result.
    wrapped: Callable[[Result, Callable[[], bytes], str], Parcel | Unreached | None]
    nobody: Sentence  # why nobody is reached, where it is so
    heads: Sequence[str] = ()  # of the table's columns, where there is one; ``news`` comes behind


def hand_back(
    results: Iterable[Result], path: Path, context: Context | None, way: Way
) -> MadePages:
    """Write the zip at `path`; what is new in it.

    An addressee that several students have in common (a key, an address that a roster has twice)
    would bring one the page of another: none of them gets one, and that is told. So is an addressee
    who cannot be reached; the others get theirs.

    Raises NobodyError, and OSError; then what was at `path` is untouched and nothing is kept.
    """
    if context is None:
        raise ValueError("this export needs the context of the run: expected a Context, found None")
    out = None if context.kept is None else context.kept.parent
    former = sent.before(out, way.name)
    unreached: dict[str, Unreached] = {}
    with replacing(path) as part:
        parcels = _parcels(results, context, way, former, _secret(out), unreached)
        pages, shared = _pack(part, parcels, way)
        if shared and not pages:
            raise NobodyError(sent.in_common(shared))
        if not pages:
            wrong = [name for name, why in unreached.items() if why == "address"]
            raise NobodyError(sent.no_address(wrong) if wrong else way.nobody)
    return former.made(out, way.name, pages, shared, unreached)


def _parcels(
    results: Iterable[Result],
    context: Context,
    way: Way,
    former: SentPages,
    secret: bytes,
    unreached: dict[str, Unreached],
) -> Iterator[tuple[SentPage, Parcel]]:
    """The parcels; who has none is put into `unreached`."""
    pages = ReportPages(context)
    for result in results:
        shown, who = view(result, context), _person(result)

        def page() -> bytes:
            return pages.render_student(shown).encode("utf-8", "replace")  # noqa: B023 - at once

        token = hmac.new(secret, who.encode(), hashlib.sha256).hexdigest()[:TOKEN_DIGITS]
        parcel = way.wrapped(result, page, token)
        if not isinstance(parcel, Parcel):
            unreached[result.grade.id] = parcel or _why(result)
        else:
            file, key = next(iter(parcel.files)), result.evidence.key
            yield former.noted(who, result.grade.id, key, file, repr(shown)), parcel


def _why(result: Result) -> Unreached:
    """Why somebody is not reached."""
    if result.grade.score is None:
        return "unmarked"
    return "contested" if result.evidence.submission.origin.contested else "unknown"


def _pack(
    path: Path, parcels: Iterable[tuple[SentPage, Parcel]], way: Way
) -> tuple[list[SentPage], list[str]]:
    """Write the zip; the pages in it, and the ids of who share an addressee with others."""
    theirs: defaultdict[str, list[tuple[SentPage, Sequence[str]]]] = defaultdict(list)
    names: dict[str, list[str]] = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as pack:
        for page, parcel in parcels:
            theirs[parcel.addressee].append((page, parcel.cells))
            if parcel.addressee not in names:
                names[parcel.addressee] = list(parcel.files)
                for name, data in parcel.files.items():
                    pack.writestr(name, data)
    shared = {who: pages for who, pages in theirs.items() if len(pages) > 1}
    if shared:
        _take_out(path, {name for who in shared for name in names[who]})
    alone = [pages[0] for who, pages in theirs.items() if who not in shared]
    if way.heads:
        rows = [[*cells, page.news] for page, cells in alone]
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as pack:
            pack.writestr(TABLE, _table([[*way.heads, "news"], *rows]))
    return [page for page, _ in alone], [page.id for pages in shared.values() for page, _ in pages]


def _take_out(path: Path, names: Collection[str]) -> None:
    """Write the zip once more without some of its files."""
    with (
        replacing(path) as part,
        zipfile.ZipFile(path) as pack,
        zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as other,
    ):
        for name in pack.namelist():
            if name not in names:
                other.writestr(name, pack.read(name))


def _table(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerows([for_cell(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig", "replace")


def _person(result: Result) -> str:
    """What is the same for a student whichever submission counts; the row's id where nothing is
    sure enough for that.
    """
    submission = result.evidence.submission
    first = next(iter(submission.origin.submitters), Submitter(number=submission.number))
    told = "" if submission.origin.contested else submission.origin.person(first)
    return told or f"id:{result.grade.id}"


def _secret(out: Path | None) -> bytes:
    """The folder's own secret, which only its owner reads; made when it is first asked for."""
    new = secrets.token_hex(KEY_BYTES)
    if out is None:
        return bytes.fromhex(new)
    path = out / ".names.key"
    if not path.exists() or path.stat().st_size != len(new):  # cut short, it could be guessed
        with replacing(path) as part:
            part.touch(mode=0o600)
            part.write_text(new, encoding="ascii")
    return bytes.fromhex(path.read_text(encoding="ascii"))
