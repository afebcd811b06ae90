"""A calm word to students whose function prints for each image."""

from __future__ import annotations

import re
from pathlib import Path

from grader.assignment import Assignment
from grader.cli.checklist import SelfCheckLine
from grader.evidence import Evidence
from grader.language import Translate
from grader.report.repetition import most_alike


def printing_line(
    folder: Path, evidence: Evidence, log: str, assignment: Assignment, say: Translate
) -> list[SelfCheckLine]:
    """The line, where the log has as many lines of one form as there were images, and the function
    of the submission at `folder` prints by itself: an import prints such lines, too.
    """
    function = assignment.interface.function
    if not 1 < len(evidence.answers) <= most_alike(log, assignment.names):
        return []
    try:
        source = (folder / evidence.loading.entry).read_text(encoding="utf-8", errors="replace")
    except OSError:  # a zip, a notebook's cell
        return []
    if not re.search(r"\bprint\s*\(", _body(source, function)):
        return []
    text = say(
        "{function} prints something for each image. That is no fault: it stays in the log, and no "
        "mark depends on it."
    )
    return [SelfCheckLine(None, text.format(function=function))]


def _body(source: str, function: str) -> str:
    """The text of a function, by its indentation; "" where it is not there."""
    found = re.search(
        rf"^([ \t]*)def {re.escape(function)}\(.*\n((?:\1[ \t]+.*\n|[ \t]*\n)*)",
        source + "\n",
        re.MULTILINE,
    )
    return found[2] if found else ""
