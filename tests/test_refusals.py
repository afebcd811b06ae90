"""What is wrong with ``assignment.toml`` is told once, at its key, with what was probably meant."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest

from grader.assignment import Assignment, AssignmentError, read_assignment
from grader.evidence import Document
from grader.labs.settings_file import toml

BASE = """[assignment]
id = "x"
title = { en = "X" }
[[classes]]
folder = "a"
[[classes]]
folder = "b"
"""
PART = """[[parts]]
id = "points"
function = "f"
hidden = "h"
[[parts.classes]]
folder = "c"
[[parts.classes]]
folder = "d"
"""
NETWORK = """[[networks]]
name = "Net"
input = [3]
"""


def refusals(folder: Path, text: str, language: str = "en") -> list[str]:
    """The lines that a text is refused with, without the name of the file."""
    (folder / "assignment.toml").write_text(text, encoding="utf-8")
    with pytest.raises(AssignmentError) as error:
        read_assignment(folder)
    return [line.partition("assignment.toml:")[2] for line in
            error.value.said_in(language).splitlines()]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (BASE.replace("en =", "enn ="), "3: unknown key assignment.title.enn. Did you mean en?"),
        (BASE + "gruop = 3\n", "8: unknown key classes.gruop. Did you mean group?"),
        (BASE + "[polcy]\n", "8: unknown key polcy. Did you mean policy?"),
        (BASE + PART.replace("function", "functon"),
         "10: unknown key parts.functon. Did you mean function?"),
        (BASE + PART + "[policy.parts.points]\npoitns = 3\n",
         "17: unknown key policy.parts.points.poitns. Did you mean points?"),
        (BASE + NETWORK + "[[networks.layers]]\nkinds = ['dense']\nweight = [[3, 3]]\n",
         "13: unknown key networks.layers.weight. Did you mean weights?"),
    ],
)  # fmt: skip
def test_a_misspelt_key_is_told_once_with_what_was_meant(
    text: str, told: str, tmp_path: Path
) -> None:
    (line,) = refusals(tmp_path, text)
    assert line.startswith(told)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (BASE + PART + "[policy.parts.point]\n", "16: policy.parts.point: no [[parts]] has this"),
        (BASE + NETWORK + NETWORK, "12: networks.name: Net is used by more than one network"),
        (BASE + PART + PART, "17: parts.id: points is used by more than one part"),
        (BASE + "[policy]\nfull_at = 60\nreport_from = 70\n", "10: policy.report_from: "),
        (BASE + '[policy]\nformula = "percent"\n', "9: policy.formula: formula counts only"),
        (BASE.replace('"b"', '"a"'), "7: classes.folder: a is used by more than one class"),
        (BASE.replace('"b"', '""'), "7: classes.folder: found ''; expected a text that is not"),
        (BASE.replace('"b"', "1"), "7: classes.folder: found 1; expected a text"),
        (BASE.replace('[[classes]]\nfolder = "b"\n', ""), "4: classes: found 1; expected at least"),
        (BASE.replace('{ en = "X" }', '"X"'), "3: assignment.title: found 'X'; expected a table"),
        (BASE.replace('"X"', '" "'), "3: assignment.title: it says nothing"),
        ('home = "x"\n' + BASE, "1: unknown key home."),
    ],
)  # fmt: skip
def test_each_thing_is_told_once_and_at_the_key_that_it_is_about(
    text: str, told: str, tmp_path: Path
) -> None:
    (line,) = refusals(tmp_path, text)
    assert line.startswith(told)
    (chinese,) = refusals(tmp_path, text, "zh")
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese)


def test_a_title_in_one_language_stands_in_for_the_other(tmp_path: Path) -> None:
    (tmp_path / "assignment.toml").write_text(BASE.replace("en =", "zh ="), encoding="utf-8")
    assert read_assignment(tmp_path).assignment.title.en == "X"


def leaves(document: type[Document], *above: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Keys whose values are a number or a truth, in tables that are not lists, and their kind."""
    for field, info in document.model_fields.items():
        kinds = [info.annotation, *get_args(info.annotation)]
        path = (*above, info.alias or field)
        inner = info.annotation
        if isinstance(inner, type) and issubclass(inner, Document):
            yield from leaves(inner, *path)
        elif get_origin(inner) is not dict and (
            kind := next((one.__name__ for one in kinds if one in (bool, int, float)), "")
        ):
            yield path, kind


WRONG: dict[str, list[Any]] = {"bool": ["true", 1, 0.5], "int": ["7", True, 7.0, 7.5]}
WRONG["float"] = ["7", True]
KEYS = list(leaves(Assignment))


@pytest.mark.parametrize(("path", "kind"), KEYS, ids=[".".join(path) for path, _ in KEYS])
def test_no_text_is_taken_for_a_number_or_a_truth(
    path: tuple[str, ...], kind: str, tmp_path: Path
) -> None:
    for value in WRONG[kind]:
        text = f"{BASE}[{path[0]}]\n{path[1]} = {toml(value)}\n"
        (line,) = refusals(tmp_path, text)
        assert line.startswith(f"9: {'.'.join(path)}: found "), line
        assert line.endswith("Take the quotes away.") == isinstance(value, str), line
