"""The assignment: what is asked and how it is marked, as ``assignment.toml`` says it."""

from __future__ import annotations

import unicodedata
from collections import Counter
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field, field_validator, model_validator

from grader.assignment.networks import AskedNetwork, lenet5
from grader.assignment.policy import Policy, Title
from grader.evidence import Document
from grader.expectations import WrongError
from grader.language import Sentence

Seconds = Annotated[float, Field(gt=0, le=86_400)]
Mebibytes = Annotated[int, Field(gt=0, le=1_048_576)]
_PARTS = frozenset('/\\:*?"<>|')  # what a folder's name cannot hold on some system
MAX_NAME_BYTES = 200  # bytes of UTF-8 of a class name: an answer holds 238


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
    lenet5: str = ""
    """Name of the network class; "" asks for none."""
    dataset: str = ""
    """Name of the function that gives LeNet5's data set; "" asks for none."""
    cell_marker: str = "生成 main.py 时请勾选此 cell"
    """Notebook cells that are the answer carry this comment."""
    repair: tuple[Literal["weights-path", "device"], ...] = ()
    """What is put right, and told on the page: weights that lie elsewhere in the submission than
    the code looks; a device that the code fixes and this run has not."""


class ImagesSettings(Document):
    """Where the hidden images lie, MNIST's test images, and images that students have, relative to
    the assignment.
    """

    hidden: str = "images"
    """Folder of the hidden images, one folder a class."""
    mnist: str = ""
    """Folder of MNIST's test images and labels (``t10k-*-ubyte``, gz or not); "" for none."""
    train: str = ""
    """Folder of the images that students train with, one folder a class; "" for none. Asked where a
    network is weak, to tell what was learned by heart; no mark depends on it."""
    validation: str = ""
    """Folder of public images that training leaves out, asked likewise; "" for none."""


class Limits(Document):
    """Limits of one submission, kept from outside its process. Wall clock leaves out time in which
    this machine had no processor free for it, up to the limit once more.
    """

    import_: Seconds = Field(60, alias="import")
    """Seconds from the start of the interpreter until the function can be called."""
    first_answer: Seconds = 60
    """Seconds for the first image and each question about a network: networks compile here."""
    answer: Seconds = 5
    """Seconds for each image after the first."""
    total: Seconds = 600
    """Seconds for the import, the hidden images and what is asked about them."""
    checks: Seconds = 300
    """Seconds for networks and the checks, beside `total`, before the first hidden image."""
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


class PlatformSettings(Document):
    """What the learning platform asks of an upload; no evidence and no mark depends on it."""

    upload: Annotated[int, Field(ge=0, le=1_048_576)] = 0
    """MiB of the zip that it takes: `--self-check` and its `--pack` hold what a student hands in
    against it. 0: no limit is known."""


class PagesSettings(Document):
    """What students may see on their pages beyond their own marks."""

    per_class: bool = False
    """Whether students see their accuracy by class."""


class Label(Document):
    """One class: the folder of its images, the name that the function returns, its Chinese name.
    Folders and names may be in any language.
    """

    folder: str = Field(min_length=1, max_length=100)
    """Folder of its images in the hidden set."""
    en: str = Field("", max_length=100)
    """Name that the function returns; the folder's where it is not written."""
    zh: str = ""
    """Chinese name, taken as the same answer."""
    group: str = Field("", max_length=200)
    """Group of classes that it is in, names in several languages parted by `/`: who answers with a
    group's name is told so.
    """

    @model_validator(mode="before")
    @classmethod
    def _named(cls, data: Any) -> Any:
        """The folder's name stands in for a name that is not written."""
        if isinstance(data, dict) and not data.get("en") and isinstance(data.get("folder"), str):
            return {**data, "en": data["folder"]}
        return data

    @field_validator("folder")
    @classmethod
    def _is_a_folder(cls, folder: str) -> str:
        composed = unicodedata.normalize("NFC", folder)
        odd = any(unicodedata.category(letter) in ("Cc", "Cs") for letter in composed)
        if (
            odd
            or composed.startswith(".")
            or composed != composed.strip()
            or _PARTS & set(composed)
        ):
            raise WrongError(
                Sentence(
                    "{folder} can be no folder everywhere: expected a name without {signs}, that "
                    "begins with no dot and ends with no blank",
                    {"folder": folder, "signs": " ".join(sorted(_PARTS))},
                )
            )
        return composed

    @field_validator("en", "zh")
    @classmethod
    def _fits_an_answer(cls, name: str) -> str:
        if len(name.encode("utf-8", "replace")) > MAX_NAME_BYTES:
            facts = {"name": name, "most": str(MAX_NAME_BYTES)}
            raise WrongError(Sentence("{name} has more than {most} bytes in UTF-8", facts))
        return name


def distinct(classes: tuple[Label, ...]) -> tuple[Label, ...]:
    """The classes, where no two share a folder or a name. Raises WrongError."""
    folders = Counter(label.folder for label in classes)
    names = Counter(name for label in classes for name in {label.en, label.zh} - {""})
    for kind, found in (("folder", folders), ("en", names)):
        if twice := sorted(name for name, count in found.items() if count > 1):
            having = [{each.folder} if kind == "folder" else {each.en, each.zh} for each in classes]
            last = max(index for index, words in enumerate(having) if twice[0] in words)
            facts = {"twice": ", ".join(twice)}
            raise WrongError(Sentence("{twice} is used by more than one class", facts), last, kind)
    return classes


class Part(Document):
    """One thing more that a submission answers: a function of its own, with inputs and classes of
    its own, and marks in `[policy.parts.ID]`.
    """

    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")
    """Tells parts apart."""
    function: str = Field(pattern=r"^[A-Za-z_]\w*$")
    """Called with one input; returns a class name."""
    inputs: Literal["images", "arrays", "texts"] = "images"
    """What it is called with: images as `interface.function` gets them; arrays (files .npy: uint8,
    int32 or float32); texts (files .txt in UTF-8, as str)."""
    hidden: str
    """Folder of the hidden inputs beside this file, one folder a class."""
    classes: tuple[Label, ...] = Field(min_length=2)
    """Its classes: tables [[parts.classes]] of folder, en, zh."""

    @field_validator("classes")
    @classmethod
    def _distinct(cls, classes: tuple[Label, ...]) -> tuple[Label, ...]:
        return distinct(classes)


class Assignment(Document):
    """The whole of ``assignment.toml`` and the folder it was read from."""

    home: Path
    assignment: About
    interface: Interface = Interface()
    images: ImagesSettings = ImagesSettings()
    limits: Limits = Limits()
    run: RunSettings = RunSettings()
    platform: PlatformSettings = PlatformSettings()
    policy: Policy = Policy()
    pages: PagesSettings = PagesSettings()
    parts: tuple[Part, ...] = ()
    networks: tuple[AskedNetwork, ...] = Field((), max_length=20)
    classes: tuple[Label, ...] = Field(min_length=2)

    @field_validator("classes")
    @classmethod
    def _distinct(cls, classes: tuple[Label, ...]) -> tuple[Label, ...]:
        return distinct(classes)

    @field_validator("parts")
    @classmethod
    def _told_apart(cls, parts: tuple[Part, ...]) -> tuple[Part, ...]:
        names = [part.id for part in parts]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            facts = {"twice": ", ".join(twice)}
            last = max(index for index, name in enumerate(names) if name == twice[0])
            raise WrongError(Sentence("{twice} is used by more than one part", facts), last, "id")
        return parts

    @model_validator(mode="after")
    def _networks_told_apart(self) -> Assignment:
        names = [network.name for network in self.asked_networks]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            facts = {"twice": ", ".join(twice)}
            at = [index for index, one in enumerate(self.networks) if one.name == twice[0]][-1]
            said = Sentence("{twice} is used by more than one network", facts)
            raise WrongError(said, "networks", at, "name")
        return self

    @model_validator(mode="after")
    def _marks_of_known_parts(self) -> Assignment:
        names = [part.id for part in self.parts]
        if unknown := sorted(set(self.policy.parts) - set(names)):
            facts = {"known": ", ".join(names) or "–"}
            said = Sentence("no [[parts]] has this id, but {known}", facts)
            raise WrongError(said, "policy", "parts", unknown[0])
        return self

    @property
    def id(self) -> str:
        """The assignment's identifier."""
        return self.assignment.id

    @property
    def names(self) -> tuple[str, ...]:
        """Class names in the order of the table: the index of a class is its place here."""
        return tuple(label.en for label in self.classes)

    @property
    def parts_beside_images(self) -> tuple[Part, ...]:
        """The parts whose inputs may lie beside folders of images, in one that is called as the
        part: not where a class has that folder.
        """
        folders = {label.folder for label in self.classes}
        return tuple(part for part in self.parts if part.id not in folders)

    @property
    def asked_networks(self) -> tuple[AskedNetwork, ...]:
        """LeNet5, where the interface names it, and the networks of the teacher's own."""
        name = self.interface.lenet5
        return (*((lenet5(name),) if name else ()), *self.networks)

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
