"""The parts that boxes are made of."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.sandbox import scratch, slots
from grader.sandbox.contract import Limits
from grader.sandbox.log import Log
from grader.sandbox.scratch import Scratch


@given(st.lists(st.binary(max_size=50)), st.integers(0, 60))
def test_log_keeps_what_it_may_of_the_start_and_the_end(parts: list[bytes], kept: int) -> None:
    log = Log(kept)
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
    log = Log(1024)
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
    made = Scratch(None, Limits(scratch=100))
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


@pytest.mark.skipif(os.getuid() != 0, reason="user ids are root's to give")
def test_no_two_boxes_have_one_user() -> None:
    one, other = slots.take(), slots.take()
    try:
        assert one.uid != other.uid
        taken = one.uid
    finally:
        one.release()
    again = slots.take()
    assert again.uid == taken
    again.release()
    other.release()
