"""Models that were exported for phones and servers: named, and opened beside what predict asks.

They count nothing. By the names of their files alone the grader knows of them; what opens one is
the submission's own worker, before it has seen a hidden image, and what that says is a claim.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from grader.evidence import Finding
from grader.evidence.findings import make_finding
from grader.examine.images import HiddenImage
from grader.examine.replies import ExportReport
from grader.examine.session import Session
from grader.examine.stand_ins import stand_ins
from grader.examine.worker_client import WorkerEndedError
from grader.language import Sentence

KINDS = {
    ".mindir": "MindIR",
    ".ms": "MindSpore Lite",
    ".onnx": "ONNX",
    ".tflite": "TFLite",
    ".om": "Ascend",
    ".air": "Ascend",
    ".mlmodel": "Core ML",
    ".mlpackage": "Core ML",
    ".ncnn": "ncnn",
    ".mnn": "MNN",
    ".engine": "TensorRT",
    ".pb": "TensorFlow graph",
    ".torchscript": "TorchScript",
    ".ptl": "TorchScript",
}
MAYBE_TRACED = (".pt", ".pth")  # TorchScript, or a state, which is called the same
SAVED_MODEL = "saved_model.pb"  # in a folder of TensorFlow's
READERS = {  # packages that read a kind; the worker has those of the runtime
    "ONNX": "onnxruntime, cv2",
    "MindIR": "mindspore",
    "TorchScript": "torch",
    "TFLite": "tensorflow, cv2",
    "SavedModel": "tensorflow",
    "TensorFlow graph": "cv2",
}
MAX_NAMED = 10  # that are named
MAX_ASKED = 50  # files of which it is asked whether they are TorchScript
MAX_OPENED = 4  # that are opened: each costs the time of a first image
IMAGES = 10  # of ours, for which an export is compared
MAX_SIDE = 256  # pixels of such an image


class ExportedModel(NamedTuple):
    """An export: its file or folder in the submission, and what it is."""

    file: str
    kind: str


def exported(submission: Path) -> list[ExportedModel]:
    """The exported models in the submission staged at this folder, by their files' names alone."""
    found = []
    paths = sorted(submission.rglob("*"))
    saved = {path.parent for path in paths if path.name == SAVED_MODEL}
    for path in paths:
        kind = KINDS.get(path.suffix.lower())
        if path in saved:
            found.append(ExportedModel(path.relative_to(submission).as_posix(), "SavedModel"))
        elif kind and not saved.intersection(path.parents):
            found.append(ExportedModel(path.relative_to(submission).as_posix(), kind))
    return found


def traced(submission: Path, session: Session) -> list[ExportedModel]:
    """Those that are TorchScript by what the worker says of files that a state may be, too."""
    paths = sorted(path for path in submission.rglob("*") if path.suffix.lower() in MAYBE_TRACED)
    names = [path.relative_to(submission).as_posix() for path in paths[:MAX_ASKED]]
    told = set(session.traced(names)) if names else set()
    return [ExportedModel(name, "TorchScript") for name in names if name in told]


def named(models: Sequence[ExportedModel]) -> list[Finding]:
    """A note that names the models, where no network is there beside which they could be opened."""
    return [_note([_name(model) for model in models], differs=False)] if models else []


def compared(
    models: Sequence[ExportedModel], session: Session, hidden: Sequence[HiddenImage]
) -> list[Finding]:
    """A note about the models, each opened and asked what the submission's network is asked for
    images of ours, as long as the session's clock allows.

    What one does to its worker costs nobody anything: a kill from outside is not counted.
    """
    if not models:
        return []
    images, kills = ours(hidden), session.kills
    told, differs, opened = [], False, 0
    for model in models:
        asked = model.kind in READERS and opened < MAX_OPENED and session.clock.left > 0
        try:
            report = session.exported(model.file, model.kind, images) if asked else None
        except WorkerEndedError as ended:
            session.kills = kills
            why = f"{ended.end.cause.value} {ended.end.detail}".strip()
            report = ExportReport(why=why)
        opened += report is not None
        if report is not None and report.error is not None:
            report = ExportReport(why=report.error.summary)
        if report is None:
            told.append(_name(model))
        elif not (report.own and model.kind == "TorchScript"):  # then it is the weights
            told.append(_told(model, report))
            differs = differs or _differs(report)
    session.close()
    return [_note(told, differs)] if told else []


def ours(hidden: Sequence[HiddenImage]) -> NDArray[np.uint8]:
    """Images of spots, uint8 (N, H, W, 3), the same ones for the same hidden set."""
    height, width = (min(side, MAX_SIDE) for side in stand_ins(hidden)[0].shape[:2])
    random = np.random.default_rng(1)
    spots = random.integers(0, 256, (IMAGES, 8, 8, 3), np.uint8)
    smooth = Image.Resampling.BILINEAR
    return np.stack(
        [np.asarray(Image.fromarray(one).resize((width, height), smooth)) for one in spots]
    )


def _differs(report: ExportReport) -> bool:
    return bool(report.by and report.heard and not report.own and not report.why) and (
        report.same < report.heard
    )


def _name(model: ExportedModel) -> Sentence:
    if model.kind in READERS:
        return Sentence("{file} ({kind})", {"file": model.file, "kind": model.kind})
    facts = {"file": model.file, "kind": model.kind}
    return Sentence("{file} ({kind}), which nothing here opens", facts)


def _told(model: ExportedModel, report: ExportReport) -> Sentence:
    facts: dict[str, str | Sentence] = {
        "file": model.file,
        "kind": model.kind,
        "by": report.by,
        "why": report.why,
        "same": str(report.same),
        "count": str(report.heard),
        "packages": READERS[model.kind],
    }
    if not report.by and report.why:
        return Sentence("{file} ({kind}), which could not be opened: {why}", facts)
    if not report.by:
        text = "{file} ({kind}), not opened: this runtime has none of {packages}"
        return Sentence(text, facts)
    if report.own:
        return Sentence("{file} ({kind}), which the submission itself asks", facts)
    if report.why:
        return Sentence("{file} ({kind}), opened by {by}, not compared: {why}", facts)
    if not report.heard:
        text = "{file} ({kind}), opened by {by}, not compared: no network was seen at work"
        return Sentence(text, facts)
    text = (
        "{file} ({kind}), opened by {by}: the class of the submission's own network for "
        "{same} of {count} images of ours"
    )
    return Sentence(text, facts)


def _note(told: Sequence[Sentence], differs: bool) -> Finding:
    names: Sentence = reduce(
        lambda one, other: Sentence("{one}; {other}", {"one": one, "other": other}),
        told[:MAX_NAMED],
    )
    if len(told) > MAX_NAMED:
        facts: dict[str, str | Sentence] = {
            "names": names,
            "count": str(len(told) - MAX_NAMED),
        }
        names = Sentence("{names}; {count} more", facts)
    cure = Sentence(
        "An export that answers otherwise was made of other weights or another mode: load the "
        "trained weights and leave training mode (eval(), set_train(False)) before you export."
    )
    return make_finding("exported-models", {"cure": cure} if differs else {}, names=names)
