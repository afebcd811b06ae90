"""The assignment: what is asked and how it is marked, read from ``assignment.toml``."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails

from grader.evidence import Document
from grader.expectations import WrongError, expected, found, refused
from grader.language import Sentence

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FILE_NAME = "assignment.toml"

Seconds = Annotated[float, Field(gt=0, le=86_400)]
Mebibytes = Annotated[int, Field(gt=0, le=1_048_576)]
Percent = Annotated[int, Field(ge=0, le=100)]


class AssignmentError(Exception):
    """The assignment cannot be used: says file, line, what was found, what is expected."""

    def __init__(self, *said: Sentence) -> None:
        """One sentence for each thing that is wrong."""
        super().__init__("\n".join(map(str, said)))
        self.said = said

    def said_in(self, language: str) -> str:
        """What is wrong, a line each, for the reader."""
        return "\n".join(each.said_in(language) for each in self.said)


class Title(Document):
    """What the assignment is called, in both languages."""

    en: str
    """In English."""
    zh: str = ""
    """In Chinese; the English one stands in for it."""


class About(Document):
    """Who the assignment is."""

    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    """Tells labs apart: an output folder belongs to one."""
    title: Title
    """What the pages call it."""


class Interface(Document):
    """The names that a submission must provide."""

    entry: str = "main.py"
    """File that is imported."""
    function: str = Field("predict", pattern=r"^[A-Za-z_]\w*$")
    """Called with one image, uint8 (height, width, 3); returns a class name."""
    channels: Literal["BGR", "RGB"] = "BGR"
    """Order of the image's colour channels; BGR as OpenCV reads it."""
    lenet5: str = "LeNet5"
    """Name of the network class; "" asks for none."""
    dataset: str = ""
    """Name of the function that gives LeNet5's data set; "" asks for none."""
    cell_marker: str = "生成 main.py 时请勾选此 cell"
    """Notebook cells that are the answer carry this comment."""
    repair: tuple[Literal["weights-path", "device"], ...] = ()
    """What is put right, and told on the page: weights that lie elsewhere in the submission than
    the code looks; a device that the code fixes and this run has not."""


class ImagesSettings(Document):
    """Where the hidden images lie, and MNIST's test images, relative to the assignment."""

    hidden: str = "images"
    """Folder of the hidden images, one folder a class."""
    mnist: str = ""
    """Folder of MNIST's test images and labels (``t10k-*-ubyte``, gz or not); "" for none."""


class Limits(Document):
    """Limits of one submission, kept from outside its process. Wall clock leaves out time in which
    this machine had no processor free for it, up to the limit once more.
    """

    import_: Seconds = Field(60, alias="import")
    """Seconds from the start of the interpreter until the function can be called."""
    first_answer: Seconds = 60
    """Seconds for the first image and each question about LeNet5: networks compile here."""
    answer: Seconds = 5
    """Seconds for each image after the first."""
    total: Seconds = 600
    """Seconds for the import, the hidden images and what is asked about them."""
    checks: Seconds = 300
    """Seconds for LeNet5 and the checks, beside `total`, before the first hidden image."""
    diagnosis: Seconds = 60
    """Seconds of `total`, at most, for asking more where that can explain a score."""
    restarts: int = Field(2, ge=0, le=100)
    """Times that a submission which hangs or crashes is started anew."""
    memory: Mebibytes = 4096
    """MiB of memory of all its processes."""
    scratch: Mebibytes = 512
    """MiB that it may write."""
    submission: Mebibytes = Field(1024, validation_alias=AliasChoices("submission", "handin"))
    """MiB of a submission, unpacked."""
    reading: Seconds = 8
    """Seconds of processor time for reading what was submitted (archive, code, report, records,
    weights), and a quarter of a second for each MiB of it."""
    reading_memory: Annotated[int, Field(ge=256, le=1_048_576)] = 448
    """MiB of address space of the process that reads it."""
    reading_output: Mebibytes = 4
    """MiB of one document that this process may give back."""


class RunSettings(Document):
    """How a class is run on a machine; no evidence and no mark depends on it."""

    per_device: int = Field(1, ge=1, le=64)
    """Submissions that share one accelerator; each must fit into its memory beside the rest."""


class Policy(Document):
    """How exact counts become marks; `grader.scoring` applies it."""

    points: float = Field(100, ge=0)
    """Marks for the hidden images."""
    full_at: Percent = 85
    """Per cent of the hidden images right, and above: all points."""
    report_from: Percent = 80
    """Per cent from which a complete lab report gives all points."""
    band: int = Field(5, ge=1, le=100)
    """Per cent that a band is wide."""
    cost: float = Field(5, ge=0)
    """Marks that each band below `full_at` costs."""
    guessing: float = Field(0.01, ge=0, le=1)
    """Level of the one-sided exact test: who is no better than guessing has no points."""
    report: Literal["person", "found"] = "person"
    """Who says that a report is complete: a person, or the grader where it found one."""
    attempts: Literal["latest", "best", "first"] = "latest"
    """Which of several submissions of one student counts."""
    absent: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    """Marks of a student on the roster who submitted nothing; without it none are written."""

    @model_validator(mode="after")
    def _ordered(self) -> Policy:
        if self.report_from > self.full_at:
            facts = {"some": str(self.report_from), "full": str(self.full_at)}
            raise WrongError(
                Sentence("report_from ({some}) must not be above full_at ({full})", facts)
            )
        return self


class PagesSettings(Document):
    """What students may see on their pages beyond their own marks."""

    per_class: bool = False
    """Whether students see their accuracy by class."""


class Label(Document):
    """One class: the folder of its images, the name that `predict` returns, its Chinese name."""

    folder: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    """Folder of its images in the hidden set."""
    en: str = Field(min_length=1, max_length=100)
    """Name that the function returns."""
    zh: str = ""
    """Chinese name, taken as the same answer."""


class Assignment(Document):
    """The whole of ``assignment.toml`` and the folder it was read from."""

    home: Path
    assignment: About
    interface: Interface = Interface()
    images: ImagesSettings = ImagesSettings()
    limits: Limits = Limits()
    run: RunSettings = RunSettings()
    policy: Policy = Policy()
    pages: PagesSettings = PagesSettings()
    classes: tuple[Label, ...] = Field(min_length=2)

    @field_validator("classes")
    @classmethod
    def _distinct(cls, classes: tuple[Label, ...]) -> tuple[Label, ...]:
        for kind in ("folder", "en"):
            values = [getattr(label, kind) for label in classes]
            if twice := sorted({value for value in values if values.count(value) > 1}):
                facts = {"kind": kind, "twice": ", ".join(twice)}
                raise WrongError(Sentence("{kind} {twice} is used by more than one class", facts))
        return classes

    @property
    def id(self) -> str:
        """The assignment's identifier."""
        return self.assignment.id

    @property
    def names(self) -> tuple[str, ...]:
        """Class names in the order of the table: the index of a class is its place here."""
        return tuple(label.en for label in self.classes)

    @property
    def mnist(self) -> Path | None:
        """The folder of MNIST's test images, where the assignment names one."""
        return self.home / self.images.mnist if self.images.mnist else None

    @property
    def provided(self) -> Path | None:
        """The folder that is laid under every submission, where there is one: starter modules,
        public data, weights of a backbone.
        """
        folder = self.home / "provided"
        return folder if folder.is_dir() else None

    @property
    def handed_out(self) -> tuple[Path, ...]:
        """Folders with what the teacher handed out, where there are any: `provided`, and
        ``starter`` for code that students begin with and is laid under nothing.
        """
        folders = (self.home / "provided", self.home / "starter")
        return tuple(folder for folder in folders if folder.is_dir())

    @property
    def hidden(self) -> Path:
        """The folder of the hidden images."""
        return self.home / self.images.hidden


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
    path = tuple(str(part) for part in error["loc"])
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
    """The line (from 1) of TOML `text` where the key at `path` stands; else that of its table,
    else 1. Array indices are parts of the path: ("classes", "3", "folder").
    """
    wanted = [part for part in path if not part.isdigit()]
    index = next((int(part) for part in path if part.isdigit()), None)
    best, seen, inside = 1, -1, len(wanted) == 1
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[\[?\s*([^\]\s]+)\s*\]", line):
            inside = header[1] == ".".join(wanted[: len(header[1].split("."))])
            seen += inside
            inside = inside and (seen == index if index is not None else seen == 0)
            if inside:
                best = number
            continue
        if (inside or len(wanted) == 1) and re.match(rf"\s*[\"']?{re.escape(wanted[-1])}\b", line):
            return number
    return best
