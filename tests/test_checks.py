"""Checks are plain pytest tests, and what came of each is told to the student."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from grader.checks import CheckFailedError, expect, hang, pytest_run, verdicts
from grader.checks.trial import ChecksTrial
from grader.checks.verdicts import run_checks
from grader.evidence import Check
from grader.examine.replies import ForwardReport, NetworkReport
from grader.examine.worker_client import WorkerEndedError
from grader.language import by_language
from grader.sandbox.contract import Cause, End, SandboxUnavailableError
from tests import make, submissions


class NoNetwork:
    """A session whose submission has no LeNet5, and whose worker dies when it is asked to
    predict.
    """

    setup = SimpleNamespace(assignment=make.assignment())

    def find_network(self, asked: object) -> NetworkReport:
        return NetworkReport()

    def ask_network(self, *asked: object) -> tuple[ForwardReport, None]:
        raise AssertionError("there is none")


def outcomes(folder: Path, text: str) -> dict[str, Check]:
    (folder / "test_it.py").write_text(text, encoding="utf-8")
    checks = run_checks(folder, NoNetwork(), {})  # type: ignore[arg-type]
    return {check.name.split("::")[-1]: check for check in checks}


def test_a_check_passes_fails_skips_or_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_reference = ChecksTrial(passed=frozenset({"test_it.py::test_slips"}))
    monkeypatch.setattr(verdicts, "remembered_or_tried", lambda *_: with_reference)
    found = outcomes(
        tmp_path,
        '''
import pytest
from grader.checks import expect

@pytest.mark.points(2.5)
def test_passes(submission):
    """It is fine.

    很好。
    """

def test_fails(submission):
    expect(1 == 2, "Why.", expected=1, actual=2, help="Do this.")

def test_asserts(submission):
    assert submission is None, "plain words"

def test_needs_a_network(lenet5):
    assert False

def test_breaks(submission):
    raise RuntimeError("the teacher's mistake in " + __file__)

def test_slips(submission):
    [][7]

def test_gives_up(submission):
    pytest.fail("so")
''',
    )
    assert found["test_passes"].outcome == "passed"
    assert found["test_passes"].points == 2.5
    assert found["test_passes"].title == {"en": "It is fine.", "zh": "很好。"}
    failed = found["test_fails"]
    assert (failed.outcome, failed.rationale, failed.help) == ("failed", "Why.", "Do this.")
    assert (failed.expected, failed.actual) == ("1", "2")
    assert found["test_asserts"].outcome == "failed"
    assert "plain words" in found["test_asserts"].rationale
    assert found["test_needs_a_network"].outcome == "skipped"
    broken = found["test_breaks"]
    assert (broken.outcome, broken.actual) == ("broken", "")
    assert broken.fault == "test_it.py:22  RuntimeError: the teacher's mistake in test_it.py"
    slipped = found["test_slips"]
    assert slipped.outcome == "failed"
    assert slipped.fault == "test_it.py:25  IndexError: list index out of range"
    assert "IndexError" not in slipped.rationale + slipped.actual
    assert (found["test_gives_up"].outcome, found["test_gives_up"].rationale) == ("failed", "so")


def test_a_check_that_hangs_is_ended_and_the_others_still_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verdicts, "remembered_or_tried", lambda *_: ChecksTrial())
    monkeypatch.setattr(hang, "GRACE_SECONDS", 0.3)
    monkeypatch.setattr(pytest_run, "Clock", lambda _: SimpleNamespace(left=0.0))
    found = outcomes(
        tmp_path,
        """
def test_hangs(submission):
    while True:
        try:
            sum(range(1000))
        except Exception:
            pass

def test_after_it(submission):
    pass
""",
    )
    assert found["test_hangs"].outcome == "broken"
    assert "HungError" in found["test_hangs"].fault
    assert found["test_hangs"].fault.startswith("test_it.py:")
    assert found["test_after_it"].outcome == "passed"


def test_a_file_without_checks_is_told(tmp_path: Path) -> None:
    (check,) = outcomes(tmp_path, "def check_it(): pass\n").values()
    assert (check.outcome, check.fault) == ("broken", "test_it.py  no function test_…")


def test_a_sandbox_that_is_gone_is_no_check_that_failed(tmp_path: Path) -> None:
    class Gone(NoNetwork):
        def find_network(self, asked: object) -> NetworkReport:
            raise SandboxUnavailableError("no room", "make some")

    (tmp_path / "test_it.py").write_text("def test_it(submission): submission.lenet5\n")
    with pytest.raises(SandboxUnavailableError, match="no room"):
        run_checks(tmp_path, Gone(), {})  # type: ignore[arg-type]


def test_a_file_that_cannot_be_imported_is_our_fault_and_told(tmp_path: Path) -> None:
    found = outcomes(tmp_path, "import nothing_of_this_name\n")
    (check,) = found.values()
    assert check.outcome == "broken"
    assert "nothing_of_this_name" in check.fault
    assert check.actual == ""


def test_a_worker_that_dies_fails_the_check_and_not_the_run(tmp_path: Path) -> None:
    class Dying(NoNetwork):
        def find_network(self, asked: object) -> NetworkReport:
            raise WorkerEndedError(End(Cause.MEMORY, "too much"))

    (tmp_path / "test_it.py").write_text("def test_it(submission): submission.lenet5\n")
    (check,) = run_checks(tmp_path, Dying(), {})  # type: ignore[arg-type]
    assert (check.outcome, check.actual) == ("failed", "memory too much")


def test_expect_raises_with_all_that_the_student_needs() -> None:
    expect(True, "fine")
    with pytest.raises(CheckFailedError) as error:
        expect(False, "why", expected=3, actual=4, help="how")
    assert (error.value.rationale, error.value.expected, error.value.help) == ("why", "3", "how")


def test_a_text_in_both_languages_is_told_apart_by_its_lines() -> None:
    assert by_language("One.\n一。") == {"en": "One.", "zh": "一。"}
    assert by_language("Only.") == {"en": "Only.", "zh": "Only."}
    assert by_language("") == {"en": "", "zh": ""}


def test_pytest_runs_the_checks_of_an_assignment_against_one_submission(tmp_path: Path) -> None:
    """As a teacher does who writes a check: ``pytest hidden_tests --submission PATH``."""
    folder = submissions.submission(tmp_path / "ann", {"main.py": submissions.honest()})
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "hidden_tests", "--submission", str(folder), "-rA",
         "-p", "no:cacheprovider"],
        cwd=make.ROOT, capture_output=True, text=True, check=False, env=dict(os.environ),
    )  # fmt: skip
    assert "FAILED hidden_tests/test_lenet5.py::test_can_be_built" in done.stdout, done.stdout
    assert "8 skipped" in done.stdout
    assert "the assignment asks for no data set" in done.stdout
