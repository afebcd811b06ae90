"""A fault of ours is told in both languages, with what mends it."""

from __future__ import annotations

import re

import pytest

from grader.engine.examiner import _trouble
from grader.examine.outside_kills import KilledError
from grader.examine.sandbox_refusals import NeedsStrongError
from grader.examine.worker_client import WorkerFaultError
from grader.runtimes.choose import RuntimeMissingError, choose
from grader.runtimes.imports import ImportScan


def no_runtime() -> RuntimeMissingError:
    with pytest.raises(RuntimeMissingError) as raised:
        choose(ImportScan(), ())
    return raised.value


@pytest.mark.parametrize(
    ("error", "fact"),
    [
        (KilledError("SIGKILL", 700), "700"),
        (NeedsStrongError("PermissionError (main.py, line 3)"), "main.py, line 3"),
        (no_runtime(), ""),
        (WorkerFaultError("TypeError in source.py"), "source.py"),
        (OSError(28, "No space left on device"), "No space left"),
        (ZeroDivisionError("division by zero"), "ZeroDivisionError: division by zero"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_fault_of_ours_is_told_in_both_languages(error: Exception, fact: str) -> None:
    for language, chinese in (("en", False), ("zh", True)):
        trouble = _trouble(error, language)
        assert fact in trouble.message
        for text in (trouble.message, trouble.cure):
            assert bool(re.search("[\u4e00-\u9fff]", text)) is chinese
