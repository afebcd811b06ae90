"""The files of a new lab, laid out so that it can be graded at once and edited from there."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from grader.assignment import FILE_NAME, Label, Title, read_assignment
from grader.checks.reference import FOLDER as REFERENCE
from grader.labs import nearest_mean, shapes, splitting, student_text
from grader.labs.asked_network import FRAMEWORKS, ScaffoldedNetwork
from grader.labs.settings_file import settings_file
from grader.labs.student_text import PUBLIC, STARTER
from grader.language import SaidError, Sentence

TEXTS = Path(__file__).parent / "texts"


class LabError(SaidError):
    """A lab cannot be made so: says why, and what to do."""


class Wanted(NamedTuple):
    """What is asked for of a new lab.

    images: a folder of images for each class; None for the example of coloured shapes.
    hidden: per cent of the images that are hidden. network: one that is asked for ("" for none), of
    `asked_network.INPUTS`, its reference in `framework`.
    """

    id: str
    title: Title
    function: str
    channels: str
    full_at: int
    hidden: int
    images: Path | None = None
    network: str = ""
    framework: str = FRAMEWORKS[0]


class Made(NamedTuple):
    """What a new lab holds."""

    classes: tuple[Label, ...]
    hidden: int  # images
    public: int  # images
    left_out: tuple[Path, ...]  # what is no image


def id_of(folder: Path) -> str:
    """An identifier for a lab in `folder`."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", folder.resolve().name).strip("-._") or "lab"


def make(folder: Path, wanted: Wanted) -> Made:
    """Write a lab into `folder`, which has to be new or empty.

    Raises LabError, ImagesError and OSError; nothing is written for wrong words.
    """
    _require_sound(folder, wanted)
    with TemporaryDirectory(prefix="lab-") as temporary:
        source = wanted.images
        if source is None:
            source = Path(temporary) / "images"
            shapes.draw(source)
        images = splitting.read_images(source)
        classes = shapes.labels() if wanted.images is None else splitting.labels_of(images)
        folder.mkdir(parents=True, exist_ok=True)
        counts = splitting.divide(images, wanted.hidden, folder / "images", folder / PUBLIC)
    _write_texts(folder, wanted, classes)
    nearest_mean.write(
        *(folder / REFERENCE, folder / PUBLIC, classes, "main.py"),
        function=wanted.function,
        channels=wanted.channels,
    )
    return Made(tuple(classes), *counts, tuple(images.left_out))


def _require_sound(folder: Path, wanted: Wanted) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise LabError(
            Sentence(
                "{folder}: there is something already. Name a folder that is new or empty.",
                {"folder": str(folder)},
            )
        )
    if not wanted.function.isidentifier() or keyword.iskeyword(wanted.function):
        raise LabError(
            Sentence(
                "--function {name}: expected a name that Python allows, such as classify",
                {"name": wanted.function},
            )
        )
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", wanted.id):
        raise LabError(
            Sentence(
                "--id {name}: expected letters, digits, dots and dashes, such as shapes-2",
                {"name": wanted.id},
            )
        )
    for option, value in (("--full-at", wanted.full_at), ("--hidden", wanted.hidden)):
        if not 1 <= value <= 100 - (option == "--hidden"):
            raise _no_percent(option, str(value))


def percent(option: str, text: str) -> int:
    """The per cent that were typed. Raises LabError where it is no whole number."""
    try:
        return int(text)
    except ValueError:
        raise _no_percent(option, text) from None


def _no_percent(option: str, value: str) -> LabError:
    facts = {"option": option, "value": value}
    return LabError(Sentence("{option} {value}: expected whole per cent, such as 60", facts))


def _write_texts(folder: Path, wanted: Wanted, classes: Sequence[Label]) -> None:
    values: dict[str, dict[str, Any]] = {
        "assignment": {"id": wanted.id, "title": wanted.title},
        "interface": {"function": wanted.function, "channels": wanted.channels},
        "policy": {"full_at": wanted.full_at},
    }
    facts = {
        "function": wanted.function,
        "channels": wanted.channels,
        "first": repr(classes[0].en),
    }
    network = None
    if wanted.network:
        network = ScaffoldedNetwork(wanted.network, wanted.framework, len(classes))
    texts = {
        FILE_NAME: settings_file(values, classes, network.table if network else ""),
        f"{STARTER}/main.py": _text("main.py", facts),
        "test_answers.py": _text("test_answers.py", facts),
        **(network.files if network else {}),
    }
    for name, text in texts.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    text = student_text.readme(read_assignment(folder))
    (folder / "README.md").write_text(text, encoding="utf-8", newline="\n")


def _text(name: str, facts: Mapping[str, str]) -> str:
    """A text of the scaffold with the facts of this lab."""
    return Template((TEXTS / f"{name}.txt").read_text(encoding="utf-8")).substitute(facts)
