"""Running an assignment's checks for one hand-in, and what came of each."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from unittest import mock

import pytest

from grader.checks import plugin
from grader.checks.failure import CheckFailedError
from grader.checks.subjects import NotAskedError
from grader.evidence import Answer, Check
from grader.examine.conversation import ConversationEndedError
from grader.examine.session import Session
from grader.language import by_language


def run_checks(home: Path, session: Session, answers: Mapping[str, Answer]) -> tuple[Check, ...]:
    """The checks in ``home/test_*.py`` against the hand-in of `session`, in pytest's order.

    A check that raises anything else than a failed assertion is `broken`: ours, not the
    student's. So is a folder of checks that pytest cannot collect: one broken check says so.
    """
    files = sorted(str(path) for path in home.glob("test_*.py"))
    if not files:
        return ()
    collector = _Collector(session, answers)
    options = ["-p", "grader.checks.plugin", "-p", "no:cacheprovider", "-p", "no:terminal"]
    options += ["--import-mode=importlib", "--rootdir", str(home), "-c", os.devnull]
    # Plug-ins that happen to be installed have no part in a mark.
    with mock.patch.dict(os.environ, {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}):
        code = pytest.main([*options, *files], plugins=[collector])
    _forget_modules(home)
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        collector.add_broken(home.name, f"pytest could not run the checks ({code!s})")
    return tuple(collector.checks)


def _forget_modules(home: Path) -> None:
    """What a check keeps in its module for one hand-in must not reach the next."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and Path(file).parent == home:
            del sys.modules[name]


class _Collector:
    """A plug-in that hands the session to the fixtures and keeps what came of each check."""

    def __init__(self, session: Session, answers: Mapping[str, Answer]) -> None:
        self.checks: list[Check] = []
        self._session = session
        self._answers = answers
        self._problems: list[str] = []

    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[plugin.SESSION] = self._session
        config.stash[plugin.ANSWERS] = self._answers

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._problems.append(str(report.longrepr)[-2000:])

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> object:
        report = yield
        asked = call.excinfo is None or not isinstance(call.excinfo.value, NotAskedError)
        if asked and (call.when == "call" or (call.when == "setup" and call.excinfo is not None)):
            self.checks.append(_check(item, call))
        return report

    def add_broken(self, name: str, actual: str) -> None:
        """A check of ours that could not even start."""
        problem = "\n".join([actual, *self._problems])
        title = {"en": "The checks can be run", "zh": "检查可以运行"}
        self.checks.append(Check(name=name, title=title, outcome="broken", actual=problem))


def _check(item: pytest.Item, call: pytest.CallInfo[None]) -> Check:
    marker = item.get_closest_marker("points")
    check = Check(
        name=f"{item.path.name}::{item.name}",
        title=_title(getattr(getattr(item, "function", None), "__doc__", None) or item.name),
        points=float(marker.args[0]) if marker else 0.0,
        outcome="passed",
    )
    if call.excinfo is None:
        return check
    return check.model_copy(update=_outcome(call.excinfo.value))


def _outcome(error: BaseException) -> dict[str, str]:
    """The fields of a check that ended with `error`."""
    if isinstance(error, pytest.skip.Exception):
        return {"outcome": "skipped", "rationale": str(error.msg)}
    if isinstance(error, CheckFailedError):
        return {
            "outcome": "failed",
            "rationale": error.rationale,
            "help": error.help,
            "expected": error.expected,
            "actual": error.actual,
        }
    if isinstance(error, AssertionError):
        return {"outcome": "failed", "rationale": str(error)}
    if isinstance(error, ConversationEndedError):
        return {
            "outcome": "failed",
            "rationale": "The process ended during this check.\n检查期间进程结束了。",
            "actual": f"{error.end.cause.value} {error.end.detail}".rstrip(),
        }
    return {"outcome": "broken", "actual": f"{type(error).__name__}: {error}"}


def _title(docstring: str) -> dict[str, str]:
    """The line that the student reads: the first one of the docstring in each language."""
    return {
        language: text.splitlines()[0] if text else ""
        for language, text in by_language(docstring).items()
    }
