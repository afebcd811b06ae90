"""``assignment.toml`` of a new lab: every key with meaning and value, a text to be edited."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic_core import PydanticUndefined

from grader.assignment import Assignment, Label
from grader.evidence import Document
from grader.labs.meanings import first_paragraph, meanings

WIDTH = 110  # characters of a line of comment
# What stands in a comment where a key has no value by itself.
EXAMPLES: Mapping[str, Any] = {"report_from": 50, "absent": 0}

NETWORK = """\
# A network that submissions are to have: what it is to be, a reference beside this file says, in
# MindSpore, PyTorch or Keras. A check makes it marks.
# [[networks]]
# name = "MLP"
# input = [768]
# outputs = 10
# reference = "networks/mlp.py\""""

PARTS = """\
# More that a submission answers: each part has a function, hidden inputs and marks of its own.
# Inputs are "images", "arrays" (.npy) or "texts" (.txt), one folder a class. Remove the first "# "
# of each line to have one.
# [[parts]]
# id = "points"
# function = "classify_points"
# inputs = "arrays"
# hidden = "points"
# [[parts.classes]]
# folder = "spiral"
# [[parts.classes]]
# folder = "ring"
#
# [policy.parts.points]
# title = { en = "Points in the plane", zh = "平面上的点" }
# points = 20
# full_at = 90"""


def settings_file(
    values: Mapping[str, Mapping[str, Any]], classes: Sequence[Label], network: str = ""
) -> str:
    """The text of ``assignment.toml``.

    values: by table and key, what differs from the defaults. classes: in the order of the table.
    network: the table of one that is asked for.
    """
    blocks = [
        "# What is asked of the students, and how it is marked. A key that is not written keeps\n"
        "# the value that stands here. `grade check` says what could go wrong; `grade … --set "
        "limits.total=30` lays\n# another value over one of them for one run."
    ]
    for table, document in _tables():
        lines = [f"# {line}" for line in _wrapped(first_paragraph(document))]
        lines.append(f"[{table}]")
        for comment, key in _keys(document, values.get(table, {})):
            lines += [f"# {line}" for line in _wrapped(comment)]
            lines.append(key)
        blocks.append("\n".join(lines))
    said = meanings(Label)
    explained = [f"{key}: {said[key]}" for key in ("folder", "en", "zh")]
    about = [f"# {line}" for each in explained for line in _wrapped(each)]
    blocks += ["\n".join([*about, *_class(classes[0])])]
    blocks += ["\n".join(_class(label)) for label in classes[1:]]
    return "\n\n".join([*blocks, network or NETWORK, PARTS]) + "\n"


def _tables() -> Iterator[tuple[str, type[Document]]]:
    for name, field in Assignment.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, Document):
            yield name, kind


def _keys(document: type[Document], values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Comment and line of each key."""
    said = meanings(document)
    for field, info in document.model_fields.items():
        name = info.alias or field
        if info.default_factory is not None:
            continue  # tables of their own, which PARTS shows
        value = values.get(name, info.default)
        if value is None or value is PydanticUndefined:
            yield said.get(field, ""), f"# {name} = {toml(EXAMPLES.get(name, ''))}"
        else:
            yield said.get(field, ""), f"{name} = {toml(value)}"


def _class(label: Label) -> list[str]:
    lines = ["[[classes]]", f"folder = {toml(label.folder)}", f"en = {toml(label.en)}"]
    return [*lines, f"zh = {toml(label.zh)}"] if label.zh else lines


def toml(value: Any) -> str:
    """A value as TOML has it."""
    if isinstance(value, Document):
        value = value.model_dump(mode="json")
    if isinstance(value, Mapping):
        inner = ", ".join(f"{key} = {toml(each)}" for key, each in value.items() if each != "")
        return f"{{ {inner} }}"
    if isinstance(value, tuple):
        value = list(value)
    return json.dumps(value, ensure_ascii=False)


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH - 2)
