"""What went wrong in a hand-in, as facts: the error, where it arose, and what explains it."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
import traceback
from pathlib import Path
from typing import Any, Iterator

from . import source
from .place import Place, path_facts
from .text import TEXT, clean, one_line, text_of, type_name

_WORKER = str(Path(__file__).parent) + os.sep


class TimeLimit(BaseException):
    """Raised in the hand-in's code when its soft time limit has passed."""


def describe(error: BaseException, place: Place, unread: list[str]) -> dict[str, Any]:
    """The error as a reply's `error`, every string bounded.

    Always: type, message, file, line, source, traceback (file "", line 0 where no line of the
    hand-in is to blame). Where they apply: missing_package, missing_name, missing_path with
    path_fault, found_elsewhere and reads_dataset, device (that was refused), under_main, python2,
    library, time_limit. `unread` are images that were asked for and could not be read, in silence.
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


def _describe(error: BaseException, place: Place, unread: list[str]) -> dict[str, Any]:
    file, line, text, real = _whereabouts(error, place)
    facts: dict[str, Any] = {
        "type": type_name(error),
        "message": clean(place.shorten(_message(error)), 1000),
        "file": file,
        "line": line,
        "source": clean(text.strip()),
        "traceback": _traceback(error, place),
    }
    for cause in _chain(error):
        for name, value in _explain(cause, place, real).items():
            facts.setdefault(name, value)
    if unread and "missing_path" not in facts:
        facts.update(path_facts(place, unread[-1]))
    return facts


def _message(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return text_of(error.msg)
    if isinstance(error, SystemExit):
        return f"exit with {text_of(error.code)}" if error.code is not None else "exit"
    return text_of(error, 1000)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what caused it, innermost last."""
    seen: list[BaseException] = []
    now: BaseException | None = error
    while now is not None and now not in seen and len(seen) < 8:
        seen.append(now)
        yield now
        now = now.__cause__ or now.__context__


def _whereabouts(error: BaseException, place: Place) -> tuple[str, int, str, str]:
    """File, line, text of the line, and real filename of the last frame inside the hand-in."""
    if isinstance(error, SyntaxError) and error.filename:
        spot = place.spot(error.filename, error.lineno or 0)
        if spot is not None:
            line = error.text or _line(error.filename, error.lineno or 0)
            return spot[0], spot[1], text_of(line), error.filename
    found = place.last_spot(error.__traceback__)
    if found is None:
        return "", 0, "", ""
    file, line_number, real = found
    return file, line_number, _line(real, _real_line(error, place)), real


def _real_line(error: BaseException, place: Place) -> int:
    number = 0
    step = error.__traceback__
    while step is not None:
        if place.inside(step.tb_frame.f_code.co_filename) is not None:
            number = step.tb_lineno
        step = step.tb_next
    return number


def _line(filename: str, number: int) -> str:
    lines = source.read_source(Path(filename)).splitlines()
    return lines[number - 1] if 0 < number <= len(lines) else ""


def _traceback(error: BaseException, place: Place) -> str:
    """The traceback without what lies above the hand-in and without the worker's own frames."""
    told = traceback.TracebackException(type(error), error, error.__traceback__)
    _keep_theirs(told, place)
    text = place.shorten("".join(told.format()))
    if len(text) > TEXT:
        text = text[: TEXT // 4] + "\n  …\n" + text[-TEXT // 4 * 3 :]
    return clean(text, TEXT + 8)


def _keep_theirs(told: traceback.TracebackException, place: Place, depth: int = 8) -> None:
    stack = [frame for frame in told.stack if not frame.filename.startswith(_WORKER)]
    theirs = [index for index, frame in enumerate(stack) if place.inside(frame.filename)]
    told.stack = traceback.StackSummary.from_list(stack[theirs[0] if theirs else 0 :])
    for cause in (told.__cause__, told.__context__):
        if cause is not None and depth:
            _keep_theirs(cause, place, depth - 1)


def _explain(error: BaseException, place: Place, real: str) -> dict[str, Any]:
    if isinstance(error, TimeLimit):
        return {"time_limit": True}
    if isinstance(error, ImportError):
        return _import_facts(error)
    if isinstance(error, SyntaxError):
        return _syntax_facts(error)
    if isinstance(error, NameError):
        return _name_facts(error, real)
    return _path_or_device_facts(error, place)


def _import_facts(error: ImportError) -> dict[str, Any]:
    name = text_of(error.name or "")
    if isinstance(error, ModuleNotFoundError) and name:
        top = name.partition(".")[0]
        if not _importable(top):
            return {"missing_package": top}
        return {"missing_name": name}
    library = re.search(r"(\S+\.(?:so|dll|dylib)[\d.]*): cannot open", text_of(error))
    if library:
        return {"library": clean(library.group(1))}
    wanted = re.search(r"cannot import name '([^']+)'", text_of(error))
    return {"missing_name": clean(f"{name}.{wanted.group(1)}")} if wanted else {}


def _importable(name: str) -> bool:
    try:
        return name in sys.modules or importlib.util.find_spec(name) is not None
    except (ImportError, ValueError, AttributeError):
        return False


def _syntax_facts(error: SyntaxError) -> dict[str, Any]:
    old = re.match(
        r"Missing parentheses in call to '(print|exec)'|multiple exception types must be"
        r"|leading zeros|invalid (decimal|octal) literal",
        text_of(error.msg),
    )
    old_line = re.match(
        r"\s*(print\s+[^(=\s]|exec\s+['\"]|except\s+\w+\s*,|raise\s+\w+\s*,)",
        text_of(error.text or ""),
    )
    return {"python2": True} if old or old_line else {}


def _name_facts(error: NameError, real: str) -> dict[str, Any]:
    match = re.search(r"name '([^']+)' is not defined", text_of(error))
    if (
        match
        and real
        and source.bound_only_under_main(source.read_source(Path(real)), match.group(1))
    ):
        return {"under_main": clean(match.group(1))}
    return {}


# A message that says that something is not there, and then what may be a path in it.
_ABSENT = re.compile(
    r"not? exist|not found|no such file|no file|cannot find|can't (open|read)|unable to (open|find)"
    r"|can not find|doesn't exist|is not a (valid )?(file|director)|invalid (file|dir|path)",
    re.IGNORECASE,
)
_PATHS = re.compile(r"'([^'\n]+)'|\"([^\"\n]+)\"|([\w.\-/\\:~]*[/\\][\w.\-/\\]+|[\w\-]+\.\w{2,6})")
_DEVICE = re.compile(
    r"(?:device[_ ]target|target device)[\s:]*(?:is|type)?[\s'\"]*(GPU|Ascend|CPU)|but got '?(GPU|Ascend)"
    r"|found no nvidia"
    r"|(cuda)(?: runtime)? (?:error|is not available|driver)|attempting to deserialize object on a"
    r" (cuda) device|not compiled with (cuda)|no (cuda) gpus|(cuda)\.is_available\(\) is false",
    re.IGNORECASE,
)


def _path_or_device_facts(error: BaseException, place: Place) -> dict[str, Any]:
    if isinstance(error, OSError) and isinstance(error.filename, (str, bytes)):
        asked = os.fsdecode(error.filename)
        if not (place.cwd / asked).exists():
            return path_facts(place, _as_asked(asked, place))
        return {}
    message = text_of(error, TEXT)
    device = _DEVICE.search(message)
    if device:
        asked = next((group for group in device.groups() if group), "CUDA")
        return {"device": "GPU" if asked.upper() == "CUDA" else clean(asked)}
    if _ABSENT.search(message):
        for groups in _PATHS.findall(message):
            asked = next(group for group in groups if group).rstrip(".,:;")
            if _like_a_path(asked) and not (place.cwd / asked).exists():
                return path_facts(place, _as_asked(asked, place))
    return {}


def _like_a_path(text: str) -> bool:
    return bool(re.search(r"[/\\]|\.\w{1,11}$", text)) and not re.search(
        r"^\w+://|\s{2}|^\.+$", text
    )


def _as_asked(asked: str, place: Place) -> str:
    """A path below the hand-in as the student wrote it: libraries make paths absolute."""
    path = place.inside(asked)
    if path is None or not os.path.isabs(asked):  # noqa: PTH117
        return asked
    return os.path.relpath(str(path), str(place.cwd)).replace(os.sep, "/")
