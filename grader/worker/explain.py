"""What explains an error beyond its message: a missing package, a wrong path, an absent device."""

from __future__ import annotations

import ast
import errno
import importlib.util
import os
import re
import sys
from typing import Any

from . import source
from .hooks import loaded
from .importing import TimeLimit
from .missing_paths import path_facts
from .prefixes import of_error
from .text import MAX_TEXT_CHARS, clean, text_of
from .workdir import SourceLine, Workdir


def explain(
    error: BaseException, place: Workdir, spot: SourceLine | None, line: str
) -> dict[str, Any]:
    """Facts about one error that arose at `spot` in the text `line`:

    time_limit (True: the soft limit of the import); missing_package (not installed, not handed in);
    missing_module (in one of the submission's own folders), like_module (the submission's file that
    may be meant by either); missing_name (a module or name that an
    installed package has not); library (a shared library that an installed package lacks); python2
    (True: syntax of Python 2); under_main (a name that is bound only below `if __name__ ==
    "__main__"`); device (asked for and refused: "GPU", "Ascend"); missing_path and what goes with
    it: see `path_facts`.
    """
    if isinstance(error, TimeLimit):
        return {"time_limit": True}
    if isinstance(error, ImportError):
        return _of_import(error, place)
    if isinstance(error, SyntaxError):
        return _of_syntax(error)
    if isinstance(error, NameError):
        return _of_name(error, spot)
    return _of_device(error) or of_error(error) or _of_path(error, place, spot, line)


def _of_import(error: ImportError, place: Workdir) -> dict[str, Any]:
    name, message = text_of(error.name or ""), text_of(error)
    if isinstance(error, ModuleNotFoundError) and name:
        top = name.partition(".")[0]
        if not _importable(top):
            return {"missing_package": top, "like_module": _like(top, place)}
        if _is_own(top, place):
            return {"missing_module": name, "like_module": _like(name, place)}
        return {"missing_name": name}
    library = re.search(r"(\S+\.(?:so|dll|dylib)[\d.]*): cannot open", message)
    if library:
        return {"library": clean(library.group(1))}
    wanted = re.search(r"cannot import name '([^']+)'", message)
    return {"missing_name": clean(f"{name}.{wanted.group(1)}")} if wanted else {}


def _like(module: str, place: Workdir) -> str:
    """The submission's source that is called as the module but for letters' case, or lies
    elsewhere; "" where there is none.
    """
    wanted = module.rpartition(".")[2].lower()
    found = [path for path in place.root.rglob("*.[pP][yY]") if path.stem.lower() == wanted]
    found.sort(key=lambda path: (len(path.parts), str(path)))
    return clean(found[0].relative_to(place.root).as_posix()) if found else ""


def _is_own(name: str, place: Workdir) -> bool:
    """Whether a module that can be found is the submission's: a file, or a folder."""
    spec = importlib.util.find_spec(name)
    places: list[Any] = [getattr(spec, "origin", None)]
    places += getattr(spec, "submodule_search_locations", None) or []
    return any(isinstance(one, str) and place.source(one) is not None for one in places)


def _importable(name: str) -> bool:
    try:
        if name in sys.modules:
            return loaded(name) is not None
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError, AttributeError):
        return False


_OLD_MESSAGE = re.compile(
    r"Missing parentheses in call to '(print|exec)'|multiple exception types must be"
    r"|leading zeros|invalid (decimal|octal) literal"
)
_OLD_LINE = re.compile(r"\s*(print\s+[^(=\s]|exec\s+['\"]|except\s+\w+\s*,|raise\s+\w+\s*,)")


def _of_syntax(error: SyntaxError) -> dict[str, Any]:
    old = _OLD_MESSAGE.match(text_of(error.msg)) or _OLD_LINE.match(text_of(error.text or ""))
    return {"python2": True} if old else {}


def _of_name(error: NameError, spot: SourceLine | None) -> dict[str, Any]:
    match = re.search(r"name '([^']+)' is not defined", text_of(error))
    if match is None or spot is None:
        return {}
    text = source.read_source(spot.path)
    under = source.bound_only_under_main(text, match.group(1))
    return {"under_main": clean(match.group(1))} if under else {}


_REFUSED = re.compile(
    r"(?:device[_ ]target|target device)[\s:]*(?:is|type)?[\s'\"]*(GPU|Ascend)"
    r"|but got '?(GPU|Ascend)"
    r"|found no (nvidia)|(cuda)(?: runtime)? (?:error|is not available|driver)"
    r"|deserialize object on a (cuda) device|not compiled with (cuda)|no (cuda) gpus",
    re.IGNORECASE,
)


def _of_device(error: BaseException) -> dict[str, Any]:
    match = _REFUSED.search(text_of(error, MAX_TEXT_CHARS))
    if match is None:
        return {}
    asked = next(group for group in match.groups() if group)
    return {"device": "Ascend" if asked.lower() == "ascend" else "GPU"}


# A message that says that something is not there, and what may be a path in it.
_ABSENT = re.compile(
    r"not? exist|not found|no such file|no file|can ?not find|can't (open|read)|doesn't exist"
    r"|unable to (open|find)|is not a (valid )?(file|director)|invalid (file|dir|path)",
    re.IGNORECASE,
)
_PATHS = re.compile(
    r"(?<!\w)'([^'\n]+)'|\"([^\"\n]+)\""
    r"|((?:[A-Za-z]:|~|\.{1,2})?[/\\][^\n'\"]*?\.\w{2,12}(?=[\s,;:)]|\.?$))"  # blanks and all
    r"|([\w.\-/\\:~]*[/\\][\w.\-/\\]+|[\w\-]+\.\w{2,6})"
)
_EMPTY = ast.parse("")
_LITERALS = re.compile(r"'([^'\n]+)'|\"([^\"\n]+)\"")


def _of_path(
    error: BaseException, place: Workdir, spot: SourceLine | None, line: str
) -> dict[str, Any]:
    """Facts about the path that an error names; failing that, about one in the failing line. Of a
    message that does not say where its path ends, the source that has it as a text does.
    """
    if isinstance(error, OSError) and isinstance(error.filename, (str, bytes)):
        asked = os.fsdecode(error.filename)
        missing = not place.shows(asked) and error.errno != errno.ENAMETOOLONG
        return path_facts(place, _as_written(asked, place)) if missing else {}
    message = text_of(error, MAX_TEXT_CHARS)
    if _ABSENT.search(message):
        written = sorted((text for text in _texts(spot) if text in message), key=len, reverse=True)
        named = [next(filter(None, groups)) for groups in _PATHS.findall(message)]
        named += [next(filter(None, groups)) for groups in _LITERALS.findall(line)]
        for asked in (*written, *(text.rstrip(".,:;") for text in named)):
            if _like_a_path(asked) and not place.shows(asked):
                return path_facts(place, _as_written(asked, place))
    return {}


def _texts(spot: SourceLine | None) -> set[str]:
    """Texts that the source at `spot` has which may be paths of files."""
    tree = source.parse(source.read_source(spot.path)) if spot else None
    texts = (getattr(node, "value", getattr(node, "s", None)) for node in ast.walk(tree or _EMPTY))
    return {text for text in texts if isinstance(text, str) and re.search(r"[/\\].*\.\w+$", text)}


def _like_a_path(text: str) -> bool:
    looks = re.search(r"[/\\]|\.[A-Za-z]\w{0,10}$", text)  # "4.11" is a release
    return bool(looks) and not re.search(r"^\w+://|\s{2}|^\.+$|\.(c|cc|cpp|h|pyx?)$", text)


def _as_written(asked: str, place: Workdir) -> str:
    """A path below the submission as the student wrote it: libraries make paths absolute."""
    path = place.within(asked)
    if path is None or not os.path.isabs(asked):  # noqa: PTH117 - what was asked may be no path
        return asked
    return os.path.relpath(str(path), str(place.cwd)).replace(os.sep, "/")
