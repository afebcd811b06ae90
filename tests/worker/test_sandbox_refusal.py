"""Which exceptions are level basic's refusal, and not the submission's mistake."""

from __future__ import annotations

import errno
import socket
from multiprocessing import get_context
from multiprocessing.synchronize import Lock
from typing import Any

import pytest

from grader.examine.replies import Failure
from grader.examine.sandbox_refusals import NeedsStrongError, require_allowed
from grader.sandbox.contract import Level
from grader.worker.sandbox_refusal import is_refused


def refusal(code: int) -> Any:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(code, "refused")

    return refuse


def test_a_program_that_cannot_be_started_is_refused() -> None:
    with pytest.raises(PermissionError) as raised:
        refusal(errno.EPERM)()
    assert is_refused(raised.value)


def test_a_connection_to_elsewhere_gets_nowhere_at_any_level(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket, "socket", refusal(errno.EPERM))
    with pytest.raises(PermissionError) as raised:
        socket.create_connection(("192.0.2.1", 80))
    assert not is_refused(raised.value)


def test_a_file_that_may_not_be_read_is_the_submissions() -> None:
    with pytest.raises(PermissionError) as raised:
        refusal(errno.EACCES)()
    assert not is_refused(raised.value)
    assert not is_refused(ValueError("no workers"))


def test_a_semaphore_that_processes_share_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("_multiprocessing.SemLock", refusal(errno.EACCES))
    with pytest.raises(PermissionError) as raised:
        Lock(ctx=get_context("fork"))
    assert is_refused(raised.value)


@pytest.mark.parametrize("level", [Level.STRONG, Level.NONE])
def test_other_levels_refuse_nothing_that_a_submission_needs(level: Level) -> None:
    require_allowed(Failure(type="PermissionError", refused=True), level)
    require_allowed(Failure(type="PermissionError"), Level.BASIC)
    with pytest.raises(NeedsStrongError, match="level strong"):
        require_allowed(Failure(type="PermissionError", refused=True), Level.BASIC)
