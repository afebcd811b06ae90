"""What went wrong in a submission, as facts: the error, where it arose, and what explains it."""

from __future__ import annotations

import os
import traceback
from pathlib import Path
from typing import Any, Iterator

from . import source
from .audit import UnreadImage
from .explain import explain
from .missing_paths import path_facts
from .sandbox_refusal import is_refused
from .text import MAX_TEXT_CHARS, clean, one_line, text_of, type_name
from .workdir import SourceLine, Workdir

_WORKER = str(Path(__file__).parent) + os.sep
_LONGEST_CHAIN = 8


def describe(error: BaseException, place: Workdir, unread: list[UnreadImage]) -> dict[str, Any]:
    """The error as a reply's `error`, every string bounded.

    Always: type, message, file, line, source, traceback (file "", line 0 where no line of the
    submission is to blame). Where they apply, the facts that `explain` gives, and refused (True: it
    comes of what only level basic refuses). `unread` are images that were asked for and could not
    be read, without an error of their own.
    """
    try:
        return _describe(error, place, unread)
    except BaseException as trouble:  # an exception object can be as hostile as any other
        return {
            "type": type_name(error),
            "message": f"an error that cannot be described ({type_name(trouble)})",
            "file": "",
            "line": 0,
            "source": "",
            "traceback": "",
        }


def headline(error: BaseException) -> str:
    """The error in one line, such as "ValueError: shapes differ"."""
    message = _message(error)
    return type_name(error) + (": " + one_line(message) if message else "")


def is_theirs(error: BaseException, place: Workdir) -> bool:
    """Whether the exception, or one behind it, came through a line of the submission."""
    return any(place.last_spot(one.__traceback__) is not None for one in _chain(error))


def trace(error: BaseException) -> str:
    """The whole traceback, for us."""
    try:
        text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    except BaseException:
        text = type_name(error)
    return clean(text[-MAX_TEXT_CHARS:], MAX_TEXT_CHARS)


def _describe(error: BaseException, place: Workdir, unread: list[UnreadImage]) -> dict[str, Any]:
    spot = _whereabouts(error, place)
    line = _text_of_line(spot) if spot else ""
    facts: dict[str, Any] = {
        "type": type_name(error),
        "message": clean(place.shorten(_message(error)), 1000),
        "file": spot.file if spot else "",
        "line": spot.line if spot else 0,
        "source": clean(line.strip()),
        "traceback": _traceback(error, place),
    }
    for cause in _chain(error):
        for name, value in explain(cause, place, spot, line).items():
            facts.setdefault(name, value)
        if is_refused(cause):
            facts["refused"] = True
    if unread and "missing_path" not in facts:
        asked, spot = unread[-1]
        facts.update(path_facts(place, asked))
        if spot is not None:  # not where None was used in place of the image
            text = clean(_text_of_line(spot).strip())
            facts.update(file=spot.file, line=spot.line, source=text)
    return facts


def _message(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return text_of(error.msg)
    if isinstance(error, SystemExit):
        return f"exit with {text_of(error.code)}" if error.code is not None else "exit"
    return text_of(error, 1000)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what caused it, innermost last."""
    now: BaseException | None = error
    for _ in range(_LONGEST_CHAIN):
        if now is None:
            return
        yield now
        now = now.__cause__ or now.__context__


def _whereabouts(error: BaseException, place: Workdir) -> SourceLine | None:
    """The last line of the submission that was run, or that could not be parsed."""
    if isinstance(error, SyntaxError) and error.filename:
        spot = place.spot(error.filename, error.lineno or 0)
        if spot is not None:
            return spot
    return place.last_spot(error.__traceback__)


def _text_of_line(spot: SourceLine) -> str:
    lines = source.read_source(spot.path).splitlines()
    return lines[spot.line_on_disk - 1] if 0 < spot.line_on_disk <= len(lines) else ""


def _traceback(error: BaseException, place: Workdir) -> str:
    """The traceback without what lies above the submission and without the worker's own frames."""
    told = traceback.TracebackException(type(error), error, error.__traceback__)
    _keep_theirs(told, place, _LONGEST_CHAIN)
    text = place.shorten("".join(told.format()))
    if len(text) > MAX_TEXT_CHARS:
        text = text[: MAX_TEXT_CHARS // 4] + "\n  …\n" + text[-MAX_TEXT_CHARS // 4 * 3 :]
    return clean(text, MAX_TEXT_CHARS + 8)


def _keep_theirs(told: traceback.TracebackException, place: Workdir, depth: int) -> None:
    stack = [frame for frame in told.stack if not frame.filename.startswith(_WORKER)]
    theirs = [index for index, frame in enumerate(stack) if place.source(frame.filename)]
    told.stack = traceback.StackSummary.from_list(stack[theirs[0] if theirs else 0 :])
    for cause in (told.__cause__, told.__context__):
        if cause is not None and depth:
            _keep_theirs(cause, place, depth - 1)
