"""One run of an assignment's checks by pytest: what came of each, and where what broke stands."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import pytest

from grader.checks import plugin
from grader.checks.failure import CheckFailedError
from grader.checks.hang import ended_after
from grader.checks.subjects import NotAskedError
from grader.evidence import Answer, Check
from grader.examine.clock import Clock
from grader.examine.outside_kills import KilledError
from grader.examine.session import Session
from grader.examine.worker_client import WorkerEndedError, WorkerFaultError
from grader.language import Sentence, by_language
from grader.sandbox.contract import SandboxUnavailableError

MAX_MESSAGE_CHARS = 2000  # characters that are kept of what an exception says
# The fixtures of checks that run after the hidden images.
ABOUT_ANSWERS = frozenset({"classifier", "garbage"})
TESTS_RAN = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)


class CheckSelection(Enum):
    """Which checks are run: what they show may be said by workers that have seen no hidden image
    only, so those that need no answers come before the first of them.
    """

    ALL = "all"
    BEFORE = "before the answers"
    ABOUT_ANSWERS = "about the answers"

    def has(self, item: pytest.Item) -> bool:
        """Whether the check is of this part."""
        about = not ABOUT_ANSWERS.isdisjoint(getattr(item, "fixturenames", ()))
        return self is CheckSelection.ALL or about == (self is CheckSelection.ABOUT_ANSWERS)


class CheckFault(NamedTuple):
    """Something that broke in a check: where ("test_it.py:7"), in which check, and what."""

    place: str
    check: str
    what: str

    def __str__(self) -> str:
        return "  ".join(filter(None, self))


class CheckRun(NamedTuple):
    """A check that was run. Its outcome is "raised" where it ended with another exception than a
    failed assertion: whose fault that is, a run alone cannot tell. place: where it ended.
    asked: whether it is about something that the assignment asks for.
    """

    check: Check
    place: str
    asked: bool


class PytestRun(NamedTuple):
    """All checks in pytest's order, what kept some from being collected, and the names of the
    fixtures that they ask for.
    """

    ran: tuple[CheckRun, ...]
    uncollected: tuple[CheckFault, ...] = ()
    fixtures: frozenset[str] = frozenset()


class MarkedCheck(NamedTuple):
    """A check that carries marks: its title by language, the marks, the fixtures that it uses."""

    title: dict[str, str]
    points: float
    fixtures: frozenset[str]


def files_of(home: Path) -> list[Path]:
    """The files with an assignment's checks."""
    return sorted(home.glob("test_*.py"))


def run(
    home: Path,
    session: Session,
    answers: Mapping[str, Answer],
    part: CheckSelection = CheckSelection.ALL,
) -> PytestRun:
    """Run the checks of `part` in `home` against the submission of `session`.

    Never raises for what a check does; raises SandboxUnavailableError where a worker could not be
    started, whatever the check made of it.
    """
    files = [str(path) for path in files_of(home)]
    if not files:
        return PytestRun(())
    collector = _Collector(home, session, answers, part)
    code = _run_pytest(home, files, collector)
    if collector.interrupted:
        raise KeyboardInterrupt
    if collector.unavailable is not None:
        raise collector.unavailable
    if code not in TESTS_RAN and not collector.uncollected and not collector.fixtures:
        none = code == pytest.ExitCode.NO_TESTS_COLLECTED
        what = "no function test_…" if none else f"pytest: {code!s}"
        collector.uncollected.append(
            CheckFault(", ".join(Path(file).name for file in files), "", what)
        )
    uncollected = tuple(dict.fromkeys(collector.uncollected))
    return PytestRun(tuple(collector.ran), uncollected, frozenset(collector.fixtures))


def marked(home: Path) -> list[MarkedCheck]:
    """The checks in `home` that carry marks, in pytest's order; none of them is run, and what
    cannot be collected is passed over.
    """
    files = [str(path) for path in files_of(home)]
    found: list[MarkedCheck] = []
    if files:
        _run_pytest(home, files, _Markers(found))
    return found


def _run_pytest(home: Path, files: list[str], plug_in: object) -> int | pytest.ExitCode:
    """Run pytest on `files` with our plug-ins alone; gives back how it ended."""
    options = ["-p", "grader.checks.plugin", "-p", "no:cacheprovider", "-p", "no:terminal"]
    options += ["--import-mode=importlib", "--rootdir", str(home), "-c", os.devnull]
    options += ["--continue-on-collection-errors"]
    options += ["--strict-markers"]  # a mistyped `points` would cost everybody the marks
    # Plug-ins that happen to be installed, and options of the shell, have no part in a mark.
    own = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": "", "PYTEST_PLUGINS": ""}
    with mock.patch.dict(os.environ, own):
        code = pytest.main([*options, *files], plugins=[plug_in])
    _forget_modules(home)
    return code


def _forget_modules(home: Path) -> None:
    """What a check keeps in its module for one submission must not reach the next."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and Path(file).parent == home:
            del sys.modules[name]


class BrokeOffError(Exception):
    """A check tried to end pytest itself."""


class _Markers:
    """A plug-in that keeps which checks carry marks, and lets none of them run."""

    def __init__(self, found: list[MarkedCheck]) -> None:
        self._found = found

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            if points := _points(item):
                fixtures = frozenset(getattr(item, "fixturenames", ()))
                self._found.append(MarkedCheck(_title(item), points, fixtures))
        items.clear()


class _Collector:
    """A plug-in that hands the session to the fixtures and keeps what came of each check."""

    def __init__(
        self, home: Path, session: Session, answers: Mapping[str, Answer], part: CheckSelection
    ) -> None:
        self.ran: list[CheckRun] = []
        self.uncollected: list[CheckFault] = []
        self.fixtures: set[str] = set()
        self.unavailable: SandboxUnavailableError | None = None
        self.interrupted = False
        self._home = home
        self._session = session
        self._answers = answers
        self._part = part
        self._clock = Clock(session.setup.assignment.limits.checks)

    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[plugin.SESSION] = self._session
        config.stash[plugin.ANSWERS] = self._answers

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        # Ctrl-C; pytest has kinds of its own for what ends its collection.
        self.interrupted = excinfo.type is KeyboardInterrupt

    def pytest_exception_interact(
        self, call: pytest.CallInfo[object], report: pytest.CollectReport | pytest.TestReport
    ) -> None:
        if isinstance(report, pytest.CollectReport) and call.excinfo is not None:
            error = call.excinfo.value
            file = report.nodeid.rpartition("/")[2]
            self.uncollected.append(CheckFault(self._place(error) or file, "", self._said(error)))

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            self.fixtures.update(getattr(item, "fixturenames", ()))
            if _points(item) is None:
                what = "@pytest.mark.points(n): n ≥ 0"
                self.uncollected.append(CheckFault(_begin(item), item.name, what))
        items[:] = [item for item in items if self._part.has(item)]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self) -> Iterator[None]:
        with ended_after(self._clock.left):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Iterator[None]:
        try:
            with ended_after(self._clock.left):
                return (yield)
        except pytest.exit.Exception as error:  # the others still run
            raise BrokeOffError(f"pytest.exit: {error}").with_traceback(
                error.__traceback__
            ) from None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> object:
        report = yield
        if call.when == "call" or (call.when == "setup" and call.excinfo is not None):
            error = call.excinfo.value if call.excinfo else None
            if isinstance(error, SandboxUnavailableError):
                self.unavailable = error
            place = (self._place(error) if error else "") or _begin(item)
            check = self._check(item, error)
            self.ran.append(CheckRun(check, place, not isinstance(error, NotAskedError)))
        return report

    def _check(self, item: pytest.Item, error: BaseException | None) -> Check:
        """What came of a check that ended with `error`, or with none."""
        check = Check(
            name=f"{item.path.name}::{item.name}",
            title=_title(item),
            points=_points(item) or 0.0,
            outcome="passed",
        )
        if error is None:
            return check
        told = {name: self._without_home(text) for name, text in _outcome(error).items()}
        if told["outcome"] == "raised":
            told["fault"] = self._said(error)
        return check.model_copy(update=told)

    def _said(self, error: BaseException) -> str:
        """An exception in a line, without the chain of frames and the teacher's folder."""
        error = _first(error)
        if isinstance(error, pytest.FixtureLookupError):
            return f"fixture {error.argname!r} not found"
        lines = str(error).strip().splitlines()
        said = f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
        return self._without_home(said)[:MAX_MESSAGE_CHARS]

    def _place(self, error: BaseException) -> str:
        """Where in the assignment's folder the exception was raised, as file and line."""
        error, here = _first(error), {str(self._home), str(self._home.resolve())}
        if isinstance(error, SyntaxError) and error.filename:
            file = Path(error.filename)
            return f"{file.name}:{error.lineno}" if str(file.parent) in here else ""
        place, frame = "", error.__traceback__
        while frame is not None:
            file = Path(frame.tb_frame.f_code.co_filename)
            if str(file.parent) in here:
                place = f"{file.name}:{frame.tb_lineno}"
            frame = frame.tb_next
        return place

    def _without_home(self, text: str) -> str:
        for home in (self._home, self._home.resolve()):
            text = text.replace(f"{home}{os.sep}", "").replace(str(home), home.name)
        return text


def _first(error: BaseException) -> BaseException:
    """The exception that pytest wraps into its own where a file cannot be imported."""
    while isinstance(error, pytest.Collector.CollectError) and error.__cause__ is not None:
        error = error.__cause__
    return error


def _begin(item: pytest.Item) -> str:
    """Where a check begins; pytest counts lines from 0."""
    _, line, _ = item.location
    return f"{item.path.name}:{(line or 0) + 1}"


def _points(item: pytest.Item) -> float | None:
    """The marks that a check carries; None where its marker says no number from 0 up."""
    marker = item.get_closest_marker("points")
    if marker is None:
        return 0.0
    number = marker.args[0] if len(marker.args) == 1 and not marker.kwargs else None
    if isinstance(number, bool) or not isinstance(number, (int, float)):
        return None
    return float(number) if math.isfinite(number) and number >= 0 else None


def _outcome(error: BaseException) -> dict[str, str]:
    """The fields of a check that ended with `error`."""
    if isinstance(error, (pytest.skip.Exception, pytest.xfail.Exception)):
        return {"outcome": "skipped", "rationale": str(error.msg)}
    if isinstance(error, CheckFailedError):
        return {
            "outcome": "failed",
            "rationale": error.rationale,
            "help": error.help,
            "expected": error.expected,
            "actual": error.actual,
        }
    if isinstance(error, (AssertionError, pytest.fail.Exception)):
        return {"outcome": "failed", "rationale": str(error)}
    if isinstance(error, WorkerEndedError):
        return {
            "outcome": "failed",
            "rationale": Sentence("The process ended during this check.").in_lines(),
            "actual": f"{error.end.cause.value} {error.end.detail}".rstrip(),
        }
    if isinstance(error, (WorkerFaultError, KilledError)):  # ours, whatever the reference does
        return {"outcome": "broken", "fault": str(error)}
    return {"outcome": "raised"}


def _title(item: pytest.Item) -> dict[str, str]:
    """The line that the student reads: the first one of the docstring in each language, and which
    one of several it is where the check is run with parameters.
    """
    told = getattr(getattr(item, "function", None), "__doc__", None)
    which = getattr(getattr(item, "callspec", None), "id", "") if told else ""
    return {
        language: " ".join(
            filter(None, (text.splitlines()[0] if text else "", which and f"[{which}]"))
        )
        for language, text in by_language((told or item.name).strip()).items()
    }
