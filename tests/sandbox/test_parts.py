"""The parts that boxes are made of."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.sandbox import scratch, uid_pool
from grader.sandbox.captured_output import CapturedOutput
from grader.sandbox.contract import SandboxLimits
from grader.sandbox.scratch import Scratch


@given(st.lists(st.binary(max_size=50)), st.integers(0, 60))
def test_log_keeps_what_it_may_of_the_start_and_the_end(parts: list[bytes], kept: int) -> None:
    log = CapturedOutput(kept)
    for part in parts:
        log.add(part)
    whole = b"".join(parts)
    half = kept // 2
    assert log.size == len(whole)
    if len(whole) <= 2 * half:
        assert log.text() == whole.decode("utf-8", "replace")
        return
    head, _, rest = log.text().partition("\n[... ")
    assert head == whole[:half].decode("utf-8", "replace")
    left_out, _, tail = rest.partition(" bytes left out ...]\n")
    assert int(left_out) == len(whole) - 2 * half
    assert tail == (whole[-half:] if half else b"").decode("utf-8", "replace")


def test_log_of_a_flood_stays_small() -> None:
    log = CapturedOutput(1024)
    for _ in range(10_000):
        log.add(b"x" * 65536)
    assert len(log.text()) < 1200
    assert log.size == 10_000 * 65536


def test_folder_of_any_shape_is_removed_without_following_links(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("kept")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "link").symlink_to(outside)
    (folder / ".moved1").mkdir()
    (folder / ".moved2").write_text("")
    os.mkfifo(folder / "pipe")
    descriptor = os.open(folder, os.O_RDONLY)
    for depth in range(1500):
        os.mkdir("d", dir_fd=descriptor)
        inner = os.open("d", os.O_RDONLY, dir_fd=descriptor)
        os.symlink(outside, "link", dir_fd=inner) if depth % 2 else None
        os.close(descriptor)
        descriptor = inner
    os.close(descriptor)
    (folder / "closed").mkdir(mode=0)
    scratch.remove(folder)
    assert [path.name for path in tmp_path.iterdir()] == ["outside"]
    assert (outside / "kept").read_text() == "kept"


def test_scratch_counts_what_lies_on_the_disk() -> None:
    made = Scratch(None, SandboxLimits(scratch=100))
    try:
        (made.folder / "data").write_bytes(b"x" * (3 << 20))
        with (made.folder / "sparse").open("wb") as file:
            file.truncate(1 << 40)
        (made.folder / "d").mkdir()
        use = made.use(os.getpid(), now=True)
        assert 3 << 20 <= use.size < 4 << 20
        assert use.files == 3
    finally:
        made.remove()
    assert not made.folder.exists()


def test_scratch_of_a_killed_grader_is_swept_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "kept").write_text("kept")
    (tmp_path / f"{scratch.SCRATCH_PREFIX}link").symlink_to(tmp_path / "precious")
    (tmp_path / f"{scratch.SCRATCH_PREFIX}file").write_text("not a folder")
    live, killed = holder(tmp_path), holder(tmp_path)
    scratch.sweep()
    assert len(list(tmp_path.glob(f"{scratch.SCRATCH_PREFIX}*/held"))) == 2
    killed.kill()
    killed.wait()
    scratch.sweep()
    assert len(list(tmp_path.glob(f"{scratch.SCRATCH_PREFIX}*/held"))) == 1
    live.kill()
    live.wait()
    scratch.sweep()
    left = {path.name.removeprefix(scratch.SCRATCH_PREFIX) for path in tmp_path.iterdir()}
    assert left == {"precious", "link", "file"}
    assert (tmp_path / "precious" / "kept").read_text() == "kept"


@pytest.mark.skipif(os.getuid() != 0, reason="root alone could remove the folder of another")
def test_scratch_of_another_user_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    owners = {"another's": 65534, "a box's": uid_pool.USER_IDS[0]}
    for name, owner in owners.items():
        folder = tmp_path / f"{scratch.SCRATCH_PREFIX}{name}"
        folder.mkdir(mode=0o700)
        os.chown(folder, owner, owner)
    scratch.sweep()
    assert [path.name for path in tmp_path.iterdir()] == [f"{scratch.SCRATCH_PREFIX}another's"]


def holder(temporary: Path) -> subprocess.Popen[bytes]:
    """A process that holds a scratch with something in it, and waits for its end."""
    program = (
        "import sys; from grader.sandbox.scratch import Scratch; "
        "from grader.sandbox.contract import SandboxLimits; made = Scratch(None, SandboxLimits()); "
        "(made.folder / 'held').mkdir(); print('ready', flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": os.curdir},
    )  # fmt: skip
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == b"ready\n"
    return process


@pytest.mark.skipif(os.getuid() != 0, reason="user ids are root's to give")
def test_no_two_boxes_have_one_user() -> None:
    one, other = uid_pool.take(), uid_pool.take()
    try:
        assert one.uid != other.uid
        taken = one.uid
    finally:
        one.release()
    again = uid_pool.take()
    assert again.uid == taken
    again.release()
    other.release()
