"""Evidence: one submission's examination as facts; `grader.scoring` turns it into marks."""

from enum import Enum
from typing import Any

from pydantic import Field, model_validator

from grader.evidence.document import Document
from grader.evidence.findings import Finding
from grader.evidence.origin import Origin

SCHEMA = 2  # raised when a field changes its meaning; evidence of another schema is made anew


class SubmissionRecord(Document):
    """What was handed in."""

    id: str  # unique in the class, safe as a file name
    name: str  # the student's name as far as it is known, else the id
    number: str = ""  # the student's number as far as it is known
    source: str  # name of the folder or archive
    digest: str  # sha256 over names and bytes of what was handed in
    size: int  # bytes, unpacked
    files: int  # how many
    origin: Origin = Origin()  # whose it is and how it came, by the platform's own word


class Problem(str, Enum):
    """Why an image has no valid answer; the values are finding codes."""

    UNKNOWN_CLASS = "unknown-class"
    WRONG_TYPE = "wrong-return-type"
    RAISED = "predict-failed"
    TIMEOUT = "timeout-predict"
    CRASHED = "crashed"
    MEMORY = "out-of-memory"
    NOT_ASKED = "not-asked"  # the run had ended before this image's turn


class Answer(Document):
    """The answer to one hidden image."""

    image: str  # "<folder>/<file>" in the hidden set
    truth: str  # class name
    answer: str | None  # a class name of the assignment, None without a valid one
    said: str = ""  # what came back where it was no valid answer, cut to 238 bytes
    problem: Problem | None = None  # why there is no valid answer
    seconds: float = 0.0  # wall clock, seen from the grader
    other: str | None = None  # with the channels swapped: None where not asked, "" if not valid

    @property
    def correct(self) -> bool:
        """Whether the answer is the truth."""
        return self.answer == self.truth


class PartAnswers(Document):
    """The answers to the hidden inputs of one more part of the assignment."""

    id: str  # of the part
    classes: int  # that guessing would choose among
    answers: tuple[Answer, ...]  # one for each input, in the order of their ids

    @property
    def correct(self) -> int:
        """How many are right."""
        return sum(answer.correct for answer in self.answers)


class Stage(str, Enum):
    """How far an examination got: the last stage that was begun, in this order."""

    ABSENT = "absent"  # nothing was submitted: of a student on the roster
    INTAKE = "intake"
    START = "start"
    LOAD = "load"
    CHECKS = "checks"  # LeNet5 and the checks: before the first hidden image
    PREDICT = "predict"
    EXPLAIN = "explain"  # what is behind the answers: status, answers and marks stand
    DONE = "done"


class Trouble(Document):
    """A fault of ours (dead sandbox, full disk, absent device): no mark follows from such a run."""

    message: str  # what happened, in the language of the run
    cure: str = ""  # what mends it


class Attempt(Document):
    """An earlier examination of the same submission that a fault of ours ended."""

    started: str  # ISO 8601, UTC
    stage: Stage  # how far it got
    trouble: Trouble  # what ended it
    answered: int  # hidden images that had had their turn by then


class Runtime(Document):
    """The interpreter that the submission ran in. Versions are as the recipe found them."""

    name: str  # "mindspore", "torch", …
    python: str  # "3.11.7"
    packages: dict[str, str] = Field(default_factory=dict)  # framework packages and versions
    device: str = "CPU"  # what it computed on
    tuning: dict[str, str] = Field(default_factory=dict)  # variables set for speed, and values
    # Why this one, by language: "imports mindspore, cv2".
    reason: dict[str, str] = Field(default_factory=dict)


class Confinement(Document):
    """What the sandbox did."""

    level: str  # "strong", "basic" or "none"
    memory_limit: str = "watchdog"  # who kept it: "watchdog", or "kernel" by a control group
    ended: str = ""  # Cause of the (last) box's end
    detail: str = ""  # of the end, such as the signal
    peak_memory: int = 0  # MiB
    memory_before_images: int = 0  # MiB, the peak before the first hidden image
    restarts: int = 0  # boxes started after the first


class Loading(Document):
    """How importing the submission went, as its worker told it (a claim, except the time) before it
    had seen a hidden image.
    """

    entry: str = ""  # path in the submission of the file that defines the required function
    notes: tuple[str, ...] = ()  # what was done to make it run, e.g. lines of a notebook left out
    compatibility: tuple[str, ...] = ()  # names of old interfaces that were put back
    loaded: bool = False  # whether the required function is there to be called
    seconds: float = 0.0  # wall clock from the start of the interpreter


class Parameter(Document):
    """One parameter of a network."""

    name: str  # as the framework calls it
    shape: tuple[int, ...]  # as the framework has it


class Layer(Document):
    """One layer of a network, in order of execution."""

    name: str  # as the network calls it
    kind: str  # "convolution", "max-pool", "dense", "relu", …
    output: tuple[int, ...]  # without the batch, channels first
    parameters: int = 0  # single weights
    multiply_adds: int = 0  # for one image
    seconds: float = 0.0  # wall clock of a pass of three inputs


class Maps(Document):
    """Small grey pictures of one size: kernels, or what a layer makes of an image."""

    count: int  # of pictures
    columns: int = 0  # pictures in a row; 0 for all in one
    height: int  # pixels
    width: int  # pixels
    grey: str  # base64 of uint8, one picture after the other, the least value 0, the largest 255


class WantedLayer(Document):
    """A layer that a network is to have."""

    name: str  # by which the lecture calls it
    kinds: tuple[str, ...]  # of layers that may play it
    outputs: tuple[tuple[int, ...], ...] = ()  # sizes that it may make; any where there are none


class Look(Document):
    """A layer at work on one picture."""

    layer: str  # its name, or its kind and number
    kernels: Maps | None = None  # of a convolution: a row for each of its outputs
    maps: Maps | None = None  # what it makes of the picture


class Network(Document):
    """A network that the assignment asks for, as a worker described the submission's that had seen
    no hidden image.
    """

    asked: str = "LeNet5"  # the name by which the assignment asks for it
    is_lenet5: bool = True  # the lecture's, or one of the teacher's own
    wanted: tuple[WantedLayer, ...] = ()  # the layers of one of the teacher's own
    file: str = ""  # path in the submission
    name: str = ""  # of the class
    framework: str = ""  # of the runtime
    parameters: tuple[Parameter, ...] = ()  # in the network's own order
    count: int = 0  # of single weights
    error: str = ""  # why it could not be found or built
    layers: tuple[Layer, ...] = ()  # in an order in which they can be executed
    variant: dict[str, str] = Field(default_factory=dict)  # e.g. "pool": "max", "input": "32"
    checkpoint: str = ""  # path in the submission of trained weights that fit it
    mnist_correct: int = 0  # of MNIST's test images, with these weights
    mnist_total: int = 0  # 0 where they were not put to it
    looks: tuple[Look, ...] = ()  # convolutions and poolings in order of execution
    differs_at: str = ""  # the first layer that is not as in the lecture: "C1" to "F7", …
    expected: str = ""  # what the lecture has there; a line in each language where they differ
    actual: str = ""  # what the submission has there
    outputs: str = ""  # beside the reference's, with the same weights: "same", "other", or ""
    uncompared: str = ""  # code of why they were not compared: "padding", "input", "weights", …
    losses: tuple[float, ...] = ()  # of a few steps of training

    @model_validator(mode="before")
    @classmethod
    def _of_one_look(cls, data: Any) -> Any:
        """Evidence of releases that drew the first layer alone."""
        if isinstance(data, dict) and data.keys() & {"kernels", "maps"}:
            data = dict(data)
            kernels, maps = data.pop("kernels", None), data.pop("maps", None)
            if kernels or maps:
                data["looks"] = [{"layer": "C1", "kernels": kernels, "maps": maps}]
        return data


class Check(Document):
    """One check of the assignment as it went for this submission."""

    name: str  # "test_lenet5.py::test_batch"
    title: dict[str, str]  # language -> the line that the student reads
    outcome: str  # "passed", "failed", "skipped", "broken" (not with the reference either: ours)
    points: float = 0.0  # marks it carries
    rationale: str = ""  # why it failed or was skipped
    help: str = ""  # what to do
    expected: str = ""  # by the check's own words
    actual: str = ""  # what it found
    fault: str = ""  # staff only: the exception that ended it, and where in the check


class Curve(Document):
    """Loss or accuracy in the course of a training, as a record of the submission has it."""

    file: str  # path in the submission
    cell: int = 0  # of a notebook, from 1; 0 for any other file
    run: int = 1  # of a file that records several trainings
    name: str  # as the record calls it: "loss", "val_acc"
    quantity: str  # "loss", "accuracy" (mostly a share of 1)
    unit: str  # what x counts: "step", "epoch", or "" for the values themselves
    x: tuple[float, ...]  # steps or epochs, ascending
    y: tuple[float, ...]  # as many; extremes are kept where values were left out
    count: int  # values in the record
    lost: int = 0  # values that were no number (nan, inf, or as good as that)


class Records(Document):
    """The lab report and training records that were found; a person says if they are complete."""

    reports: tuple[str, ...] = ()  # paths in the submission
    records: tuple[str, ...] = ()  # checkpoints, logs, curves
    summary: dict[str, int] = Field(default_factory=dict)  # e.g. characters, images, headings
    curves: tuple[Curve, ...] = ()  # read from the records, file by file


class Tensors(Document):
    """What a file of weights can be compared by."""

    file: str  # path in the submission
    prints: str  # base64 of uint64, little-endian: digests of its tensors, sorted


class Fingerprint(Document):
    """What a submission can be compared with others by; see `grader.similarity`."""

    code: str = ""  # base64 of uint32, little-endian: prints of its code, sorted
    weights: tuple[Tensors, ...] = ()  # file by file


class Evidence(Document):
    """Everything that one examination established.

    `findings` are for staff. `told` are those of them that the student reads, made of what workers
    said that had seen no hidden image, and of words of ours.
    """

    schema_version: int = SCHEMA  # raised when a field changes its meaning
    key: str  # of what determined it: submission, assignment, runtime, grader; see grader.store
    submission: SubmissionRecord  # what was examined
    stage: Stage  # how far it got
    stopped: str = ""  # code of the finding that kept hidden images from being asked
    trouble: Trouble | None = None  # the fault of ours that ended it
    runtime: Runtime | None = None  # None before one was chosen
    confinement: Confinement | None = None  # None before a sandbox was started
    loading: Loading = Loading()  # how the import went
    answers: tuple[Answer, ...] = ()  # one for each hidden image, in the hidden set's order
    parts: tuple[PartAnswers, ...] = ()  # of what else the assignment asks, in its order
    networks: tuple[Network, ...] = ()  # that the assignment asks for, in its order
    checks: tuple[Check, ...] = ()  # in the order of the assignment
    records: Records = Records()  # lab report and records of training
    fingerprint: Fingerprint = Fingerprint()  # for the search for copies
    findings: tuple[Finding, ...] = ()  # for staff
    told: tuple[Finding, ...] = ()  # for the student
    mishaps: tuple[str, ...] = ()  # faults of ours that change no mark; for staff
    earlier: tuple[Attempt, ...] = ()  # the oldest first
    started: str = ""  # ISO 8601, UTC
    seconds: float = 0.0  # wall clock of the whole examination
    grader: str = ""  # version

    @model_validator(mode="before")
    @classmethod
    def _of_lenet5_alone(cls, data: Any) -> Any:
        """Evidence of releases that knew one network."""
        if isinstance(data, dict) and "lenet5" in data:
            data = dict(data)
            network = data.pop("lenet5")
            data["networks"] = [network] if network else []
        return data
