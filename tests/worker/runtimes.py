"""Interpreters that tests may use, by environment variables or as the grader finds them."""

from __future__ import annotations

import importlib.util
import os
import sys
from functools import cache
from pathlib import Path

import pytest

from grader.runtimes.detect import runtimes

VARIABLES = {
    "torch": "GRADE_TEST_TORCH",
    "tensorflow": "GRADE_TEST_TENSORFLOW",
    "mindspore1": "GRADE_TEST_MINDSPORE1",
}


@cache
def interpreter(runtime: str) -> str | None:
    """The interpreter of a runtime: "any", "mindspore", or a name in VARIABLES; None if absent."""
    if runtime == "any":
        return sys.executable
    if runtime == "mindspore":
        return sys.executable if importlib.util.find_spec("mindspore") else None
    given = os.environ.get(VARIABLES[runtime], "")
    if given and Path(given).is_file():
        return given
    return next((str(one.python) for one in runtimes() if one.name == runtime), None)


def require(runtime: str) -> str:
    """The interpreter; skips the test where there is none."""
    found = interpreter(runtime)
    if found is None:
        pytest.skip(f"needs the runtime {runtime} ({VARIABLES.get(runtime, 'pip install')})")
    return found
