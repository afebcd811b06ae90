"""What a reader reports, as typed values: bounded and validated, and still only its claims."""

from __future__ import annotations

import base64
import binascii
import math
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from grader.evidence import Curve, Fingerprint, Records, Tensors
from grader.evidence.document import first_fault
from grader.language import known
from grader.readers.limits import ReadingLimit
from grader.readers.notices import Notice, notice, shown
from grader.worker.protocol import FrameError, Meta

MAX_TEXT_CHARS = 4_000  # characters
MAX_SENTENCE_DEPTH = 3  # sentences within sentences


def _prints(size: int) -> AfterValidator:
    """Base64 of numbers of `size` bytes."""

    def check(text: str) -> str:
        try:
            raw = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            raise ValueError("expected base64") from None
        if len(raw) % size:
            raise ValueError(f"expected numbers of {size} bytes")
        return text

    return AfterValidator(check)


Path = Annotated[str, Field(min_length=1, max_length=1_000)]
Line = Annotated[str, Field(max_length=500)]
Count = Annotated[int, Field(ge=0, le=2**53)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
LeftOut = Annotated[list[tuple[Path, ReadingLimit]], Field(max_length=1_000, strict=False)]


class ReaderDocument(BaseModel):
    """Strict in types; refuses what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SaidSentence(ReaderDocument):
    """A sentence of ours with its facts."""

    text: Line
    facts: Annotated[dict[Line, Any], Field(max_length=10)] = {}

    def notice(self, depth: int = 0) -> Notice:
        """The notice. Raises FrameError where no sentence of ours is so."""
        if not known(self.text) or depth > MAX_SENTENCE_DEPTH:
            raise FrameError("a sentence that is none of ours")
        facts: dict[str, object] = {}
        for name, fact in self.facts.items():
            facts[name] = (
                shown(fact) if isinstance(fact, str) else read(SaidSentence, fact).notice(depth + 1)
            )
        return notice(self.text, **facts)


class UnpackDocument(ReaderDocument):
    """What is worth telling of an archive that was unpacked."""

    notices_: Annotated[list[SaidSentence], Field(alias="notices", max_length=50)]

    @model_validator(mode="after")
    def _said_by_us(self) -> UnpackDocument:
        self.notices()
        return self

    def notices(self) -> tuple[Notice, ...]:
        """The notices."""
        return tuple(said.notice() for said in self.notices_)


class ArchiveNames(ReaderDocument):
    """Names of files in an archive, as they are there."""

    names: Annotated[list[str], Field(max_length=1_000_000)]


class StagedDocument(ReaderDocument):
    """What the files of a staged submission hold, and which of them could not be read."""

    left_out: LeftOut = []


class PlainDocument(StagedDocument):
    """Which sources only newer versions of Python read as they are."""

    newer: Annotated[list[Path], Field(max_length=1_000)] = []


Where = tuple[Line, Path, Count]


class ScanDocument(StagedDocument):
    """What the code says of itself; see `runtimes.imports.ImportScan`."""

    entry: Annotated[str, Field(max_length=1_000)] = ""
    imports: Annotated[list[tuple[Line, Path, Count, bool]], Field(max_length=1_000)] = []
    installs: Annotated[list[Where], Field(max_length=1_000)] = []
    devices: Annotated[list[Where], Field(max_length=1_000)] = []
    lines_only: Annotated[list[Path], Field(max_length=1_000)] = []


class CurveDocument(ReaderDocument):
    """A curve; see `evidence.Curve`."""

    file: Path
    cell: Count
    run: Count
    name: Annotated[str, Field(max_length=100)]
    quantity: Literal["loss", "accuracy"]
    unit: Literal["step", "epoch", ""]
    x: Annotated[list[Finite], Field(min_length=1, max_length=500)]
    y: Annotated[list[Finite], Field(min_length=1, max_length=500)]
    count: Count
    lost: Count


class RecordsDocument(StagedDocument):
    """Lab reports and records of training; see `evidence.Records`."""

    reports: Annotated[list[Path], Field(max_length=500)]
    records_: Annotated[list[Path], Field(alias="records", max_length=500)]
    summary: Annotated[dict[Annotated[str, Field(max_length=40)], Count], Field(max_length=40)]
    curves: Annotated[list[CurveDocument], Field(max_length=100)]

    @model_validator(mode="after")
    def _can_be_drawn(self) -> RecordsDocument:
        if any(len(drawn.x) != len(drawn.y) for drawn in self.curves):
            raise ValueError("a curve has places and values of other numbers")
        return self

    def records(self) -> Records:
        """The value that evidence keeps."""
        return Records(
            reports=tuple(self.reports),
            records=tuple(self.records_),
            summary=self.summary,
            curves=tuple(Curve(**drawn.model_dump()) for drawn in self.curves),
        )


class WeightPrints(ReaderDocument):
    """Prints of the tensors in a file."""

    file: Path
    prints: Annotated[str, Field(max_length=100_000), _prints(8)]


class PrintsDocument(StagedDocument):
    """What a submission can be compared by; see `evidence.Fingerprint`."""

    code: Annotated[str, Field(max_length=1_000_000), _prints(4)]
    weights: Annotated[list[WeightPrints], Field(max_length=1_000)]

    def fingerprint(self) -> Fingerprint:
        """The value that evidence keeps."""
        weights = (Tensors(file=each.file, prints=each.prints) for each in self.weights)
        return Fingerprint(code=self.code, weights=tuple(weights))


D = TypeVar("D", bound=ReaderDocument)


def read(kind: type[D], meta: Meta) -> D:
    """The document in `meta`. Raises FrameError naming the field that is wrong."""
    try:
        return kind.model_validate(meta)
    except ValidationError as error:
        raise FrameError(f"{kind.__name__}.{first_fault(error)}") from None


def text(value: object) -> str:
    """A text of a report, cut."""
    return str(value)[:MAX_TEXT_CHARS]


def seconds(value: object) -> float:
    """A time of a report, at least 0; nonsense is all the time that there is."""
    return value if isinstance(value, float) and 0 <= value < math.inf else math.inf


def limit(value: object) -> str:
    """The name of a limit in a report: "time" or "memory"."""
    return "memory" if value == "memory" else "time"
