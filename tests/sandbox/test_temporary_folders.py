"""Temporary folders end with their block, or when the next grader makes one of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from grader.sandbox.temporary_folders import temporary

HOLDS = """
import sys, time
from grader.sandbox.temporary_folders import temporary
with temporary("class") as folder:
    (folder / "submission").mkdir()
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_folder_is_this_users_alone_and_ends_with_its_block(parent: Path) -> None:
    with temporary("class") as folder:
        assert folder.parent == parent and folder.stat().st_mode & 0o077 == 0
        (folder / "deep" / "er").mkdir(parents=True)
    assert list(parent.iterdir()) == []


def test_what_a_killed_grader_left_goes_and_what_a_live_one_holds_stays(parent: Path) -> None:
    command = [sys.executable, "-c", HOLDS]
    environment = {**os.environ, "TMPDIR": str(parent), "PYTHONPATH": os.pathsep.join(sys.path)}
    killed, alive = (
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True
        )
        for _ in range(2)
    )
    with killed, alive:
        assert killed.stdout and alive.stdout
        left, held = Path(killed.stdout.readline().strip()), Path(alive.stdout.readline().strip())
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        assert left.is_dir()
        with temporary("names"):
            assert not left.exists()
            assert (held / "submission").is_dir()
    assert list(parent.iterdir()) == []
