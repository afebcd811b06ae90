"""Reading ``assignment.toml``: every wrong key is named with file, line and cure."""

from __future__ import annotations

import copy
import json
import re
import sys
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from itertools import takewhile
from pathlib import Path
from typing import Any, NamedTuple, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from grader.assignment.model import Assignment
from grader.assignment.policy import RULE_OF
from grader.evidence import Document
from grader.expectations import expected, follows, found, refused
from grader.language import Sentence

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FILE_NAME = "assignment.toml"
ALIKE = 0.6  # of `difflib`, from which on a key is taken for a known one misspelt


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
    own = copy.deepcopy(data)
    set_here = {path: _lay_over(data, path, value) for path, value in map(_setting, settings)}
    _drop_keys_of_former_rules(data, set_here)
    if "home" in data:  # `home` is ours; in the file it is a foreign key like any other
        place = _Place(file, text, set_here)
        raise AssignmentError(place.unknown(("home",)))
    try:
        return _validated(home, data)
    except ValidationError as errors:
        without = _refused_paths(home, own) if set_here else frozenset()
        place = _Place(file, text, set_here, without)
        raise AssignmentError(*place.explained(errors.errors())) from None


def _validated(home: Path, data: dict[str, Any]) -> Assignment:
    document = json.dumps({**data, "home": str(home.resolve())}, default=lambda odd: [str(odd)])
    # TOML has types of its own, as JSON has: a text is no number, and a number no truth.
    return Assignment.model_validate_json(document, strict=True)


def _refused_paths(home: Path, data: dict[str, Any]) -> frozenset[tuple[str, ...]]:
    """The keys that are refused."""
    try:
        _validated(home, data)
    except ValidationError as errors:
        return frozenset(map(_path, errors.errors()))
    return frozenset()


def _drop_keys_of_former_rules(
    data: dict[str, Any], set_here: Mapping[tuple[str, ...], str]
) -> None:
    """Leave out what counts only with a rule that a setting has put another in place of: the file
    is right to have it.
    """
    for *tables, name in set_here:
        table = data
        for each in tables:
            table = table[each]
        if name == "rule" and tables[:1] == ["policy"]:
            for key, rule in RULE_OF.items():
                if table[name] != rule and (*tables, key) not in set_here:
                    table.pop(key, None)


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


class _Place(NamedTuple):
    """Where keys stand: in the text of the file, or on the command line."""

    file: Path
    text: str
    set_here: Mapping[tuple[str, ...], str]
    without: frozenset[tuple[str, ...]] = frozenset()  # keys refused also without the settings

    def explained(self, errors: Sequence[ErrorDetails]) -> list[Sentence]:
        """A line for each: where, what was found, what is expected, what to do."""
        meant = {}  # by a key that is not known, the one that it is probably
        for error in errors:
            if error["type"] == "extra_forbidden":
                path = _path(error)
                meant[path] = _close(path[-1], _keys_of(path[:-1]))
        spelt = {(*path[:-1], key) for path, key in meant.items() if key}
        told = []
        for error in errors:
            path = _path(error)
            if path in meant:
                told.append(self.unknown(path, meant[path]))
            elif not follows(error) and not (error["type"] == "missing" and path in spelt):
                told.append(self._explain(path, error))
        return told

    def unknown(self, path: tuple[str, ...], meant: str = "") -> Sentence:
        """That a key is none of the assignment's."""
        known = ", ".join(_keys_of(path[:-1])) or "–"
        facts = {**self._where(path), "known": known, "meant": meant}
        if meant:
            text = "{where}: unknown key {key}. Did you mean {meant}? Known here: {known}."
            return Sentence(text, facts)
        return Sentence(
            "{where}: unknown key {key}. Known here: {known}. Correct or remove it.", facts
        )

    def _explain(self, path: tuple[str, ...], error: ErrorDetails) -> Sentence:
        told: dict[str, str | Sentence] = {**self._where(path)}
        if error["type"] == "missing":
            return Sentence("{where}: {key} is missing. Add it.", told)
        if rule := refused(error):
            told["rule"] = rule.said
            if path not in self.set_here and self._settings_behind(path):
                return Sentence("{where}: {key}: {rule}. Correct it, or set {key}, too.", told)
            return Sentence("{where}: {key}: {rule}. Correct it.", told)
        told |= {"found": found(error), "expected": expected(error)}
        if _quoted(error):
            text = "{where}: {key}: found {found}; expected {expected}. Take the quotes away."
            return Sentence(text, told)
        return Sentence("{where}: {key}: found {found}; expected {expected}. Correct it.", told)

    def _where(self, path: tuple[str, ...]) -> dict[str, str]:
        where = self._settings_behind(path) or f"{self.file}:{line_of(self.text, path)}"
        # Which of several tables it is, the line says; their numbers are none of the file's words.
        return {"where": where, "key": ".".join(name for name in path if not name.isdigit())}

    def _settings_behind(self, path: tuple[str, ...]) -> str:
        """The setting of a key; of one that is refused only with the settings, those that are the
        nearest to it. "" for what the file itself has wrong.
        """
        if path in self.set_here:
            return self.set_here[path]
        if path in self.without or not self.set_here:
            return ""
        shared = {one: _shared(one, path) for one in self.set_here}
        return ", ".join(
            self.set_here[one] for one in shared if shared[one] == max(shared.values())
        )


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """How many names two keys begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _path(error: ErrorDetails) -> tuple[str, ...]:
    """The key that an error is about, with the number of each table of several."""
    rule = refused(error)
    return (*map(str, error["loc"]), *(rule.at if rule else ()))


def _quoted(error: ErrorDetails) -> bool:
    """Whether a text is a number or a truth within quotes."""
    kind, value = error["type"].partition("_")[0], error["input"]
    if kind not in ("int", "float", "bool") or not isinstance(value, str):
        return False
    return re.fullmatch(r"true|false|[+-]?\d+(\.\d+)?", value.strip()) is not None


def _close(name: str, known: Sequence[str]) -> str:
    """Which of the known names a name is that is misspelt; "" for none."""
    close = get_close_matches(name.lower(), known, 1, ALIKE)
    return close[0] if close else ""


def _keys_of(path: tuple[str, ...]) -> list[str]:
    """Names that may stand in the table at `path`."""
    table: Any = Assignment
    for part in path:
        if part.isdigit():
            continue
        if get_origin(table) is dict:  # of tables that have names of the teacher's own
            table = get_args(table)[1]
            continue
        if not (isinstance(table, type) and issubclass(table, Document)):
            return []
        info = table.model_fields.get(part)
        table = info.annotation if info is not None else None
        if get_origin(table) is tuple:
            table = get_args(table)[0]
    if not (isinstance(table, type) and issubclass(table, Document)):
        return []
    fields = table.model_fields.items()
    return [field.alias or name for name, field in fields if name != "home"]


def line_of(text: str, path: Sequence[str]) -> int:
    """The line (from 1) of TOML `text` where the key at `path` stands, or the first of its tables;
    else that of the innermost table or key around it, else 1. Array indices are parts of the path:
    ("classes", "3", "folder").
    """
    wanted, table = tuple(path), tuple[str, ...]()
    last: dict[tuple[str, ...], int] = {}  # index of the last table of an array
    best, depth, first = 1, 0, 0
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
        elif not first and here[: len(wanted)] == wanted:
            first = number
    return first if first and depth < len(wanted) else best


def _names(dotted: str) -> list[str]:
    return [name.strip().strip("\"'") for name in dotted.split(".")]
