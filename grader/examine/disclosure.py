"""What a student may read of what was said after the first hidden image.

A worker that has seen a hidden image can put it into anything that it says. The copy of the
answers that the student's findings are made of holds nothing but words of a closed vocabulary of
ours (class names, kinds of problems, types of exceptions and of values, signals, steps of a scale),
places in the student's own source, and what a worker that has seen no hidden image says about
stand-ins.
"""

from __future__ import annotations

import builtins
import re
import signal
from pathlib import Path

from grader.evidence import Answer, Problem
from grader.evidence.scale import on_scale
from grader.examine.cause_search import CauseSearch
from grader.examine.class_names import Vocabulary
from grader.examine.further_questions import is_of_another_lab, names_groups
from grader.examine.predicting import Predictions
from grader.examine.remedies import SCALES, Remedy
from grader.examine.replies import Failure, ObservedReport
from grader.examine.stand_ins import StandInsHeard
from grader.language import Sentence
from grader.sandbox.contract import End

MAX_SOURCE_BYTES = 4 * 1024 * 1024  # bytes of a source whose lines are counted
LONGEST_CELL = 10_000  # lines of a cell of a notebook
OTHER_TYPE = "Exception"  # in place of a type that is not known here
TYPES = frozenset(
    name
    for name, thing in vars(builtins).items()
    if isinstance(thing, type) and issubclass(thing, BaseException)
) | {
    *("cv2.error", "numpy.AxisError", "numpy.linalg.LinAlgError", "PIL.UnidentifiedImageError"),
    *("json.JSONDecodeError", "zipfile.BadZipFile", "pickle.UnpicklingError", "struct.error"),
    *("torch.OutOfMemoryError", "torch.AcceleratorError", "tensorflow.InvalidArgumentError"),
    *("tensorflow.ResourceExhaustedError", "tensorflow.NotFoundError"),
}
DETAILS = {"exit code 0", *(one.name for one in signal.Signals)}
_HOLDING = ("tuple", "list", "dict", "set")
VALUES = frozenset(
    {
        *(
            "None",
            "str",
            "bytes",
            "bool",
            "int",
            "float",
            "complex",
            "ndarray",
            "Tensor",
            "EagerTensor",
        ),
        *("int8", "int16", "int32", "int64", "uint8", "float16", "float32", "float64", "bool_"),
        *("str_", "bytes_", "function", "coroutine", "generator", "Image", "Series", "DataFrame"),
        *_HOLDING,
    }
)
_HELD = re.compile(r"(\w+) of ([1-9]) ([\w.]+(?:, [\w.]+){0,2})(?::|$)")
_CELL = re.compile(r"(.+\.ipynb) cell ([1-9][0-9]{0,3})")


def disclosed(
    predictions: Predictions, heard: StandInsHeard, submission: Path, vocabulary: Vocabulary
) -> Predictions:
    """The copy of `predictions` that a student's findings may be made of; see above."""
    end = predictions.end
    error = predictions.error
    return predictions._replace(
        answers={name: _answer(one, heard) for name, one in predictions.answers.items()},
        error=error and _failure(error, heard, submission),
        end=end and End(end.cause, end.detail if end.detail in DETAILS else ""),
        trouble=None,
        groups=names_groups(list(predictions.answers.values()), vocabulary),
        other_lab=is_of_another_lab(list(predictions.answers.values()), vocabulary),
    )


def without_words(behind: CauseSearch, submission: Path) -> CauseSearch:
    """What is behind the answers, with no word or number in it but kinds and counts, and places in
    the student's own source: for where a worker may have had word of hidden images.
    """
    reports = {name: _looked(one, submission) for name, one in behind.looked.reports.items()}
    departs = behind.departs
    return behind._replace(
        looked=behind.looked._replace(reports=reports),
        departs=departs and departs._replace(layer=f"{departs.fit + 1} / {departs.total}"),
        mended=tuple(
            each._replace(remedies=tuple(map(_remedy, each.remedies))) for each in behind.mended
        ),
    )


def _looked(report: ObservedReport, submission: Path) -> ObservedReport:
    there = _is_a_place(submission, report.file, report.line)
    swallowed = [
        one.model_copy(
            update={
                "message": one.type if one.type in TYPES else OTHER_TYPE,
                **({} if _is_a_place(submission, one.file, one.line) else {"file": "?", "line": 0}),
            }
        )
        for one in report.swallowed
    ]
    return report.model_copy(
        update={
            "word": "",
            "opened": [],
            "not_finite": report.not_finite.partition(" ")[0].replace("weight", "inside"),
            "swallowed": swallowed,
            **({} if there else {"file": "", "line": 0}),
        }
    )


def _remedy(remedy: Remedy) -> Remedy:
    facts = dict(remedy.facts)
    now = facts.get("now")
    if now is not None and now not in [scale.name for scale in SCALES]:
        size = remedy.code == "image-size"
        facts["now"] = Sentence("another size") if size else Sentence("another scale")
    return remedy._replace(facts=facts)


def _answer(answer: Answer, heard: StandInsHeard) -> Answer:
    said = answer.said if answer.said in heard.words else ""
    if not said and answer.problem is Problem.WRONG_TYPE:
        said = _form(answer.said)
    return answer.model_copy(update={"said": said, "seconds": on_scale(answer.seconds)})


def _form(said: str) -> str:
    """What kind of value `said` describes (`worker.answers`), without the value; "" where its types
    are not known here.
    """
    held = _HELD.match(said)
    if held and held[1] in _HOLDING:
        kinds = [_last(kind) for kind in held[3].split(", ")]
        return f"{held[1]} of {held[2]} {', '.join(kinds)}" if VALUES.issuperset(kinds) else held[1]
    kind = _last(said.removeprefix("empty ").partition(" ")[0])
    return kind if kind in VALUES else ""


def _last(qualified: str) -> str:
    """The name of a type without its module, which anybody names."""
    return qualified.rpartition(".")[2]


def _failure(error: Failure, heard: StandInsHeard, submission: Path) -> Failure:
    """The exception as a clean worker tells it, where it meets the same one at the same place; else
    its type and place alone.
    """
    for clean in heard.failures:
        if (clean.type, clean.file, clean.line) == (error.type, error.file, error.line):
            return clean
    return bare(error, submission)


def bare(error: Failure, submission: Path) -> Failure:
    """The exception's type and place alone, as far as they are known here."""
    kind = error.type if error.type in TYPES else OTHER_TYPE
    if not _is_a_place(submission, error.file, error.line):
        return Failure(type=kind)
    return Failure(type=kind, file=error.file, line=error.line)


def _is_a_place(submission: Path, file: str, line: int) -> bool:
    """Whether the submission has such a line."""
    cell = _CELL.fullmatch(file)
    path = Path(cell[1] if cell else file)
    if path.is_absolute() or ".." in path.parts or not file:
        return False
    try:
        whole = submission / path
        if not whole.is_file() or whole.stat().st_size > MAX_SOURCE_BYTES:
            return False
        lines = LONGEST_CELL if cell else len(whole.read_bytes().splitlines())
    except (OSError, ValueError):
        return False
    return 0 < line <= lines
