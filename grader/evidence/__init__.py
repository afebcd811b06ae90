"""What happened in one examination: facts only, no marks."""

from grader.evidence.document import Document
from grader.evidence.evidence import (
    Answer,
    Check,
    Confinement,
    Curve,
    Evidence,
    Layer,
    LeNet5,
    Loading,
    Maps,
    Parameter,
    Problem,
    Records,
    Runtime,
    Stage,
    Submission,
    Trouble,
)
from grader.evidence.findings import Finding, Severity

__all__ = [
    "Answer",
    "Check",
    "Confinement",
    "Curve",
    "Document",
    "Evidence",
    "Finding",
    "Layer",
    "LeNet5",
    "Loading",
    "Maps",
    "Parameter",
    "Problem",
    "Records",
    "Runtime",
    "Severity",
    "Stage",
    "Submission",
    "Trouble",
]
