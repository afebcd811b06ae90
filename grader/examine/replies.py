"""What a worker reports, as typed values: bounded and validated, and still only its claims."""

from __future__ import annotations

from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from grader.evidence.document import first_fault
from grader.language import Sentence
from grader.worker.protocol import Meta

SUMMARY = 300  # characters of an exception's message in a finding

Line = Annotated[str, Field(max_length=4_000)]
Text = Annotated[str, Field(max_length=40_000)]
Count = Annotated[int, Field(ge=0, le=2**53)]
Misfit = Annotated[float, Field(ge=-1, le=1e6, allow_inf_nan=False)]


class Reply(BaseModel):
    """Strict in types; keys that this version does not know are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _told_in_words(cls, meta: object) -> object:
        """An operation that failed as a whole is told by a sentence in place of a Failure."""
        if isinstance(meta, dict) and isinstance(meta.get("error"), str):
            return {**meta, "error": {"type": meta["error"][:1_000]}}
        return meta


class ForeignNames(Reply):
    """How names in a checkpoint differ from the network's, where one thing explains it."""

    extra_prefix: Line = ""  # of names in a checkpoint, which the network's have not
    lacking_prefix: Line = ""  # of the network's names, which those in a checkpoint have not
    nested: Line = ""  # the name under which the parameters lie in a checkpoint


class Failure(ForeignNames):
    """An exception of the submission: what, where in its own files, and what it missed."""

    type: Line = ""
    message: Line = ""
    file: Line = ""
    line: Count = 0
    source: Line = ""
    traceback: Text = ""
    missing_package: Line = ""
    missing_module: Line = ""  # of the submission's own folders, one in which it is not
    like_module: Line = ""  # the submission's source that may be meant by a module that it misses
    missing_path: Line = ""
    found_elsewhere: Line = ""
    reads_dataset: bool = False  # the missing path belongs to a data set
    closed_archive: Line = ""  # of the submission, that may hold what is missing
    absent_weights: Line = ""  # that the code names, where it reads a data set
    like_weights: Line = ""  # the handed-in file that those most likely are
    device: Line = ""  # the device that was asked for and refused
    under_main: Line = ""  # the name that exists only below `if __name__ == "__main__"`
    python2: bool = False  # written for Python 2
    time_limit: bool = False  # interrupted by the limit for imports
    refused: bool = False  # comes of what the sandbox refuses at level basic alone

    @property
    def place(self) -> dict[str, object]:
        """Where in the submission, as facts of a finding."""
        return {"file": self.file, "line": self.line, "source": self.source}

    @property
    def summary(self) -> str:
        """The exception in one line, with what explains it."""
        message = " ".join(self.message.split())
        message = message if len(message) <= SUMMARY else message[: SUMMARY - 1] + "…"
        text = f"{self.type}: {message}" if message else self.type
        if self.under_main:
            text += f" ({self.under_main} exists only below `if __name__ == '__main__'`)"
        return f"{text} (this is Python 2)" if self.python2 else text

    @property
    def said(self) -> Sentence:
        """The summary, and where in the submission."""
        facts = {"error": self.summary, "file": self.file, "line": str(self.line)}
        if not self.file:
            return Sentence("{error}", facts)
        return Sentence("{error} ({file}, line {line})", facts)

    @property
    def told(self) -> str:
        """The same in English."""
        return str(self.said)


class LastErrorReport(Reply):
    """The exception behind an answer."""

    error: Failure | None = None


class AttemptReport(Reply):
    """Something that an import should not do, and where it was done."""

    what: Line
    file: Line = ""
    line: Count = 0


class OutsideReport(AttemptReport):
    """A path that only its author's machine has."""

    how: Literal["reads", "writes", "looks"] = "reads"  # or only looks whether it is there
    inside: Line = ""  # the submission's own file of that name
    dataset: bool = False  # whether it looks like a part of a data set


class OpenedReport(Reply):
    """Files of the submission that its code has read, and others beside it."""

    files: Annotated[list[Line], Field(max_length=1_000)] = []
    outside: Annotated[list[OutsideReport], Field(max_length=20)] = []


class Unloaded(ForeignNames):
    """Parameters that got no value from a checkpoint, `name` among them, and where."""

    count: Count
    total: Count
    name: Line
    file: Line = ""
    line: Count = 0


class AttemptsReport(Reply):
    """What the submission tried, as far as its worker noticed."""

    installs: Annotated[list[AttemptReport], Field(max_length=20)] = []
    network: Annotated[list[AttemptReport], Field(max_length=20)] = []
    unloaded: Annotated[list[Unloaded], Field(max_length=20)] = []
    trains: AttemptReport | None = None
    missing: Annotated[list[Line], Field(max_length=20)] = []  # files opened that are not there


class LoadReport(Reply):
    """How importing went."""

    entry: Line = ""
    others: Annotated[list[Line], Field(max_length=20)] = []  # that may be meant, too
    lent: Annotated[list[Line], Field(max_length=20)] = []  # paths for which a file was lent
    notes: Annotated[list[Line], Field(max_length=50)] = []
    compatibility: Annotated[list[Line], Field(max_length=50)] = []
    absent: Annotated[list[Line], Field(max_length=50)] = []  # packages it went on without
    function: bool = False
    alike: Line = ""  # a function that is probably it, under another name
    parameter: Line = ""
    line: Count = 0
    stopped: bool = False
    frameworks: Annotated[list[Line], Field(max_length=20)] = []
    error: Failure | None = None
    attempts: AttemptsReport = AttemptsReport()
    without: Annotated[list[Line], Field(max_length=100)] = []
    outside: Annotated[list[OutsideReport], Field(max_length=20)] = []


class ParameterReport(Reply):
    """One parameter of a network."""

    name: Line
    shape: Annotated[list[Count], Field(max_length=8)]


class NetworkReport(Reply):
    """The network that was found, or why none was; where that is a class of its name that is no
    network, its file and line. `undisturbed`: to look for it changed nothing of how the
    submission's function answers.
    """

    found: bool = False
    undisturbed: bool = False
    file: Line = ""
    line: Count = 0
    name: Line = ""
    how: Line = "name"  # it was found: by its "name", its "likeness" to that, its "layers"
    others: Annotated[list[Line], Field(max_length=10)] = []  # that were left aside
    unbuilt: Failure | None = None  # why not the one that has the name
    needs: Annotated[list[Line], Field(max_length=10)] = []  # arguments of that one's constructor
    framework: Line = ""
    parameters: Annotated[list[ParameterReport], Field(max_length=200)] = []
    count: Count = 0
    input: Annotated[list[Count], Field(max_length=8)] = []  # (channels, height, width) it takes
    error: Failure | None = None


class ForwardReport(Reply):
    """How one forward pass went; the array travels beside it."""

    error: Failure | None = None


class SetReport(Reply):
    """Whether weights could be put in."""

    set: bool = False
    error: Failure | None = None


class CheckpointReport(Reply):
    """How many parameters a checkpoint gave a value."""

    loaded: Count = 0
    error: Failure | None = None


class TrainReport(Reply):
    """The loss after each step of training."""

    losses: Annotated[list[float], Field(max_length=1_000)] = []
    error: Failure | None = None


class ArrayReport(Reply):
    """Form of an array: its sizes, its kind of numbers."""

    shape: Annotated[list[Count], Field(max_length=8)] = []
    dtype: Line = ""


class DatasetReport(Reply):
    """The first batch of the submission's data set; its images travel beside it."""

    found: bool = False
    file: Line = ""
    line: Count = 0
    images: ArrayReport = ArrayReport()
    labels: ArrayReport = ArrayReport()
    error: Failure | None = None


class Swallowed(Reply):
    """An exception that the submission's own code kept to itself, and where it passed."""

    type: Line = ""
    message: Line = ""
    file: Line = ""
    line: Count = 0


class ObservedReport(Reply):
    """What happened while one image was answered.

    calls: of networks. file, line: where the network was called that was given an image. output:
    what a network gave last for as many classes as there are. norms, drops: layers of batch
    normalisation and of dropout in training mode. not_finite: where NaN or infinity begin. fresh:
    whether the normalisations are as they were built; None where there is none. digest: of the
    first image that entered.
    """

    outcome: Count = 0
    word: Line = ""
    calls: Count = 0
    file: Line = ""
    line: Count = 0
    shape: Annotated[list[Count], Field(max_length=8)] = []
    dtype: Line = ""
    output: Annotated[list[float | None], Field(max_length=2_000)] = []
    norms: Count = 0
    drops: Count = 0
    not_finite: Line = ""
    fresh: bool | None = None
    digest: Count | None = None
    swallowed: Annotated[list[Swallowed], Field(max_length=5)] = []
    opened: Annotated[list[Line], Field(max_length=2_000)] = []


class Normalisation(Reply):
    """A normalisation over batches: its name in its network, and whether training touched it, by
    the states of `worker.normalisations`.
    """

    name: Line = ""
    state: Line = ""


class NormalisationsReport(Reply):
    """layers: a network's normalisations over batches, in the order in which they are asked. sizes:
    (out, in, height, width) of the convolution before the first, whose values travel beside it;
    none where there is none.
    """

    sizes: Annotated[list[Count], Field(max_length=4)] = []
    layers: Annotated[list[Normalisation], Field(max_length=1_000)] = []


class MisfitsReport(Reply):
    """How far what arrived at each normalisation is from what it stored in training; negative where
    that can't be said.
    """

    misfits: Annotated[list[Misfit], Field(max_length=1_000)] = []


class TracedReport(Reply):
    """Files of the submission that are TorchScript."""

    files: Annotated[list[Line], Field(max_length=100)] = []
    error: Failure | None = None


class ExportReport(Reply):
    """An exported network, asked what the submission's own network was asked for images of ours.

    heard: images for which that was seen. by: the package that opened it, with its release, ""
    where none here reads it. own: it is the network that the submission itself asks. same: images
    for which both mean the same class. why: what kept it from being opened or asked.
    """

    heard: Count = 0
    by: Line = ""
    own: bool = False
    same: Count = 0
    why: Line = ""
    error: Failure | None = None


class ReplayReport(Reply):
    """The answer with a change on the way into the network, as an outcome and a word. largest: the
    class with the largest output, by index; None where no network gave one number for each.
    """

    outcome: Count
    word: Line
    largest: Count | None = None


class ReplyError(ValueError):
    """A report that has not the form it must have."""


R = TypeVar("R", bound=Reply)


def read(kind: type[R], meta: Meta) -> R:
    """The report in `meta`. Raises ReplyError naming the field that is wrong."""
    try:
        return kind.model_validate(meta)
    except ValidationError as error:
        raise ReplyError(f"{kind.__name__}.{first_fault(error)}") from None
