"""A folder that cannot hold results is found before the first submission; one grader a folder."""

from __future__ import annotations

import resource
import subprocess
import time
from pathlib import Path

import pytest

from tests import make, submissions
from tests.classroom import Classroom, Examiner


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Classroom:
    def examined(*_: object) -> None:
        raise AssertionError("a submission was examined")

    room = Classroom(tmp_path, monkeypatch)
    monkeypatch.setattr(Examiner, "run", examined)
    room.submit("ann", 26)
    return room


def refused(room: Classroom) -> str:
    code, said = room.run(room.folder, "--hidden", room.hidden, "--device", "CPU")
    assert code == 2 and "--out" in said and "Traceback" not in said, said
    return said


def test_a_folder_that_nobody_can_write_in(room: Classroom) -> None:
    for out in (Path("/sys/class"), Path("/sys/class/grade-results")):
        room.out = out
        assert str(out) in refused(room)
    code, said = room.run(room.folder, "--hidden", room.hidden, "--device", "CPU", "--lang", "zh")
    assert code == 2 and "无法" in said


def test_a_disk_that_takes_no_more(room: Classroom) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**19, hard))  # write fails, as on a full disk
    try:
        refused(room)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not (room.out / "run.json").exists()


@pytest.mark.thorough
def test_a_small_full_disk(tmp_path: Path) -> None:
    out, hidden = tmp_path / "out", submissions.colours(tmp_path / "images", each=1)
    out.mkdir()
    folder = submissions.submission(
        tmp_path / "class" / "ann", {"main.py": submissions.honest()}
    ).parent
    words = submissions.command(folder, "--hidden", hidden, "--out", out, "--device", "CPU")
    mount = f'mount -t tmpfs -o size=3m none "{out}" && exec "$@"'
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, "grade", *words],
        cwd=make.ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if "unshare" in done.stderr or "mount" in done.stderr:
        pytest.skip(f"no mounts of one's own here: {done.stderr}")
    assert done.returncode == 2 and "No space left" in done.stderr, done.stderr


@pytest.mark.thorough
def test_a_second_grader_says_so_and_leaves(tmp_path: Path) -> None:
    hidden = submissions.colours(tmp_path / "images", each=1)
    slow = "import time\ntime.sleep(600)\n"
    folder = submissions.submission(tmp_path / "class" / "ann", {"main.py": slow}).parent
    words = (folder, "--hidden", hidden, "--out", tmp_path / "out", "--device", "CPU")
    first = subprocess.Popen(
        submissions.command(*words),
        cwd=make.ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + 60
        while not (tmp_path / "out" / "run.json").exists() and time.monotonic() < until:
            assert first.poll() is None
            time.sleep(0.05)
        before = (tmp_path / "out" / "run.json").read_bytes()
        second = submissions.grade(*words)
        assert second.returncode == 2 and f"process {first.pid}" in second.stderr, second.stderr
        assert first.poll() is None and (tmp_path / "out" / "run.json").read_bytes() == before
    finally:
        first.terminate()
        first.wait()


def test_a_gradebook_warns_of_rows_that_have_but_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Classroom(tmp_path, monkeypatch)
    room.submit("301_right", 26)
    room.submit("20230001_李雷", 26)
    room.grade()
    for platform in ("canvas", "brightspace"):
        said = room.told("export", platform)
        assert (
            f"{platform} may not find whose these are, as only a name is known: 301_right" in said
        )
        assert "20230001" not in said.split("is known:")[1].partition("\n")[0]
    assert "may not find" not in room.told("export", "csv")
