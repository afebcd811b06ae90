"""The choice of a sandbox: what is tried, what is refused, what the reader is told."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from grader.sandbox import canary
from grader.sandbox.contract import (
    Level,
    MemoryLimit,
    Mount,
    SandboxedProcess,
    SandboxSpec,
    SandboxUnavailableError,
)
from grader.sandbox.unconfined import Unconfined


class Leaky:
    """A sandbox that says it is strong, and confines nothing."""

    level = Level.STRONG
    memory_limit = MemoryLimit.WATCHDOG
    remarks = ()

    def place(self, mount: Mount) -> Path:
        return mount.outside

    def start(self, command: Sequence[str], spec: SandboxSpec) -> SandboxedProcess:
        return Unconfined(own_code=True).start(command, spec)


def test_canary_finds_every_way_out_of_a_sandbox_that_confines_nothing() -> None:
    with pytest.raises(SandboxUnavailableError) as caught:
        canary.verify(Leaky())
    told = str(caught.value)
    for way in (
        *("read a file", "list a folder", "TCP port", "UDP", "socket file", "abstract socket"),
        *("signal the grader", "listener of the grader", "arguments"),
    ):
        assert way in told


def test_weaker_level_is_tried_where_the_stronger_does_not_hold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    try:
        canary.choose(Level.BASIC)
    except SandboxUnavailableError as error:
        pytest.skip(str(error))
    monkeypatch.setattr(canary, "_strong", Leaky)
    choice = canary.choose()
    assert choice.sandbox.level is Level.BASIC
    assert [attempt.level for attempt in choice.attempts] == [Level.STRONG, Level.BASIC]
    assert "its canary could" in choice.attempts[0].reason
    assert choice.attempts[1].reason == ""


def test_where_nothing_holds_the_reasons_and_cures_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def absent() -> None:
        raise SandboxUnavailableError("bwrap is not installed", "apt install bubblewrap")

    monkeypatch.setattr(canary, "_strong", absent)
    monkeypatch.setattr(canary, "_basic", Leaky)
    with pytest.raises(
        SandboxUnavailableError, match=r"strong: bwrap.*basic: its canary"
    ) as caught:
        canary.choose()
    assert "apt install bubblewrap" in caught.value.cure


def test_accelerators_are_not_given_at_level_basic() -> None:
    with pytest.raises(SandboxUnavailableError, match="accelerators") as caught:
        canary.choose(Level.BASIC, devices=True)
    assert "--device CPU" in caught.value.cure


@pytest.mark.skipif(sys.platform == "win32" or os.getuid() != 0, reason="about root")
def test_root_runs_others_code_confined_only() -> None:
    with pytest.raises(SandboxUnavailableError, match="root"):
        canary.choose(Level.NONE)


def test_elsewhere_than_on_linux_the_cure_is_linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    with pytest.raises(SandboxUnavailableError, match="it needs Linux, found darwin") as caught:
        canary.choose()
    assert "Docker" in caught.value.cure
