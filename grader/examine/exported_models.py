"""Models that were exported for phones and servers: named, by their files' names alone."""

from __future__ import annotations

from pathlib import Path

from grader.evidence import Finding
from grader.evidence.findings import find

SUFFIXES = {
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
}
SAVED_MODEL = "saved_model.pb"  # in a folder of TensorFlow's
MAX_NAMED = 10  # that are named


def exported(submission: Path) -> list[Finding]:
    """A note that names the exported models in the submission staged at this folder, if any."""
    found = []
    for path in sorted(submission.rglob("*")):
        name = path.relative_to(submission).as_posix()
        if path.name == SAVED_MODEL:
            found.append(f"{Path(name).parent.as_posix()} (SavedModel)")
        elif kind := SUFFIXES.get(path.suffix.lower()):
            found.append(f"{name} ({kind})")
    if not found:
        return []
    more = f" (+{len(found) - MAX_NAMED})" if len(found) > MAX_NAMED else ""
    return [find("exported-models", names=", ".join(found[:MAX_NAMED]) + more)]
