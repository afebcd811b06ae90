"""A run as a document: what an output folder is about, and every publication of its marks."""

from grader.runs.document import (
    SCHEMA,
    Entry,
    HiddenImages,
    Mark,
    Publication,
    Run,
    Setting,
    mark_of,
)
from grader.runs.folder import RunError, RunFolder

__all__ = [
    "SCHEMA",
    "Entry",
    "HiddenImages",
    "Mark",
    "Publication",
    "Run",
    "RunError",
    "RunFolder",
    "Setting",
    "mark_of",
]
