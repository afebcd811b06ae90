"""Reading ``assignment.toml``: every wrong key is named with file, line and cure."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from grader.assignment.model import Assignment
from grader.evidence import Document
from grader.expectations import expected, found, refused
from grader.language import Sentence

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FILE_NAME = "assignment.toml"


class AssignmentError(Exception):
    """The assignment cannot be used: says file, line, what was found, what is expected."""

    def __init__(self, *said: Sentence) -> None:
        """One sentence for each thing that is wrong."""
        super().__init__("\n".join(map(str, said)))
        self.said = said

    def said_in(self, language: str) -> str:
        """What is wrong, a line each, for the reader."""
        return "\n".join(each.said_in(language) for each in self.said)


def read_assignment(home: Path, settings: Sequence[str] = ()) -> Assignment:
    """The assignment in folder `home`, with `settings` ("limits.total=30") laid over it.

    Raises AssignmentError naming file, line, what was found and what is expected.
    """
    file = home / FILE_NAME
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise AssignmentError(
            Sentence(
                "{file}: not found. Expected an assignment; name its folder with --assignment.",
                {"file": str(file)},
            )
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        facts = {"file": str(file), "error": str(error)}
        raise AssignmentError(Sentence("{file}: cannot be read: {error}", facts)) from None
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        facts = {"file": str(file), "error": str(error)}
        raise AssignmentError(
            Sentence("{file}: not TOML: {error}. Correct the line that it names.", facts)
        ) from None
    return _with_settings(home, data, settings, file, text)


def with_settings(assignment: Assignment, settings: Sequence[str]) -> Assignment:
    """The assignment with `settings` laid over it. Raises AssignmentError naming the setting."""
    data = assignment.model_dump(mode="json", by_alias=True, exclude={"home"})
    return _with_settings(assignment.home, data, settings, assignment.home / FILE_NAME, "")


def _with_settings(
    home: Path, data: dict[str, Any], settings: Sequence[str], file: Path, text: str
) -> Assignment:
    set_here = {path: _lay_over(data, path, value) for path, value in map(_setting, settings)}
    try:
        return Assignment(home=home.resolve(), **data)
    except ValidationError as errors:
        said = [_explain(file, text, error, set_here) for error in errors.errors()]
        raise AssignmentError(*said) from None


def _setting(setting: str) -> tuple[tuple[str, ...], Any]:
    name, equals, value = setting.partition("=")
    if not equals or not name.strip():
        raise AssignmentError(
            Sentence(
                "--set {setting}: expected key=value, such as limits.total=30", {"setting": setting}
            )
        )
    try:
        parsed = tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        parsed = value.strip()  # a word without quotes
    return tuple(part.strip() for part in name.split(".")), parsed


def _lay_over(data: dict[str, Any], path: tuple[str, ...], value: Any) -> str:
    *tables, key = path
    for table in tables:
        inner = data.setdefault(table, {})
        if not isinstance(inner, dict):
            facts = {"key": ".".join(path), "table": table}
            raise AssignmentError(
                Sentence("--set {key}: {table} is a value, no table. Correct the key.", facts)
            )
        data = inner
    data[key] = value
    return f"--set {'.'.join(path)}={value}"


def _explain(
    file: Path, text: str, error: ErrorDetails, set_here: Mapping[tuple[str, ...], str]
) -> Sentence:
    """One line for the reader: where, what was found, what is expected, what to do."""
    # What concerns several tables at once has no place of its own: it is about marks of parts.
    path = tuple(str(part) for part in error["loc"]) or ("policy", "parts")
    if path[0] == "home":  # `home` is ours; in the file it is a foreign key like any other
        path = ("home",)
    where = set_here.get(path) or f"{file}:{line_of(text, path)}"
    told: dict[str, str | Sentence] = {"where": where, "key": ".".join(path)}
    if path == ("home",) or error["type"] == "extra_forbidden":
        told["known"] = ", ".join(_keys_of(path[:-1])) or "–"
        return Sentence(
            "{where}: unknown key {key}. Known here: {known}. Correct or remove it.", told
        )
    if error["type"] == "missing":
        return Sentence("{where}: {key} is missing. Add it.", told)
    if rule := refused(error):
        return Sentence("{where}: {key}: {rule}. Correct it.", {**told, "rule": rule})
    told |= {"found": found(error), "expected": expected(error)}
    return Sentence("{where}: {key}: found {found}; expected {expected}. Correct it.", told)


def _keys_of(path: tuple[str, ...]) -> list[str]:
    """Names that may stand in the table at `path`."""
    table: Any = Assignment
    for part in path:
        if part.isdigit():
            continue
        annotation = table.model_fields[part].annotation if part in table.model_fields else None
        inner = [a for a in getattr(annotation, "__args__", ()) if isinstance(a, type)]
        table = inner[0] if inner else annotation
        if not (isinstance(table, type) and issubclass(table, Document)):
            return []
    fields = table.model_fields.items()
    return [field.alias or name for name, field in fields if name != "home"]


def line_of(text: str, path: Sequence[str]) -> int:
    """The line (from 1) of TOML `text` where the key at `path` stands; else that of the innermost
    table or key around it, else 1. Array indices are parts of the path: ("classes", "3", "folder").
    """
    wanted, table = tuple(path), tuple[str, ...]()
    last: dict[tuple[str, ...], int] = {}  # index of the last table of an array
    best, depth = 1, 0
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*(\[\[?)\s*([^\]]+?)\s*\]", line):
            table = ()
            *outer, name = _names(header[2])
            for part in outer:
                table += (part,)
                if table in last:
                    table += (str(last[table]),)
            table += (name,)
            if header[1] == "[[":
                last[table] = last.get(table, -1) + 1
                table += (str(last[table]),)
            here = table
        elif key := re.match(r"\s*([\w.\"'-]+)\s*(?:=|$)", line):
            here = table + tuple(_names(key[1]))
        else:
            continue
        if len(here) > depth and here == wanted[: len(here)]:
            best, depth = number, len(here)
    return best


def _names(dotted: str) -> list[str]:
    return [name.strip().strip("\"'") for name in dotted.split(".")]
