"""What happened in one examination: facts only, no marks."""

from grader.evidence.document import Document
from grader.evidence.evidence import (
    Answer,
    Attempt,
    Check,
    Confinement,
    Curve,
    Evidence,
    Fingerprint,
    Layer,
    LeNet5,
    Loading,
    Maps,
    Parameter,
    PartAnswers,
    Problem,
    Records,
    Runtime,
    Stage,
    SubmissionRecord,
    Tensors,
    Trouble,
)
from grader.evidence.findings import Finding
from grader.evidence.origin import Origin, Roster, Submitter
from grader.evidence.severity import Severity

__all__ = [
    "Answer",
    "Attempt",
    "Check",
    "Confinement",
    "Curve",
    "Document",
    "Evidence",
    "Finding",
    "Fingerprint",
    "Layer",
    "LeNet5",
    "Loading",
    "Maps",
    "Origin",
    "Parameter",
    "PartAnswers",
    "Problem",
    "Records",
    "Roster",
    "Runtime",
    "Severity",
    "Stage",
    "SubmissionRecord",
    "Submitter",
    "Tensors",
    "Trouble",
]
