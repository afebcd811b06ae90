"""A run as a document: what an output folder is about, and every publication of its marks."""

from grader.runs.document import (
    SCHEMA,
    HiddenImages,
    Publication,
    PublishedMark,
    Run,
    Setting,
    SubmissionEntry,
    mark_of,
)
from grader.runs.folder import RunError, RunFolder

__all__ = [
    "SCHEMA",
    "HiddenImages",
    "Publication",
    "PublishedMark",
    "Run",
    "RunError",
    "RunFolder",
    "Setting",
    "SubmissionEntry",
    "mark_of",
]
