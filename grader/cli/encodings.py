"""Output that a terminal's or a file's encoding cannot hold: Chinese Windows writes GBK."""

from __future__ import annotations

import codecs
import io
import sys

# What stands in for a sign that tells something; anything else that cannot be written becomes "?".
STAND_INS = {
    "✓": "+",
    "✗": "x",
    "→": "->",
    "–": "-",
    "·": "-",
    "…": "...",
    "█": "#",
    "•": "*",
}


def never_fail() -> None:
    """From now on printing never raises UnicodeEncodeError; signs that cannot be written are
    replaced.
    """
    codecs.register_error("grade", _replaced)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="grade")


def _replaced(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    unwritable = error.object[error.start : error.end]
    return "".join(STAND_INS.get(sign, "?") for sign in unwritable), error.end
